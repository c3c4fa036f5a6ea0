"""Where the staff lend a hand: accounts, jobs, letters."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.accounts.rules import is_email, normalised_email
from palier.foundation.actor import StaffActor
from palier.foundation.language import day, hour, ngettext
from palier.foundation.language import gettext as _
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other
from palier.network import wording as network_wording
from palier.platform import wording
from palier.platform.flows import acting, reading
from palier.platform.pages.frame import STAFF, framed, number_in, reason_in


class Accounts(Controller):
    """One account, found by its exact address: there is no list of people to leaf through."""

    path = "/admin/people"
    opt = STAFF

    @get()
    async def find(self, request: Request, staff_actor: NamedDependency[StaffActor]) -> Template:
        return await _account(request, staff_actor, request.query_params.get("email", ""))

    @post("/sessions")
    async def end_sessions(self, request: Request, staff_actor: NamedDependency[StaffActor]) -> Response:
        """Sign the person out everywhere."""
        raw = await form_of(request)
        facts = await _facts(staff_actor, raw)
        reason, error = reason_in(raw)
        if error:
            return await _account(request, staff_actor, facts["email"], {"end-reason": error}, raw)
        ended = await acting.end_sessions_of_person(staff_actor, facts, reason)
        words = ngettext("%(num)s session is ended.", "%(num)s sessions are ended.", ended)
        return see_other(_address(facts), words % {"num": ended})

    @post("/factors")
    async def remove_factors(
        self, request: Request, staff_actor: NamedDependency[StaffActor], settings: NamedDependency[Settings]
    ) -> Response:
        """Announce that the person's second factors will go in a day."""
        raw = await form_of(request)
        facts = await _facts(staff_actor, raw)
        reason, error = reason_in(raw)
        if error:
            return await _account(request, staff_actor, facts["email"], {"factors-reason": error}, raw)
        try:
            row = await acting.ask_factor_removal(staff_actor, facts, reason, settings.public_url)
        except acting.ComingAlready:
            sentence = _("Their second factors are about to be removed already.")
            return await _account(request, staff_actor, facts["email"], {"factors-reason": sentence}, raw)
        words = _(
            "The person has been written to. Their second factors go on %(day)s at %(hour)s unless they stop it."
        )
        return see_other(_address(facts), words % {"day": day(row.due_at), "hour": hour(row.due_at)})


class Queue(Controller):
    """Jobs: what kind, how often, what went wrong; never what they are about."""

    path = "/admin/jobs"
    opt = STAFF

    @get()
    async def show(self, request: Request, staff_actor: NamedDependency[StaffActor]) -> Template:
        state = _state(request, wording.job_states())
        leaf = await reading.jobs(staff_actor, state, number_in(request))
        return framed(
            request, "platform/jobs.html", "jobs", leaf=leaf, state=state, states=wording.job_states()
        )

    @post("/{job:int}/retry")
    async def retry(self, staff_actor: NamedDependency[StaffActor], job: FromPath[int]) -> Redirect:
        done = await acting.retry_job(staff_actor, min(job, _LAST))
        words = (
            _("The job is in the queue again.")
            if done
            else _("This job is not one that failed, or another does its work.")
        )
        return see_other("/admin/jobs", words)

    @post("/{job:int}/cancel")
    async def cancel(self, staff_actor: NamedDependency[StaffActor], job: FromPath[int]) -> Redirect:
        done = await acting.cancel_job(staff_actor, min(job, _LAST))
        words = _("The job is taken out of the queue.") if done else _("This job no longer waits.")
        return see_other("/admin/jobs?state=todo", words)


class Letters(Controller):
    """Letters not sent: what kind, to whom as far as one must know, why not."""

    path = "/admin/mails"
    opt = STAFF

    @get()
    async def show(self, request: Request, staff_actor: NamedDependency[StaffActor]) -> Template:
        state = _state(request, wording.mail_states())
        leaf = await reading.mails(staff_actor, state, number_in(request))
        return framed(
            request, "platform/mails.html", "mails", leaf=leaf, state=state, states=wording.mail_states()
        )

    @post("/{mail:uuid}/retry")
    async def retry(self, staff_actor: NamedDependency[StaffActor], mail: FromPath[UUID]) -> Redirect:
        done = await acting.retry_mail(staff_actor, mail)
        return see_other(
            "/admin/mails", _("The letter is tried again now.") if done else _("This letter no longer waits.")
        )


class KeptFactors(Controller):
    """Where the link in the letter leads: whoever did not ask for it keeps their second factors."""

    path = "/keep-factors/{token:str}"
    opt = PUBLIC

    @get()
    async def show(self, request: Request, token: FromPath[str]) -> Template:
        row = await acting.coming_removal(token)
        return page(request, "platform/keep_factors.html", row=row, token=token, kept=False)

    @post()
    async def keep(self, request: Request, token: FromPath[str]) -> Template:
        kept = await acting.stop_removal(token)
        return page(request, "platform/keep_factors.html", row=None, token=token, kept=kept)


_LAST = 2**63 - 1
"""The largest number a job can have."""


async def _facts(actor: StaffActor, raw: dict[str, str]) -> dict[str, Any]:
    facts = await reading.person(actor, normalised_email(raw.get("email", ""))[:254])
    if facts is None:
        raise NotFoundException
    return facts


async def _account(
    request: Request, actor: StaffActor, email: str, errors: dict[str, str] | None = None,
    raw: dict[str, str] | None = None,
) -> Template:  # fmt: skip
    email = normalised_email(email)[:254]
    facts = await reading.person(actor, email) if is_email(email) else None
    return framed(
        request, "platform/people.html", "people", email=email, facts=facts, errors=errors or {}, raw=raw or {},
        roles=network_wording.roles(), status_code=422 if errors else 200,
    )  # fmt: skip


def _address(facts: dict[str, Any]) -> str:
    return f"/admin/people?email={quote(facts['email'])}"


def _state(request: Request, known: list[tuple[str, str]]) -> str:
    asked = request.query_params.get("state", "")
    return asked if asked in dict(known) else known[0][0]


PAGES = [Accounts, Queue, Letters, KeptFactors]
