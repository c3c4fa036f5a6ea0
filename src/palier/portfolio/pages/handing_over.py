"""What a consultant does with one mandate: propose another consultant, take that back, give the mandate back."""

from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.accounts.pages.entering import too_often
from palier.accounts.rules import is_email, normalised_email
from palier.accounts.throttle import TooManyAttempts
from palier.foundation.actor import Person
from palier.foundation.clock import now, today
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.permissions import FRESH, SIGNED_IN
from palier.foundation.rights import Feature, sold_with
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other
from palier.network import mandates
from palier.network.flows import mandating
from palier.network.flows.inviting import NotInADemonstration
from palier.network.rules.mandates import HandOverState, standing
from palier.portfolio.flows import handing_over
from palier.portfolio.flows.handing_over import AlreadyProposed, NotOpen, Oneself

LONGEST_NOTE = 500
Errors = dict[str, str]


class HeldMandate(Controller):
    """A mandate the consultant holds."""

    path = "/portfolio/mandates/{mandate:uuid}"

    @get(opt=SIGNED_IN)
    async def show(
        self, request: Request, person: NamedDependency[Person], mandate: FromPath[UUID]
    ) -> Template:
        return await _mandate(request, person, mandate)

    @post("/hand-over", opt=SIGNED_IN | sold_with(Feature.PORTFOLIO))
    async def propose(
        self, request: Request, person: NamedDependency[Person], mandate: FromPath[UUID],
        settings: NamedDependency[Settings],
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        email, note = normalised_email(raw.get("email", "")), raw.get("note", "")
        errors: Errors = {}
        if not is_email(email):
            errors["email"] = _("Write an e-mail address such as name@example.org")
        if len(note) > LONGEST_NOTE:
            errors["note"] = _("Write at most %(n)s characters") % {"n": LONGEST_NOTE}
        if errors:
            return await _mandate(request, person, mandate, errors, raw)
        try:
            await handing_over.propose(person, mandate, email, note, settings.public_url)
        except (Oneself, AlreadyProposed, NotInADemonstration, TooManyAttempts) as refusal:
            return await _mandate(request, person, mandate, {"email": _refusal(refusal)}, raw)
        return see_other(
            f"/portfolio/mandates/{mandate}", _("The client’s owners have been told of your proposal.")
        )

    @post("/hand-over/withdraw", opt=SIGNED_IN)
    async def withdraw(self, person: NamedDependency[Person], mandate: FromPath[UUID]) -> Redirect:
        try:
            await handing_over.withdraw(person, mandate)
        except NotOpen:
            return see_other(f"/portfolio/mandates/{mandate}", _("This proposal can no longer be changed."))
        return see_other(f"/portfolio/mandates/{mandate}", _("The proposal is withdrawn."))

    @post("/give-back", opt=SIGNED_IN | FRESH)
    async def give_back(self, person: NamedDependency[Person], mandate: FromPath[UUID]) -> Redirect:
        name = await mandating.give_back(person, mandate)
        return see_other("/portfolio", _("You no longer act for %(name)s.") % {"name": name})


async def _mandate(
    request: Request,
    person: Person,
    mandate: UUID,
    errors: Errors | None = None,
    raw: dict[str, str] | None = None,
) -> Template:
    async with reading(person):
        row = await mandates.held_mandate(person, mandate, today(person.time_zone))
        proposal = (await mandates.proposals_by(person)).get(mandate)
    state = proposal and standing(
        HandOverState(proposal.state), proposal.proposed_at, now(), mandate_runs=True
    )
    return page(
        request, "portfolio/mandate.html", nav="portfolio", status_code=422 if errors else 200, mandate=row,
        proposal=proposal, state=state, errors=errors or {}, raw=raw or {}, longest=LONGEST_NOTE,
    )  # fmt: skip


def _refusal(refusal: Exception) -> str:
    match refusal:
        case Oneself():
            return _("This is your own address: propose somebody else.")
        case AlreadyProposed():
            return _("The client has not answered your earlier proposal. Withdraw it first.")
        case TooManyAttempts():
            return too_often()
        case _:
            return _("Nobody is written to from a demonstration.")


PAGES = [HeldMandate]
