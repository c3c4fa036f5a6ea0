"""What a person says about one criterion, read strictly from a form: nothing is guessed, nothing cut off."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from palier.assessments.rules.value_fields import value_in
from palier.questionnaires.rules import Criterion, Grade
from palier.scoring.rules.answers import State
from palier.scoring.rules.kinds import read_value

LONGEST = {"reason": 500, "rationale": 10_000, "evidence": 4_000, "evidence_link": 1_000}
"""Characters each free text may have."""

CHOOSABLE = (Grade.NONE, Grade.DECLARED, Grade.DOCUMENTED, Grade.MEASURED)
"""Grades a respondent may claim; `verified` is for a mandated person."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of one answer: `level` when answered, None otherwise; texts may be empty.

    `value` is what was answered to a criterion of another kind than a choice, as plain data; a blank answer may hold one
    that is not complete yet.
    """

    state: State = State.BLANK
    level: int | None = None
    reason: str = ""
    rationale: str = ""
    evidence_grade: Grade = Grade.NONE
    evidence: str = ""
    evidence_link: str = ""
    to_review: bool = False
    value: Any = None

    def as_plain(self) -> dict[str, Any]:
        """As stored with every change (`answer_event.after`): `value` only where there is one, as in `plain_answer`."""
        plain = {
            "state": self.state.value, "level": self.level, "reason": self.reason, "rationale": self.rationale,
            "evidence_grade": self.evidence_grade.value, "evidence": self.evidence, "evidence_link": self.evidence_link,
            "to_review": self.to_review,
        }  # fmt: skip
        return plain if self.value is None else plain | {"value": self.value}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a draft cannot be saved: the field, and which rule.

    Rules: `missing`, `too_long`, `not_a_link`, `off_the_scale`, `unreadable` (a value its kind does not know).
    """

    field: str
    rule: str


def draft_from(plain: Mapping[str, Any]) -> Draft:
    """The draft `as_plain` wrote. Raises ValueError, TypeError for anything else."""
    return Draft(
        **{**plain, "state": State(plain["state"]), "evidence_grade": Grade(plain["evidence_grade"])}
    )


def read_draft(raw: Mapping[str, str], locale: str = "fr") -> Draft:
    """The draft a form sends: `answer` is "1".."5", "value", "na", "dk" or empty. Raises ValueError for a made-up one.

    With "value" the value stands in fields of its own, with numbers as `locale` writes them; `settled` reads it.
    """
    state, level, value = _answer(raw, locale)
    grade = Grade(raw.get("grade") or Grade.NONE)
    if grade not in CHOOSABLE:
        raise ValueError(f"a respondent cannot claim {grade}")
    return Draft(
        state=state, level=level, reason=raw.get("reason", "") if state is State.NA else "",
        rationale=raw.get("rationale", ""), evidence_grade=grade, evidence=raw.get("evidence", ""),
        evidence_link=raw.get("link", ""), to_review=raw.get("review", "") == "yes", value=value,
    )  # fmt: skip


VALUE = "value"
"""What a form's `answer` says when the answer stands in the fields of a value."""


def _answer(raw: Mapping[str, str], locale: str) -> tuple[State, int | None, Any]:
    """State, level and value. A value typed where the form still says `was` (na, dk) takes its place: it came after."""
    said = raw.get("answer", "")
    if said == VALUE or (said and said == raw.get("was")):
        value = value_in(raw, locale)
        if value is not None:
            return State.ANSWERED, None, value
    if said in ("", VALUE, State.NA, State.DK):
        return (State.BLANK if said in ("", VALUE) else State(said)), None, None
    return State.ANSWERED, int(said), None


def settled(draft: Draft, criterion: Criterion) -> Draft:
    """`draft` with its value as the engine reads it, and the level that gives; blank while parts are missing.

    Raises ValueError, TypeError or ArithmeticError for a value its kind does not know.
    """
    if draft.value is None:
        return draft
    reading = read_value(criterion, draft.value)
    value = None if reading.value is None else json.loads(reading.value)
    state = State.BLANK if reading.missing else State.ANSWERED
    return replace(draft, state=state, level=reading.level, value=value)


def faults(draft: Draft, criterion: Criterion) -> list[Fault]:
    """Everything that keeps `draft` from being saved as the answer to `criterion`; empty when nothing does."""
    found = [Fault(name, "too_long") for name, most in LONGEST.items() if len(getattr(draft, name)) > most]
    if draft.state is State.NA and not draft.reason:
        found.append(Fault("reason", "missing"))
    if draft.level is not None and not 1 <= draft.level <= len(criterion.scale.values):
        found.append(Fault("answer", "off_the_scale"))
    if draft.evidence_link and not draft.evidence_link.startswith(("https://", "http://")):
        found.append(Fault("evidence_link", "not_a_link"))
    return found
