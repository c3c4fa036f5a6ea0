"""The fields a questionnaire to be filled on screen, as a PDF, has for each criterion: written from an answer, and back. Pure.

A field is called by the criterion and by what the answering page calls the same input: `SX1_1_1:answer`, `SX1_1_1:v-desk`.
Source: docs/data.md#a-form-without-access.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from palier.assessments.rules.answer_lines import AnswerLine, Fault, Reason, parts_of
from palier.assessments.rules.drafts import VALUE, Draft, faults, read_draft, settled
from palier.assessments.rules.value_fields import TICKED, fields_of, typed_fields
from palier.questionnaires.rules import Criterion, Questionnaire
from palier.questionnaires.rules.kinds import Kind
from palier.scoring.rules.answers import State

MARK, NAME, ROLE = "mark", "filled-by", "filled-as"
"""The fields of the whole form: what it was made for, and who filled it in."""

_PARTS = ("choice", "rationale", "evidence_text")
"""What every form asks of a criterion; the grade of the evidence too, where one was chosen."""


class NotForHere(ValueError):
    """The form was made for another round, or for none."""


@dataclass(frozen=True, slots=True)
class FormMark:
    """What a form was made for: the round, the questionnaire, the language numbers are written in, and where it starts from.

    `revisions` are those of the answers in its fields, in the order of the questionnaire; none for a form that starts empty.
    """

    round: str
    questionnaire: str
    locale: str
    revisions: tuple[int, ...] = ()

    def as_text(self) -> str:
        """One line, with a check that it is whole."""
        bare = f"{self.round} {self.questionnaire} {self.locale} {','.join(map(str, self.revisions)) or '-'}"
        return f"{bare} {_check(bare)}"


def _check(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def mark_in(text: str) -> FormMark:
    """The mark a form carries. Raises NotForHere where it is no mark, or not the one it was."""
    bare, _, check = " ".join(text.split()).rpartition(" ")
    try:
        round_, questionnaire, locale, revisions = bare.split(" ")
        numbers = () if revisions == "-" else tuple(int(one) for one in revisions.split(","))
    except ValueError:
        raise NotForHere from None
    if check != _check(bare):
        raise NotForHere
    return FormMark(round_, questionnaire, locale, numbers)


def field_name(code: str, part: str) -> str:
    """What the field `part` of a criterion is called: a full stop would part names."""
    return f"{code.replace('.', '_')}:{part}"


def values_of(criterion: Criterion, draft: Draft, decimal_mark: str) -> dict[str, str]:
    """What stands in the fields of a criterion that holds `draft`; fields without anything are left out."""
    plain = {
        **_choice(criterion, draft, decimal_mark),
        "reason": draft.reason, "rationale": draft.rationale, "grade": draft.evidence_grade.value, "evidence": draft.evidence,
    }  # fmt: skip
    return {field_name(criterion.code, part): text for part, text in plain.items() if text}


def _choice(criterion: Criterion, draft: Draft, decimal_mark: str) -> dict[str, str]:
    said = draft.state.value if draft.state in (State.NA, State.DK) else ""
    if criterion.answer.kind is Kind.CHOICE:
        return {"answer": said or str(draft.level or "")}
    if said:
        return {said: TICKED}
    return fields_of(criterion.answer, draft.value, decimal_mark)


def read_form(
    fields: Mapping[str, str], asked: Questionnaire, stands: Mapping[str, Draft], mark: FormMark
) -> tuple[list[AnswerLine], list[Fault]]:
    """The answers of a form, and every fault; a criterion with one, or that is not on the form, is left out.

    Raises NotForHere where the mark knows another questionnaire.
    """
    if mark.questionnaire != asked.content_hash[:16] or len(mark.revisions) not in (0, len(asked.criteria)):
        raise NotForHere
    revisions = mark.revisions or (0,) * len(asked.criteria)
    good: list[AnswerLine] = []
    wrong: list[Fault] = []
    for number, (criterion, revision) in enumerate(zip(asked.criteria, revisions, strict=True), 1):
        raw = _of(criterion, fields)
        if not raw:
            continue
        reading = _Reading(number, criterion, raw, mark.locale)
        draft = reading.draft(stands.get(criterion.code, Draft()))
        if reading.faults:
            wrong += reading.faults
        else:
            good.append(AnswerLine(number, criterion.code, draft, reading.parts(draft), revision))
    return good, wrong


def _of(criterion: Criterion, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of a criterion by their part, those left empty too."""
    start = field_name(criterion.code, "")
    return {name.removeprefix(start): text for name, text in fields.items() if name.startswith(start)}


class _Reading:
    """One criterion as it is read; its faults gather here."""

    def __init__(self, number: int, criterion: Criterion, raw: Mapping[str, str], locale: str) -> None:
        self.number, self.criterion, self.raw, self.locale = number, criterion, raw, locale
        self.faults: list[Fault] = []

    def parts(self, draft: Draft) -> dict[str, object]:
        """The parts of an answer that the form speaks of."""
        said = {*_PARTS, "evidence"} if self.raw.get("grade") else {*_PARTS}
        return {name: part for name, part in parts_of(draft).items() if name in said}

    def draft(self, stands: Draft) -> Draft:
        """What the fields say; what they do not ask stays as it `stands`."""
        try:
            said = settled(read_draft(self._as_sent(), self.locale), self.criterion)
        except (ValueError, TypeError, ArithmeticError):
            self._fault("value", Reason.UNREADABLE, "; ".join(self._typed()))
            return stands
        said = replace(said, evidence_link=stands.evidence_link, to_review=stands.to_review)
        if not self.raw.get("grade"):
            said = replace(said, evidence_grade=stands.evidence_grade)
        if not self.faults:
            self._check_rules(said)
        return said

    def _as_sent(self) -> dict[str, str]:
        """The fields as the answering page would send them."""
        texts = {part: text.strip() for part, text in self.raw.items()}
        if self.criterion.answer.kind is Kind.CHOICE:
            return texts
        states = [state for state in (State.NA, State.DK) if texts.get(state.value)]
        if len(states) > 1 or (states and typed_fields(texts)):
            self._fault("state", Reason.CHOSEN_BESIDE_STATE)
        return texts | {
            "kind": self.criterion.answer.kind.value,
            "answer": states[0].value if states else VALUE,
        }

    def _typed(self) -> Iterator[str]:
        for part, text in typed_fields(self.raw).items():
            name = part.removeprefix("v").removeprefix("-")
            yield f"{name}={text}" if name and text != TICKED else name or text

    def _check_rules(self, draft: Draft) -> None:
        reasons = {
            "too_long": Reason.TOO_LONG,
            "missing": Reason.NO_REASON,
            "off_the_scale": Reason.NOT_A_LEVEL,
        }
        columns = {"evidence": "evidence_text", "answer": "level"}
        for one in faults(draft, self.criterion):
            self._fault(columns.get(one.field, one.field), reasons.get(one.rule, Reason.UNREADABLE))

    def _fault(self, column: str, reason: Reason, value: str = "") -> None:
        self.faults.append(Fault(self.number, column, reason, value[:80], self.criterion.code))


def filler(fields: Mapping[str, str]) -> str:
    """Who says they filled the form in: a name, else a function; on one line."""
    said: Iterable[str] = (" ".join(fields.get(name, "").split()) for name in (NAME, ROLE))
    return next((text for text in said if text), "")[:80]
