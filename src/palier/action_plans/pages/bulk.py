"""Several actions of the list changed in one go; those that could not be are told one by one and stay ticked."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from palier.action_plans.flows.acting import ChangedMeanwhile, Unacceptable
from palier.action_plans.flows.owners import UnknownOwner
from palier.action_plans.flows.sweeping import Kept, Swept, sweep_actions
from palier.action_plans.pages.desk import MAKE, open_desk, plan_path, shared, way_back
from palier.action_plans.pages.filtering import query_behind
from palier.action_plans.pages.forms import Errors, Raw, read_date, read_owner, unknown_owner
from palier.action_plans.rules.bulk import Later, Sweep
from palier.action_plans.rules.life import ActionStatus, Channel
from palier.action_plans.wording import fault_words, status_words
from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.language import ngettext
from palier.foundation.web import form_of, page, see_other

NOBODY, ON, NEVER = "nobody", "on", "none"


class Bulk(Controller):
    """`/o/{org}/plans/{plan}/bulk`"""

    path = "/o/{org:str}/plans/{plan:str}/bulk"
    opt = MAKE

    @post("/")
    async def change(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        peers: NamedDependency[Peers],
        plan: FromPath[str],
    ) -> Response:
        raw = await form_of(request)
        picks, errors = _picks(raw), Errors()
        sweep = read_sweep(raw, errors)
        if not picks:
            errors["picks"] = _("Tick at least one action")
        elif sweep.empty and not errors:
            errors["picks"] = _("Say what should change")
        swept = None
        try:
            if not errors:
                swept = await sweep_actions(actor, plan, picks, sweep)
        except UnknownOwner:
            errors["bulk-owner"] = unknown_owner()
        if swept and not swept.kept:
            return see_other(way_back(raw, plan_path(actor, plan)), notice=told(swept))
        return await _again(request, actor, peers, plan, raw, errors, swept)


def _picks(raw: Raw) -> dict[UUID, int]:
    """The ticked actions with the revision the page showed; what no page of ours sends is left out."""
    found = {}
    for name, value in raw.items():
        if name.startswith("pick-"):
            try:
                found[UUID(name.removeprefix("pick-"))] = int(value)
            except ValueError:
                continue
    return found


def read_sweep(raw: Raw, errors: Errors) -> Sweep:
    """What should change; a field left alone changes nothing."""
    values: dict[str, Any] = {}
    for name, fact in (("bulk-owner", "owner"), ("bulk-sponsor", "sponsor_id")):
        if raw.get(name):
            values[fact] = None if raw[name] == NOBODY else read_owner(raw, name, errors)
    if raw.get("bulk-sponsor") == NOBODY:
        values |= {"sponsor": "", "sponsor_email": ""}
    if raw.get("bulk-status") in set(ActionStatus):
        values["status"] = ActionStatus(raw["bulk-status"])
    moved = raw.get("bulk-when", "")
    if moved in (ON, NEVER):
        values["due_on"] = read_date(raw, "bulk-due", errors) if moved == ON else None
        if moved == ON and values["due_on"] is None:
            errors.setdefault("bulk-due", _("Give the new due date"))
    channel = raw.get("bulk-channel", "")
    return Sweep(
        values, Later(moved) if moved in set(Later) else None, channel if channel in set(Channel) else ""
    )


def told(swept: Swept) -> str:
    """What was done, in a sentence or two."""
    words = [
        ngettext("%(num)s action is changed.", "%(num)s actions are changed.", swept.changed)
        % {"num": swept.changed}
    ]
    if swept.same:
        same = ngettext("%(num)s was so already.", "%(num)s were so already.", swept.same)
        words.append(same % {"num": swept.same})
    if swept.gone:
        gone = ngettext("%(num)s is no longer in the plan.", "%(num)s are no longer in the plan.", swept.gone)
        words.append(gone % {"num": swept.gone})
    return " ".join(words)


def later_choices() -> list[tuple[str, str]]:
    """What may become of due dates."""
    return [
        (ON, _("On the day given")), (Later.WEEK.value, _("A week later")), (Later.FORTNIGHT.value, _("Two weeks later")),
        (Later.MONTH.value, _("A month later")), (Later.QUARTER.value, _("Three months later")), (NEVER, _("No date")),
    ]  # fmt: skip


def why_kept(kept: Kept) -> str:
    """Why an action was left as it was."""
    if isinstance(kept.why, Unacceptable):
        return "; ".join(fault_words(fault) for fault in kept.why.faults)
    row = kept.why.action
    values = {
        "name": kept.why.by,
        "owner": row.owner_name or _("Nobody yet"),
        "status": status_words(row.status),
    }
    return _("%(name)s changed it meanwhile: now %(owner)s, %(status)s") % values


def calm() -> dict[str, Any]:
    """What the list shows before anybody asked for a change."""
    return {
        "bulk": {}, "bulk_errors": {}, "swept": None, "picked": frozenset(), "laters": later_choices(), "why_kept": why_kept
    }  # fmt: skip


async def _again(
    request: Request, actor: Actor, peers: Peers, plan: str, raw: Mapping[str, str], errors: Errors, swept: Swept | None
) -> Template:  # fmt: skip
    """The list with the choices kept: whatever could not be changed is ticked, on the revision it has now."""
    async with reading(actor):
        desk = await open_desk(actor, plan, peers, query_behind(raw))
    picked = frozenset(kept.row.id for kept in swept.kept) if swept else frozenset(_picks(raw))
    clash = swept and any(isinstance(kept.why, ChangedMeanwhile) for kept in swept.kept)
    context = calm() | {"bulk": raw, "bulk_errors": errors, "swept": swept, "picked": picked}
    return page(
        request, "action_plans/plan.html", status_code=409 if clash else 422, roadmap=None, trouble=None, errors=errors,
        theirs=None, typed={}, told=told(swept) if swept else "", **context, **shared(request, actor, desk),
    )  # fmt: skip


PAGES = [Bulk]
