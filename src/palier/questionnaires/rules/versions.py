"""Two versions of one questionnaire: which criteria cannot be compared. Source: docs/method.md#versions."""

from typing import Any

from palier.questionnaires.rules.questionnaire import Criterion, Questionnaire


def changed_between(before: Questionnaire, after: Questionnaire) -> frozenset[str]:
    """Criteria of both that may not be compared: declared changed, or worded or answered otherwise.

    Where one is the other's next version its own declaration decides; further apart, every difference in label,
    descriptors, scale or kind of answer counts. Different questionnaires share nothing.
    """
    if before == after:
        return frozenset()
    common = {criterion.code for criterion in before.criteria} & {c.code for c in after.criteria}
    if before.id != after.id:
        return frozenset(common)
    for newer, older in ((after, before), (before, after)):
        if newer.changes and newer.changes.since == older.version:
            return frozenset(newer.changes.changed) & common
    return frozenset(
        code for code in common if _asked(before.criterion(code)) != _asked(after.criterion(code))
    )


def _asked(criterion: Criterion) -> tuple[Any, ...]:
    return criterion.label, criterion.levels, criterion.scale.values, criterion.answer


def numbered(version: str) -> tuple[int, ...]:
    """`version` to sort by: 1.10.0 comes after 1.9.0."""
    return tuple(int(part) for part in version.split("."))
