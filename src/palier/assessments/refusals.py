"""What is said when the questionnaire a round uses is not to be had any more."""

from typing import Any

from litestar import Request, Response
from litestar.exceptions import NotFoundException

from palier.assessments.flows.definitions import LostDefinition
from palier.foundation.language import gettext as _
from palier.foundation.web import page, show_http_error
from palier.questionnaires.catalogue import ChangedQuestionnaire, UnknownQuestionnaire


def show_lost_definition(request: Request, _error: Exception) -> Response:
    """Nothing was changed; whoever runs the installation can put the file back."""
    return page(
        request, "layout/error.html", status_code=409, status=409,
        title=_("This version of the questionnaire was changed"),
        advice=_(
            "What you answered is safe. Ask whoever runs Palier here to restore the questionnaire’s file, then try again."
        ),
    )  # fmt: skip


def show_unknown(request: Request, _error: UnknownQuestionnaire) -> Response:
    """Withdrawn between the choice and the opening, or never there."""
    return show_http_error(request, NotFoundException())


HANDLERS: dict[type[Exception] | int, Any] = {
    LostDefinition: show_lost_definition,
    ChangedQuestionnaire: show_lost_definition,
    UnknownQuestionnaire: show_unknown,
}
