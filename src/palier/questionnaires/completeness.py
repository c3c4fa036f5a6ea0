"""What a whole questionnaire has beyond what the loader needs: texts for every criterion, a lever at every level.

An organisation's own file may do without; the shipped ones may not. Source: docs/method.md#style.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from palier.questionnaires.rules.kinds import Kind
from palier.questionnaires.shapes import Path, Problem
from palier.questionnaires.tree import Plain, criteria, elements, rows, rungs_of, texts_in, whole_under

LEAST_LEVERS = 2
LEAST_EVIDENCE = 2
WITH_DESCRIPTORS = (Kind.CHOICE, Kind.LADDER)


def completeness_problems(data: Any) -> Iterator[Problem]:
    """Everything a reader of the questionnaire `data` would look for in vain."""
    for path, element in elements(data):
        if "short" not in element:
            yield Problem(path, "short is missing: a name of at most 18 characters for charts")
        if len(rows(element, "levers")) < LEAST_LEVERS:
            yield Problem(path, f"{LEAST_LEVERS} to 4 levers wanted")
        yield from _served(data, element, path)
    for path, criterion in criteria(data):
        yield from _texts(criterion, path)


def _texts(criterion: Plain, path: Path) -> Iterator[Problem]:
    if "covers" not in criterion:
        yield Problem(path, "covers is missing: what the criterion looks at")
    answer = criterion.get("answer")
    kind = answer.get("kind") if isinstance(answer, Mapping) else Kind.CHOICE
    if kind in WITH_DESCRIPTORS and "levels" not in criterion:
        yield Problem(path, "levels is missing: a descriptor per level")
    if any(len(texts) < LEAST_EVIDENCE for _, texts in texts_in(criterion.get("evidence") or {"": []})):
        yield Problem((*path, "evidence"), f"{LEAST_EVIDENCE} to 4 examples of evidence wanted")


def _served(data: Any, element: Plain, path: Path) -> Iterator[Problem]:
    """Each criterion needs, at each level but the last, a lever of its element."""
    steps = [step for _, lever in rows(element, "levers", path) for _, step in rows(lever, "serves")]
    for place, criterion in rows(element, "criteria", path):
        code, rungs = criterion.get("code"), rungs_of(data, place)
        open_levels = [n for n in range(1, rungs) if not any(_serves(step, code, n) for step in steps)]
        if open_levels:
            named = ", ".join(str(level) for level in open_levels)
            yield Problem((*place, "code"), f"no lever serves {code} at level {named}")


def _serves(step: Plain, code: Any, level: int) -> bool:
    return step.get("criterion") == code and whole_under(step, "from") <= level < whole_under(step, "to")
