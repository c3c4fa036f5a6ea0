"""The calendar of one's due dates: its secret address, and what a calendar finds there."""

from datetime import date
from urllib.parse import urlsplit

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.action_plans import store
from palier.action_plans.calendar_file import Appointment, calendar_file
from palier.action_plans.flows import subscribing
from palier.action_plans.flows.mine import MyAction, everything_of
from palier.action_plans.pages.forms import op_of
from palier.action_plans.wording import status_words
from palier.foundation import language
from palier.foundation.actor import Person
from palier.foundation.clock import now
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.permissions import PUBLIC, SIGNED_IN
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other


class CalendarAddress(Controller):
    """`/actions/calendar`"""

    path = subscribing.PLACE
    opt = SIGNED_IN

    @get("/")
    async def show(self, request: Request, person: NamedDependency[Person]) -> Template:
        return await _address(request, person)

    @post("/open")
    async def open_feed(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Template:
        """The new address, on this answer and never again: only its fingerprint is kept."""
        secret = await subscribing.open_feed(person, op_of(await form_of(request)))
        return await _address(request, person, f"{settings.public_url}/calendar/{secret}/palier.ics")

    @post("/close")
    async def close_feed(self, person: NamedDependency[Person]) -> Redirect:
        await subscribing.close_feed(person)
        return see_other(
            subscribing.PLACE, notice=_("The address is closed: calendars that used it find nothing there.")
        )


async def _address(request: Request, person: Person, address: str = "") -> Template:
    async with reading(person):
        feed = await store.feed_of(person)
    return page(
        request, "action_plans/calendar.html", feed=feed, address=address, new_op=new_id(),
        webcal=urlsplit(address)._replace(scheme="webcal").geturl() if address else "",
    )  # fmt: skip


@get("/calendar/{secret:str}/palier.ics", opt=PUBLIC)
async def calendar(secret: FromPath[str], settings: NamedDependency[Settings]) -> Response[bytes]:
    """What the person behind the address has to do, by due date, in their language. No session: the address is the key."""
    person = await subscribing.subscriber(secret)
    if person is None:
        raise NotFoundException
    language.use(person.locale, person.time_zone)
    every = await everything_of(person)
    days = [_due(one, one.due_on, settings.public_url) for one in every if one.due_on]
    days += [
        _review(one, one.row.next_review_on, settings.public_url) for one in every if one.row.next_review_on
    ]
    return Response(
        calendar_file(f"{person.person_id}@palier", days, now()), media_type="text/calendar; charset=utf-8",
        headers={"cache-control": "private, no-cache", "content-disposition": 'attachment; filename="palier.ics"'},
    )  # fmt: skip


def _due(one: MyAction, on: date, site: str) -> Appointment:
    words = _("Sponsored, due: %(title)s") if one.sponsored else _("Due: %(title)s")
    return _day(one, "due", on, words, site)


def _review(one: MyAction, on: date, site: str) -> Appointment:
    return _day(one, "review", on, _("Review: %(title)s"), site)


def _day(one: MyAction, kind: str, on: date, words: str, site: str) -> Appointment:
    row, address = one.row, f"{site}/o/{one.organisation.slug}/a/{one.row.id}"
    facts = [one.organisation.name, one.plan.title, status_words(row.status)]
    if one.sponsored:
        facts.append(_("Owner: %(name)s") % {"name": row.owner_name or _("Nobody yet")})
    return Appointment(
        f"{kind}-{row.id}@palier", on, words % {"title": row.title}, "\n".join([*facts, address]), address,
        one.organisation.name, row.revision,
    )  # fmt: skip


PAGES = [CalendarAddress, calendar]
