"""`/verify`: anybody who holds a document asks whether it was issued here and whether their file is the very one.

Confirmed are hash, date, issuer and kind. No title, no content, no person, and one answer for every code that is unknown.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from palier.accounts.pages.entering import browser_of
from palier.accounts.rules import origin
from palier.foundation.language import gettext as _
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.foundation.turns import TooOften, Turns
from palier.foundation.uploads import HEAVIEST, LARGEST_REQUEST
from palier.foundation.web import page
from palier.reports.flows import verifying
from palier.reports.flows.verifying import Issue
from palier.reports.pages import wording
from palier.reports.rules.seals import Seal, typed_code

MOST_TURNS, WINDOW = 30, 60.0
"""Questions one network address may ask, in so many seconds."""

_turns = Turns(MOST_TURNS, WINDOW)

_DISCREET = {"cache-control": "no-store", "x-robots-tag": "noindex, nofollow, noarchive"}


class Verifying(Controller):
    """Asking about a code, or about a file."""

    path = "/verify"
    opt = PUBLIC

    @get()
    async def ask(
        self, request: Request, settings: NamedDependency[Settings], code: FromQuery[str] = ""
    ) -> Response:
        """The form; with a code typed into it, the answer."""
        return await _about_code(request, settings, code) if code.strip() else _page(request)

    @get("/{seal:str}")
    async def confirm(
        self, request: Request, settings: NamedDependency[Settings], seal: FromPath[str]
    ) -> Response:
        """What is known of a code: the address that documents print."""
        return await _about_code(request, settings, seal)

    @post(status_code=200, request_max_body_size=LARGEST_REQUEST)
    async def compare(self, request: Request, settings: NamedDependency[Settings]) -> Response:
        """Whether a file is one that was issued. It is not kept."""
        return await _about_file(request, settings)

    @post("/{seal:str}", status_code=200, request_max_body_size=LARGEST_REQUEST)
    async def compare_under(
        self, request: Request, settings: NamedDependency[Settings], seal: FromPath[str]
    ) -> Response:
        """Whether a file is the one that was issued under the code of the address. It is not kept."""
        return await _about_file(request, settings, seal)


async def _about_file(request: Request, settings: Settings, seal: str = "") -> Response:
    try:
        _count(request, settings)
    except TooOften as often:
        return _later(request, often)
    data = await _uploaded(request)
    if refusal := _refusal(data):
        known = await verifying.ask_about_code(seal) if seal else ()
        return _page(
            request, status_code=422, errors={"file": refusal}, code=_shown(seal), issue=_first(known)
        )
    if seal:
        return await _compared(request, seal, data)
    found = await verifying.ask_about_file(data)
    return _page(request, answered=True, issue=found, matches=found is not None, file=True)


async def _about_code(request: Request, settings: Settings, text: str) -> Response:
    try:
        _count(request, settings)
    except TooOften as often:
        return _later(request, often)
    issue = _first(await verifying.ask_about_code(text))
    return _page(request, status_code=200 if issue else 404, answered=True, code=_shown(text), issue=issue)


async def _compared(request: Request, seal: str, data: bytes) -> Response:
    """An unknown code stays the one answer, whatever file comes with it."""
    issues = await verifying.ask_about_code(seal)
    sha256 = hashlib.sha256(data).hexdigest()
    match = _first([one for one in issues if one.sha256 == sha256])
    return _page(
        request, status_code=200 if issues else 404, answered=True, code=_shown(seal), issue=match or _first(issues),
        file=bool(issues), matches=match is not None, sha256=sha256,
    )  # fmt: skip


def _first(issues: Sequence[Issue]) -> Issue | None:
    """The file a code was made for. How many copies were marked for readers since is nobody's business."""
    return issues[0] if issues else None


def _count(request: Request, settings: Settings) -> None:
    """One turn for whoever asks. Raises TooOften."""
    _turns.take(origin(browser_of(request, settings).address))


async def _uploaded(request: Request) -> bytes:
    """The file, no more than one byte over the limit; nothing without one."""
    file = (await request.form()).get("file")
    return await file.read(HEAVIEST + 1) if isinstance(file, UploadFile) else b""


def _refusal(data: bytes) -> str:
    if not data:
        return _("Choose a file that is not empty")
    return _("This file is too large: ten megabytes at most") if len(data) > HEAVIEST else ""


def _shown(text: str) -> str:
    """A code as it is printed; what cannot be one is not repeated."""
    code = typed_code(text)
    return Seal(code).shown if code else ""


def _later(request: Request, often: TooOften) -> Response:
    answer = _page(request, status_code=429, often=True)
    answer.headers["retry-after"] = str(often.seconds)
    return answer


def _page(request: Request, *, status_code: int = 200, **context: Any) -> Response:
    """The one page, whatever there is to say."""
    blank: dict[str, Any] = {
        "code": "", "issue": None, "answered": False, "often": False, "file": False, "matches": False, "sha256": "", "errors": {},
    }  # fmt: skip
    answer = page(request, "reports/verify.html", status_code=status_code, words=wording, **(blank | context))
    answer.headers |= _DISCREET
    return answer


PAGES = [Verifying]
