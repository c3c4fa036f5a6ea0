"""The cockpit's first page and its campaigns: who takes part, what is sent when. Never an answer or a score."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.accounts import throttle
from palier.association import wording as words
from palier.association.flows import campaigning
from palier.association.flows.healing import load_health
from palier.association.letters import template_of
from palier.association.pages.forms import date_in, typed_date
from palier.association.rules.messages import WRITTEN, Kind, filled, unknown_places
from palier.association.store import CampaignPlan
from palier.benchmarks import store as benchmarks
from palier.billing.flows.standing import banner_of
from palier.entitlements.rules.offers import Offers
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import LOCALES, current, day, ngettext, speaking
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.rights import Feature, sold_with
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, parse, see_other
from palier.questionnaires.catalogue import latest_of_each
from palier.questionnaires.flows.offering import offered, own_titles
from palier.questionnaires.rules import Questionnaire

MOST_REMINDERS = 8


class CampaignForm(msgspec.Struct, frozen=True):
    """A campaign to plan, dates apart."""

    op: UUID
    name: Annotated[str, msgspec.Meta(max_length=60)]
    questionnaire: str


STAFF = needs(Permission.MANAGE_NETWORK)
LAUNCH = STAFF | sold_with(Feature.CAMPAIGNS)


class Cockpit(Controller):
    """`/n/{net}`"""

    path = "/n/{net:str}"
    opt = STAFF

    @get()
    async def overview(
        self, request: Request, network_actor: NamedDependency[NetworkActor], offers: NamedDependency[Offers],
        settings: NamedDependency[Settings],
    ) -> Template:  # fmt: skip
        """The campaigns to follow, week by week; cohort health; the editions; what to do next."""
        async with reading(network_actor):
            plans = await campaigning.plans_of(network_actor)
            launched = [one for one in plans if one.launched_at]
            takings = await _followed(network_actor, launched)
            shown = await campaigning.load_weeks_of(network_actor, takings)
            health = await load_health(network_actor)
            editions = await benchmarks.editions_of(network_actor.network_id)
            titles = await _titles(network_actor)
            banner = await banner_of(network_actor, offers, settings)
        return _page(
            request, "participation", "association/overview.html", takings=shown, health=health, editions=editions,
            titles=titles, drafts=[one for one in plans if not one.launched_at], banner=banner,
        )  # fmt: skip

    @get("/campaigns")
    async def campaigns(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Template:
        """Every campaign, drafts included."""
        async with reading(network_actor):
            plans = await campaigning.plans_of(network_actor)
            takings = await campaigning.load_takings(network_actor, plans)
            titles = await _titles(network_actor)
        return _page(request, "campaigns", "association/campaigns.html", takings=takings, titles=titles)

    @get("/campaigns/new", opt=LAUNCH)
    async def prepare(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Template:
        values = {"name": str(today().year), "questionnaire": "", "opens": today(), "closes": None}
        return _new_campaign(request, await _choice(network_actor), values, {})

    @post("/campaigns/new", opt=LAUNCH)
    async def plan(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Response:
        raw = await form_of(request)
        form, errors = parse(CampaignForm, raw)
        choice = await _choice(network_actor)
        majors = {one.id: int(one.version.partition(".")[0]) for one in choice}
        opens, closes = date_in(raw, "opens"), date_in(raw, "closes")
        errors |= _wrong(raw, majors, opens, closes)
        if errors or form is None or opens is None or closes is None:
            typed = {key: typed_date(raw, key) for key in ("opens", "closes")}
            values = {"name": raw.get("name", ""), "questionnaire": raw.get("questionnaire", ""), **typed}
            return _new_campaign(request, choice, values, errors)
        call = campaigning.Call(form.name, form.questionnaire, majors[form.questionnaire], opens, closes)
        campaign = await campaigning.plan_campaign(network_actor, call, form.op)
        return see_other(
            _at(network_actor, campaign), _("The draft is kept. Nobody is told before it is launched.")
        )

    @get("/campaigns/{campaign:uuid}")
    async def campaign(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Template:
        """One campaign: its calendar, its messages, who is where."""
        async with reading(network_actor):
            taking = await campaigning.load_taking(
                network_actor, await campaigning.plan_of(network_actor, campaign)
            )
            weeks = await campaigning.load_weeks(network_actor, taking)
            version = await campaigning.load_version(taking.plan)
            titles = await _titles(network_actor)
        return _campaign(request, taking, weeks, version, titles)

    @post("/campaigns/{campaign:uuid}/launch", opt=LAUNCH)
    async def launch(
        self, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Redirect:
        await campaigning.launch(network_actor, campaign)
        return see_other(_at(network_actor, campaign), _("The campaign is launched."))

    @post("/campaigns/{campaign:uuid}/discard")
    async def discard(
        self, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Redirect:
        await campaigning.discard(network_actor, campaign)
        return see_other(f"/n/{network_actor.network_slug}/campaigns", _("The draft is thrown away."))

    @post("/campaigns/{campaign:uuid}/close")
    async def close(self, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]) -> Redirect:
        await campaigning.close(network_actor, campaign)
        return see_other(_at(network_actor, campaign), _("The campaign is closed."))

    @post("/campaigns/{campaign:uuid}/remind")
    async def remind(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Redirect:
        """One member, or all that have not submitted: each at most once a day."""
        raw = await form_of(request)
        here = _at(network_actor, campaign)
        try:
            organisation = UUID(raw["organisation"]) if raw.get("organisation") else None
            await throttle.take_turn(f"reminders of {network_actor.network_id}")
        except (throttle.TooManyAttempts, ValueError):
            return see_other(here, _("Too many reminders at once. Try again in a few minutes."))
        count = await campaigning.remind(network_actor, campaign, organisation)
        if not count:
            return see_other(here, _("Nobody is left to remind today."))
        return see_other(
            here,
            ngettext("%(num)s member is reminded.", "%(num)s members are reminded.", count) % {"num": count},
        )

    @post("/campaigns/{campaign:uuid}/reminders")
    async def schedule(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID]
    ) -> Response:
        """The days on which members are reminded."""
        raw = await form_of(request)
        async with reading(network_actor):
            taking = await campaigning.load_taking(
                network_actor, await campaigning.plan_of(network_actor, campaign)
            )
            weeks = await campaigning.load_weeks(network_actor, taking)
            version = await campaigning.load_version(taking.plan)
            titles = await _titles(network_actor)
        days, errors = _days(raw, taking.plan.opens_on, taking.plan.closes_on)
        if errors:
            return _campaign(request, taking, weeks, version, titles, errors, raw)
        await campaigning.schedule(network_actor, campaign, days)
        return see_other(_at(network_actor, campaign), _("The reminders are kept."))

    @get("/campaigns/{campaign:uuid}/messages/{message:str}")
    async def read_message(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID], message: FromPath[str]
    ) -> Template:  # fmt: skip
        """One message in both languages, as it is and as a member reads it."""
        return await _message(request, network_actor, campaign, words.kind_of(message), None, {})

    @post("/campaigns/{campaign:uuid}/messages/{message:str}")
    async def write(
        self, request: Request, network_actor: NamedDependency[NetworkActor], campaign: FromPath[UUID], message: FromPath[str]
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        which = words.kind_of(message)
        texts = {
            locale: {part: raw.get(f"{part}-{locale}", "") for part in ("subject", "text")}
            for locale in LOCALES
        }
        errors = _unwritten(texts) if "usual" not in raw else {}
        if errors:
            return await _message(request, network_actor, campaign, which, texts, errors)
        await campaigning.write(network_actor, campaign, which, {} if "usual" in raw else texts)
        return see_other(f"{_at(network_actor, campaign)}/messages/{message}", _("The message is kept."))


def _unwritten(texts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    errors = {}
    for locale, parts in texts.items():
        for part, most in (("subject", 150), ("text", 5000)):
            if not parts[part]:
                errors[f"{part}-{locale}"] = _("Fill in this field")
            elif len(parts[part]) > most:
                errors[f"{part}-{locale}"] = _("This text is too long")
            elif unknown := unknown_places(parts[part]):
                errors[f"{part}-{locale}"] = _(
                    "{%(word)s} would reach members as it is. Write one of the words above between braces"
                ) % {"word": unknown[0]}
    return errors


def _days(raw: Mapping[str, str], opens: date, closes: date) -> tuple[list[date], dict[str, str]]:
    """The days ticked and the one written, inside the campaign."""
    days = [closes - timedelta(days=before) for before in (14, 7, 1) if raw.get(f"before-{before}")]
    days += [date.fromisoformat(key[5:]) for key in raw if key.startswith("keep-") and _is_day(key[5:])]
    written = date_in(raw, "custom")
    if any(typed_date(raw, "custom")):
        if written is None or not opens < written <= closes:
            return days, {"custom": _("Write a day between the opening and the close")}
        days.append(written)
    if len(set(days)) > MOST_REMINDERS:
        return days, {"custom": _("Eight reminders at most")}
    return [one for one in days if opens < one <= closes], {}


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _at(actor: NetworkActor, campaign: UUID) -> str:
    return f"/n/{actor.network_slug}/campaigns/{campaign}"


def _campaign(
    request: Request, taking: campaigning.Taking, weeks: Sequence[Any], version: campaigning.Version,
    titles: Mapping[str, str], errors: Mapping[str, str] | None = None, raw: Mapping[str, str] | None = None,
) -> Template:  # fmt: skip
    plan = taking.plan
    usual = {before: plan.closes_on - timedelta(days=before) for before in (14, 7, 1)}
    chosen = set(campaigning.reminders_of(plan))
    return _page(
        request, "campaigns", "association/campaign.html", status_code=422 if errors else 200, taking=taking, weeks=weeks,
        version=version, titles=titles, errors=errors or {}, custom=typed_date(raw or {}, "custom"), usual=usual, chosen=chosen,
        others=sorted(chosen - set(usual.values())), written=WRITTEN,
    )  # fmt: skip


async def _message(
    request: Request, actor: NetworkActor, campaign: UUID, kind: Kind, typed: Mapping[str, Mapping[str, str]] | None,
    errors: Mapping[str, str],
) -> Template:  # fmt: skip
    async with reading(actor):
        plan = await campaigning.plan_of(actor, campaign)
        titles = await _titles(actor)
    texts: dict[str, Mapping[str, str]] = {}
    previews: dict[str, Mapping[str, str]] = {}
    for locale in LOCALES:
        with speaking(locale):
            found = template_of(plan, kind)
            texts[locale] = typed[locale] if typed else {"subject": found.subject, "text": found.text}
            sample = {
                "organisation": _("Your organisation"), "network": actor.network_name, "campaign": plan.name,
                "closes": day(plan.closes_on), "address": "https://…",
            }  # fmt: skip
            previews[locale] = {part: filled(text, sample) for part, text in texts[locale].items()}
    return _page(
        request, "campaigns", "association/message.html", status_code=422 if errors else 200, plan=plan, kind=kind,
        texts=texts, previews=previews, errors=errors, own=kind.value in plan.messages, written=WRITTEN,
        title=titles.get(plan.questionnaire, plan.questionnaire),
    )  # fmt: skip


def _page(request: Request, tab: str, template: str, *, status_code: int = 200, **context: Any) -> Template:
    return page(
        request, template, status_code=status_code, nav="network", tab=tab, today=today(), new_op=new_id(),
        kinds=words.kinds(), states=words.states(), slug_of=words.slug_of, weeks_title=words.weeks_title, **context,
    )  # fmt: skip


async def _followed(actor: NetworkActor, launched: Sequence[CampaignPlan]) -> list[campaigning.Taking]:
    """Campaigns that run, then those closed without an edition yet; the last one when there are none."""
    takings = await campaigning.load_takings(actor, launched)
    found = [one for state in ("running", "closed") for one in takings if one.state == state]
    return found or takings[:1]


async def _titles(actor: NetworkActor) -> dict[str, str]:
    """The titles of every questionnaire a campaign may name, withdrawn ones included."""
    own = {code: title.in_(current()) for code, title in (await own_titles(actor)).items()}
    return own | {one.id: one.title.in_(current()) for one in latest_of_each()}


async def _choice(actor: NetworkActor) -> tuple[Questionnaire, ...]:
    """What a campaign may call for, the network's own questionnaires included."""
    async with reading(actor):
        return await offered(actor)


def _new_campaign(
    request: Request, choice: Sequence[Questionnaire], values: Mapping[str, Any], errors: Mapping[str, str]
) -> Template:
    choices = [(one.id, f"{one.title.in_(current())} {one.version}") for one in choice]
    return _page(
        request, "campaigns", "association/new_campaign.html", status_code=422 if errors else 200, values=values,
        errors=errors, choices=choices,
    )  # fmt: skip


def _wrong(
    raw: Mapping[str, str], majors: Mapping[str, int], opens: date | None, closes: date | None
) -> dict[str, str]:
    errors: dict[str, str] = {}
    if raw.get("questionnaire") not in majors:
        errors["questionnaire"] = _("Choose a questionnaire of the list")
    if opens is None:
        errors["opens"] = _("Write a day, a month and a year")
    if closes is None:
        errors["closes"] = _("Write a day, a month and a year")
    elif opens and closes < opens:
        errors["closes"] = _("The campaign must close after it opens")
    elif closes < today():
        errors["closes"] = _("The campaign must close today or later")
    return errors


PAGES = [Cockpit]
