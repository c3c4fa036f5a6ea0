"""Words of the pages about documents."""

from palier.foundation.language import gettext as _
from palier.foundation.language import number
from palier.reports.press import FailureReason
from palier.reports.rules.wishes import Kind


def kind_choices() -> list[tuple[str, str, str]]:
    """The documents one can ask for: value, name, what is in it."""
    return [
        (
            Kind.RESULTS,
            _("Results and action plan"),
            _("Summary, element by element, how the score is made, priorities, the plan, every criterion."),
        ),
        (Kind.BOARD, _("Board summary"), _("The same on two pages: where you stand, what is being done.")),
        (Kind.SLIDES, _("Executive slides"), _("A presentation with the main findings; its texts and charts can be changed.")),
        (Kind.PLAN, _("Action plan alone"), _("For the people who carry it: every action with its steps, owner and date.")),
    ]  # fmt: skip


def kind_name(kind: str) -> str:
    """What a kind of document is called, by the name it is kept under; for whoever may know no more of it."""
    return {
        "results": _("Results of an assessment"),
        "board": _("Board summary"),
        "plan": _("Action plan"),
        "action": _("Action sheet"),
        "bulletin": _("Bulletin of the edition"),
        "certificate": _("Certificate of submission"),
        "paper": _("Questionnaire to fill in"),
        "slides": _("Executive slides"),
    }.get(kind, _("Document"))


def failure_words(reason: str) -> str:
    """Why no document came out, and what may help."""
    match reason:
        case FailureReason.TOO_LONG:
            return _(
                "Making it took longer than the thirty seconds allowed. Try again; if it goes on, shorten the longest texts."
            )
        case FailureReason.TOO_COSTLY:
            return _(
                "It takes more computing than one document may use. Shorten the longest texts of the plan, then ask for it anew."
            )
        case FailureReason.TOO_LARGE:
            return _(
                "It is too large to be made. Shorten the longest texts of the plan, then ask for it anew."
            )
        case FailureReason.UNPRINTABLE:
            return _(
                "Something in its texts or pictures cannot be printed. Change the logo or the longest texts, then ask for it anew."
            )
        case FailureReason.WORKER_DIED:
            return _("Making it was interrupted several times. Try again in a moment.")
        case _:
            return _("Something went wrong on our side. It has been written down for us; try again later.")


def size_words(size: int) -> str:
    """A file's size as people say it: "312 kB", "1.4 MB"."""
    if size < 1_000_000:
        return _("%(n)s kB") % {"n": number(max(1, size // 1000))}
    return _("%(n)s MB") % {"n": number(size / 1_000_000, 1)}
