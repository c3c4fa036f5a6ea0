"""What a round on some dimensions only says of itself, wherever a figure of it is shown."""

from palier.foundation.language import current, joined, ngettext
from palier.questionnaires.rules import Questionnaire


def scope_in_words(questionnaire: Questionnaire) -> str:
    """ "On 2 dimensions only: ...", in the language in use; empty for a whole questionnaire."""
    if not questionnaire.scope:
        return ""
    names = [dimension.label.in_(current()) for dimension in questionnaire.dimensions]
    words = ngettext(
        "On %(num)s dimension only: %(names)s", "On %(num)s dimensions only: %(names)s", len(names)
    )
    return words % {"num": len(names), "names": joined(names)}
