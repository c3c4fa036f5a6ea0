"""The words of what-if and of planning by capacity."""

from collections.abc import Sequence
from fractions import Fraction

from palier.action_plans.rules.capacity import LeftOut, Proposal, Reason
from palier.action_plans.rules.quarters import Quarter, Wanted
from palier.foundation.language import gettext as _
from palier.foundation.language import number, points, signed


def quarter_words(quarter: Quarter) -> str:
    """A quarter of a year: "T1 2027"."""
    return _("Q%(number)s %(year)s") % {"number": quarter.number, "year": quarter.year}


def effort_points(value: Fraction | int) -> str:
    """Effort points with a decimal where there is one."""
    return number(value, 0 if Fraction(value).denominator == 1 else 1)


def reason_words(left: LeftOut, titles: Sequence[str]) -> str:
    """Why a lever is not in the choice; `titles` are those of the levers it waits for."""
    named = ", ".join(f"\u201c{title}\u201d" for title in titles)
    match left.reason:
        case Reason.EXCLUDED:
            return _("You left it out.")
        case Reason.NEEDS:
            return _("It needs %(levers)s first, which cannot be had.") % {"levers": named}
        case Reason.TOO_LATE:
            return _("It cannot be over by its deadline, or by the end of the last quarter.")
        case Reason.WITHHOLDS:
            return _("It would show a criterion nobody has answered, and the total would be withheld.")
        case Reason.NOTHING_MORE:
            return _("It gains nothing more beside what is chosen.")
        case _ if not left.more > 0:
            return _("No room in any quarter.")
        case _:
            gain = {"gain": signed(left.more), "levers": named}
            if titles:
                return (
                    _("No room in any quarter: with %(levers)s it would have added %(gain)s points.") % gain
                )
            return _("No room in any quarter: it would have added %(gain)s points.") % gain


def proof_words(proposal: Proposal) -> str:
    """How sure it is that nothing better exists."""
    if proposal.proven:
        return _("Proven: no other choice that fits gains more.")
    return _("The best found; no choice that fits gains more than %(most)s points.") % {
        "most": points(proposal.ceiling)
    }


def wish_choices(quarters: Sequence[Quarter]) -> list[tuple[str, str]]:
    """What may be settled of a lever."""
    kept = [
        (f"keep {one.code}", _("Keep, from %(quarter)s") % {"quarter": quarter_words(one)})
        for one in quarters
    ]
    return [("", _("As it comes")), ("keep", _("Keep")), *kept, ("out", _("Leave out"))]


def wish_code(wanted: Wanted) -> str:
    """The choice that stands, as the form names it."""
    if wanted.excluded:
        return "out"
    if not wanted.pinned:
        return ""
    return f"keep {wanted.quarter.code}" if wanted.quarter else "keep"
