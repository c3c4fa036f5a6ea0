"""The part of a form that shows the pages of the document it asks for: `reports/_preview.html`."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.response import Template

from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor
from palier.foundation.language import gettext as _
from palier.foundation.web import page
from palier.reports.flows.building import NotSubmitted, OtherRound
from palier.reports.flows.previewing import Busy, Previewer, Superseded
from palier.reports.pages import wording
from palier.reports.press import FailureReason, PrintingFailed
from palier.reports.rules.formats import PDF, format_of
from palier.reports.rules.pictures import Pictures
from palier.reports.rules.wishes import Wish


@dataclass(frozen=True, slots=True)
class Preview:
    """The pages, or why there are none; blank before anybody has asked. `address` is where the form is sent to see them."""

    address: str
    pictures: Pictures | None = None
    said: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nobody has asked to see the pages yet."""
        return self.pictures is None and not self.said

    @property
    def sheets(self) -> list[str]:
        """The pages as addresses that hold the pictures themselves: no other address ever gives them."""
        drawn = self.pictures.sheets if self.pictures else ()
        return [f"data:image/png;base64,{b64encode(sheet).decode()}" for sheet in drawn]


async def drawn(
    request: Request, previewer: Previewer, actor: Actor, wish: Wish | None, errors: dict[str, str], peers: Peers, shelf: Any
) -> Preview:  # fmt: skip
    """The pages of `wish`, or in words why there are none: the first of the form's `errors`, or what became of the drawing."""
    address = request.url.path
    if wish is None:
        return Preview(address, said=next(iter(errors.values()), ""))
    if format_of(wish.kind.value) is not PDF:
        said = _("This document has no preview: it opens in a program where everything can be changed.")
        return Preview(address, said=said)
    try:
        return Preview(address, await previewer.show(actor, wish, peers, shelf))
    except OtherRound:
        return Preview(address, said=other_round())
    except NotSubmitted:
        return Preview(address, said=no_such_round())
    except PrintingFailed as failure:
        return Preview(address, said=_failure_words(failure.reason))
    except (Busy, Superseded):
        return Preview(address, said=_("Other previews are being drawn. Ask again in a moment."))


def _failure_words(reason: FailureReason) -> str:
    if reason is FailureReason.TOO_COSTLY:
        return _("Drawing these pages takes longer than a preview may. The document itself has more time.")
    return wording.failure_words(reason)


def part(request: Request, preview: Preview) -> Template:
    """The preview alone, for htmx."""
    return page(request, "reports/previewed.html", preview=preview)


def other_round() -> str:
    """The plan and the round do not belong together."""
    return _("This plan was drawn from another round")


def no_such_round() -> str:
    """No round that can be printed was chosen."""
    return _("Choose a round of the list")
