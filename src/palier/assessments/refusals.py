"""What is said when the questionnaire a round uses is not to be had any more."""

from typing import Any

from litestar import Request, Response

from palier.assessments.flows.definitions import LostDefinition
from palier.foundation.language import gettext as _
from palier.foundation.web import page
from palier.questionnaires.catalogue import ChangedQuestionnaire


def show_lost_definition(request: Request, _error: Exception) -> Response:
    """Nothing was changed; whoever runs the installation can put the file back."""
    return page(
        request, "layout/error.html", status_code=409, status=409,
        title=_("This version of the questionnaire was changed"),
        advice=_(
            "What you answered is safe. Ask whoever runs Palier here to restore the questionnaire’s file, then try again."
        ),
    )  # fmt: skip


HANDLERS: dict[type[Exception] | int, Any] = {
    LostDefinition: show_lost_definition,
    ChangedQuestionnaire: show_lost_definition,
}
