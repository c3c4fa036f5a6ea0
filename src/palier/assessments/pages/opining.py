"""`/ask/{code}`: one criterion, for a colleague who was given the link and has no account.

It knows no session, sets no cookie, and works without a script. Looking changes nothing, for mail programs follow links
too; a browser that runs our script says by itself that the page was opened.
"""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from palier.accounts.pages.entering import browser_of, too_often
from palier.accounts.pages.holding import KEY_ALONE, discreet, page_for_holder, speak
from palier.accounts.rules import WINDOW, origin
from palier.accounts.throttle import TooManyAttempts
from palier.assessments.flows import opining
from palier.assessments.flows.answering import Unacceptable
from palier.assessments.flows.opining import Question
from palier.assessments.pages.wording import sentences
from palier.assessments.rules.asking import LONGEST
from palier.assessments.rules.drafts import Draft, read_draft
from palier.assessments.rules.value_fields import typed_fields
from palier.assessments.value_wording import VALUES, fields_for
from palier.foundation.language import current, number
from palier.foundation.language import gettext as _
from palier.foundation.settings import Settings
from palier.foundation.turns import TooOften, Turns
from palier.foundation.web import form_of

MOST_LOOKS = 100
"""Times one network address may look at links within WINDOW. Saying something is counted on its own."""

_looks = Turns(MOST_LOOKS, WINDOW.total_seconds())


class Opining(Controller):
    """Behind the link."""

    path = "/ask/{asked_code:str}"
    opt = KEY_ALONE

    @get()
    async def show(
        self, request: Request, asked_code: FromPath[str], settings: NamedDependency[Settings]
    ) -> Response:
        """What is asked, and what was said so far. A link that is none is counted like one that works."""
        speak(request)
        try:
            _looks.take(origin(browser_of(request, settings).address))
            return _page(request, await opining.look(asked_code))
        except TooOften as often:
            return _later(request, often.seconds, {})
        except opining.NoSuchLink:
            return _gone(request, {})

    @post()
    async def say(
        self, request: Request, asked_code: FromPath[str], settings: NamedDependency[Settings]
    ) -> Response:
        """Keep what was said; whatever keeps it from that, the words stay on the page."""
        speak(request)
        raw = await form_of(request)
        address = browser_of(request, settings).address
        try:
            await opining.say(asked_code, _draft(raw), base=_base(raw), address=address)
        except opining.NoSuchLink:
            return _gone(request, raw)
        except TooManyAttempts as error:
            return _later(request, error.seconds, raw)
        except Unacceptable as refused:
            return await _again(request, asked_code, raw, refused)
        except opining.TooLate as late:
            return _page(request, late.question, raw, status_code=423)
        except opining.SaidMeanwhile as other:
            return _page(request, other.question, raw, meanwhile=True, status_code=409)
        except opining.TooMuch as often:
            answer = _page(request, often.question, raw, often=True, status_code=429)
            answer.headers["retry-after"] = str(often.seconds)
            return answer
        return discreet(Redirect(_here(request), status_code=303))

    @post("/opened")
    async def opened(
        self, request: Request, asked_code: FromPath[str], settings: NamedDependency[Settings]
    ) -> Response:
        """The page was shown. Counted with the looks: more of them write nothing down."""
        try:
            _looks.take(origin(browser_of(request, settings).address))
            await opining.note_opening(asked_code)
        except TooOften:
            pass
        return discreet(Response(None, status_code=204))


def _draft(raw: Mapping[str, str]) -> Draft:
    """The choice and the words of the form; everything else a form of ours never sends. Blank for a made-up choice."""
    allowed = {
        name: text for name, text in raw.items() if name not in ("grade", "evidence", "link", "review")
    }
    try:
        return read_draft(allowed, current())
    except ValueError:
        return Draft(rationale=raw.get("rationale", ""))


def _base(raw: Mapping[str, str]) -> int:
    given = raw.get("rev", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


async def _again(request: Request, code: str, raw: Mapping[str, str], refused: Unacceptable) -> Response:
    """The page once more; the link may have ended meanwhile."""
    try:
        question = await opining.look(code)
    except opining.NoSuchLink:
        return _gone(request, raw)
    return _page(request, question, raw, errors=_refusals(refused), status_code=422)


def _refusals(refused: Unacceptable) -> dict[str, str]:
    """What is wrong, by the id of the field that can put it right."""
    told = sentences(refused)
    for fault in refused.faults:
        if fault.rule == "nothing":
            told["a1"] = _("Choose an answer, or say that you do not know")
        elif fault.rule == "incomplete":
            told["a1"] = _("Answer every part, or say that you do not know")
        elif fault.field == "rationale":
            most = number(LONGEST["rationale"])
            told["rationale"] = _("This text is too long: %(most)s characters at most") % {"most": most}
    return told


def _page(
    request: Request, question: Question, raw: Mapping[str, str] | None = None, *, errors: dict[str, str] | None = None,
    meanwhile: bool = False, often: bool = False, status_code: int = 200,
) -> Response:  # fmt: skip
    """The question with what was said so far; with `raw`, what a form just sent instead."""
    typed = question.said if raw is None else _draft(raw)
    fields = fields_for(question.criterion, typed.value) if raw is None else typed_fields(raw)
    answer: Response = page_for_holder(
        request, "assessments/opinion.html", status_code=status_code, asked=question, criterion=question.criterion,
        answer=typed, sent=raw is not None, fields=fields, errors=errors or {}, meanwhile=meanwhile, often=often,
        before=None, longest=LONGEST["rationale"], too_often=too_often(), **VALUES,
    )  # fmt: skip
    return answer


def _gone(request: Request, raw: Mapping[str, str]) -> Response:
    """One page for a link that never was, one that is over and one that was revoked."""
    answer: Response = page_for_holder(
        request, "assessments/opinion_gone.html", status_code=404, words=_words(raw)
    )
    return answer


def _later(request: Request, seconds: int, raw: Mapping[str, str]) -> Response:
    answer: Response = page_for_holder(
        request, "assessments/opinion_later.html", status_code=429, sentence=too_often(), words=_words(raw)
    )
    answer.headers["retry-after"] = str(seconds)
    return answer


def _words(raw: Mapping[str, str]) -> str:
    """What somebody wrote, to be copied from a page that has no form."""
    return "\n\n".join(text for text in (raw.get("reason", ""), raw.get("rationale", "")) if text)


PAGES: list[Any] = [Opining]
