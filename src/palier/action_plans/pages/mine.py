"""My actions: what the signed-in person has to do, over every organisation they belong to or hold a mandate in."""

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from palier.action_plans import wording
from palier.action_plans.flows.mine import MyAction, everything_of
from palier.action_plans.rules.agenda import by_span
from palier.foundation.actor import Person
from palier.foundation.clock import today
from palier.foundation.permissions import SIGNED_IN
from palier.foundation.web import page

CARRIED, SPONSORED = "carried", "sponsored"
"""As what: the one who does it, the one who answers for it."""


@get("/actions", opt=SIGNED_IN)
async def mine(
    request: Request, person: NamedDependency[Person], org: FromQuery[str] = "", part: FromQuery[str] = ""
) -> Template:
    """By how near the due date is; `org` keeps one organisation's, `part` what one carries or sponsors."""
    every = await everything_of(person)
    shown = [one for one in every if _asked_for(one, org, part)]
    organisations = {one.organisation.slug: one.organisation.name for one in every}
    return page(
        request, "action_plans/mine.html", every=every, spans=by_span(shown, today(person.time_zone)),
        span_words=wording.span_words, status_words=wording.status_words, statuses=wording.status_choices(),
        organisations=sorted(organisations.items(), key=lambda pair: pair[1].casefold()), org=org, part=part,
    )  # fmt: skip


def _asked_for(one: MyAction, org: str, part: str) -> bool:
    if part in (CARRIED, SPONSORED) and one.sponsored is not (part == SPONSORED):
        return False
    return org in ("", one.organisation.slug)


PAGES = [mine]
