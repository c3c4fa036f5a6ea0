"""What this very page does not show, and why: concrete sentences, none of which tells a number of organisations."""

from collections.abc import Iterable, Sequence

from palier.benchmarks.rules.across import Rung
from palier.benchmarks.rules.lines import Line
from palier.benchmarks.rules.standing import Refused
from palier.benchmarks.wording import Namer, cohort_in_words, refusal_in_words
from palier.foundation.language import gettext as _
from palier.foundation.language import joined, ngettext
from palier.network.wording import label

MOST_NAMED = 3
"""Hidden figures named one by one; the others are counted."""


def figures_hidden(hidden: Sequence[Line], named: Namer, k: int) -> str:
    """Which figures of the group are hidden and why, or that none is."""
    if not hidden:
        return _("Nothing on this page: every figure of this group is published.")
    names = [f"{line.code} {named(line.code)}" for line in hidden[:MOST_NAMED]]
    left = len(hidden) - len(names)
    rest = [ngettext("%(num)s other", "%(num)s others", left) % {"num": left}] if left else []
    words = _("%(names)s: a batch counts only where at least %(k)s of its organisations have a score for it.")
    return words % {"names": joined([*names, *rest]), "k": k}


def rung_in_words(rung: Rung) -> str:
    """A group of the own attributes: shown, or why it is not."""
    cohort = cohort_in_words(rung.cohort)
    if rung.refusal is None:
        return _("%(cohort)s: shown.") % {"cohort": _capital(cohort)}
    return _("%(cohort)s: %(reason)s") % {
        "cohort": _capital(cohort), "reason": refusal_in_words(rung.refusal)
    }  # fmt: skip


def families_withheld(withheld: Iterable[Refused]) -> list[str]:
    """Families of sectors that are not set beside the others, and why."""
    return [
        _("%(cohort)s: %(reason)s")
        % {"cohort": label("family", one.cohort["family"]), "reason": refusal_in_words(one.reason)}
        for one in withheld
    ]


def criteria_changed(changed: Sequence[str], version: str, asked: str) -> str:
    """Which criteria are not compared because the campaign asked them otherwise than the version answered."""
    words = ngettext(
        "%(num)s criterion of version %(version)s, which you answered, reads otherwise in version %(asked)s, "
        "which your peers were asked, and is not compared: %(codes)s.",
        "%(num)s criteria of version %(version)s, which you answered, read otherwise in version %(asked)s, "
        "which your peers were asked, and are not compared: %(codes)s.",
        len(changed),
    )
    return words % {"num": len(changed), "version": version, "asked": asked, "codes": joined(list(changed))}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
