"""`/account/data`: what is held about a person, taken away or deleted; and the link of a letter that stops a deletion."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from palier.foundation import files
from palier.foundation.actor import Person
from palier.foundation.clock import now
from palier.foundation.database import LinkHolder, reading
from palier.foundation.identifiers import fingerprint
from palier.foundation.language import day
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH, PUBLIC, SIGNED_IN
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, saved_as, see_other
from palier.privacy import store, wording
from palier.privacy.flows import asking, erasing
from palier.privacy.rules.erasing import GRACE

HERE = "/account/data"


class OwnData(Controller):
    """What a person may do with what is held about them."""

    path = HERE
    opt = SIGNED_IN

    @get()
    async def show(self, request: Request, person: NamedDependency[Person]) -> Template:
        """What can be taken away, what was, and whether the account is about to go."""
        async with reading(person):
            parcels = await store.parcels_of(person)
            waiting = await store.open_erasure(person=person.person_id)
        return page(
            request,
            "privacy/account.html",
            parcels=parcels,
            waiting=waiting,
            failure=wording.failure_sentence,
        )

    @post("/export")
    async def ask(self, person: NamedDependency[Person]) -> Redirect:
        """Have it packed."""
        try:
            await asking.ask_own(person)
        except asking.StillPacking:
            return see_other(HERE, _("Your data is being put together already."))
        return see_other(HERE, _("Your data is being put together. A letter follows."))

    @get("/parcels/{parcel:uuid}", opt=FRESH)
    async def fetch(
        self, person: NamedDependency[Person], shelf: NamedDependency[Any], parcel: FromPath[UUID]
    ) -> Stream:
        """The zip, to whom it is about."""
        try:
            return parcel_file(await asking.fetch_own(person, parcel, shelf), "palier-data")
        except files.FileGone:
            raise NotFoundException from None

    @get("/delete", opt=FRESH)
    async def confirm(self, request: Request, person: NamedDependency[Person]) -> Response:
        """What goes, what stays, and the form."""
        return await _confirm(request, person)

    @post("/delete", opt=FRESH)
    async def delete(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Response:
        """The account goes in seven days."""
        typed = (await form_of(request)).get("email", "").lower()
        if typed != person.email:
            return await _confirm(
                request, person, {"email": _("Type your e-mail address as it stands above")}, typed
            )
        try:
            row = await erasing.ask_for_a_person(person, settings.public_url)
        except erasing.LastOwner:
            return await _confirm(request, person, typed=typed)
        except store.AskedAlready:
            return see_other(HERE)
        return see_other(HERE, _("Your account will be deleted on %(day)s.") % {"day": day(row.due_at)})

    @post("/keep")
    async def keep(self, person: NamedDependency[Person]) -> Redirect:
        """Think again."""
        stopped = await erasing.stop_own(person)
        return see_other(HERE, _("Your account stays.") if stopped else "")


async def _confirm(
    request: Request, person: Person, errors: dict[str, str] | None = None, typed: str = ""
) -> Template:
    async with reading(person):
        left = await store.only_owner_of(person.person_id)
    refused = request.method == "POST"
    return page(
        request, "privacy/delete_account.html", status_code=422 if refused else 200, errors=errors or {}, typed=typed, left=left,
        goes=wording.person_goes(), stays=wording.person_stays(), due=now() + GRACE, days=GRACE.days,
    )  # fmt: skip


def parcel_file(pieces: Any, stem: str) -> Stream:
    """A zip to be saved, kept by no cache."""
    headers = {
        "content-disposition": saved_as(f"{stem}.zip"), "cache-control": "private, no-store",
        "content-security-policy": "sandbox; default-src 'none'",
    }  # fmt: skip
    return Stream(pieces, media_type="application/zip", headers=headers)


class Stopping(Controller):
    """`/erasure/{secret}`: the link of the letter, for whoever holds it, signed in or not."""

    path = "/erasure/{secret:str}"
    opt = PUBLIC

    @get()
    async def ask(self, request: Request, secret: FromPath[str]) -> Template:
        """What would be erased, and the button that stops it."""
        async with reading(LinkHolder(fingerprint(secret))):
            row = await erasing.waiting_behind(secret)
        return page(request, "privacy/stop.html", row=row, secret=secret, status_code=200 if row else 404)

    @post()
    async def stop(self, secret: FromPath[str]) -> Redirect:
        """Stopped, once."""
        stopped = await erasing.stop_by_link(secret)
        return see_other(
            "/signin",
            _("It is stopped: nothing is erased.") if stopped else _("There is nothing to stop any more."),
        )


PAGES = [OwnData, Stopping]
