"""What finished actions aimed at and what was seen there: worked numbers, and what holds for every pair of rounds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from palier.action_plans.rules.effects import Aimed, Effects, Ground, Work
from palier.action_plans.rules.suggestions import gain_of
from palier.action_plans.rules.telling import Told, months_between, sheet_of
from palier.practices.rules.sheets import faults
from palier.questionnaires.catalogue import latest
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Result, score
from palier.scoring.rules.rounds import compare
from tests.action_plans.test_suggestions import two_dimensions

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "effects.yaml").read_text())
FLASH = latest("FL")
CODES = [criterion.code for criterion in FLASH.criteria]


def result_of(questionnaire: Questionnaire, levels: Mapping[str, int]) -> Result:
    return score(
        questionnaire, {code: {"level": level, "evidence": "declared"} for code, level in levels.items()}
    )


def ground_of(questionnaire: Questionnaire, before: Mapping[str, int], after: Mapping[str, int]) -> Ground:
    early, late = result_of(questionnaire, before), result_of(questionnaire, after)
    return Ground(questionnaire, early, late, compare(early, late))


def works_of(plain: Mapping[str, Any], *, finished: bool = True) -> list[Work]:
    return [Work(key, one["moves"], one.get("finished", finished)) for key, one in plain.items()]


def exact(value: str | None) -> Fraction | None:
    return None if value is None else Fraction(value)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_numbers(case: dict[str, Any]) -> None:
    ground = ground_of(two_dimensions([]), case["before"], case["after"])
    effects = Effects(ground, works_of(case["works"]), works_of(case.get("others", {})))
    for key, expected in case["expect"]["each"].items():
        found = effects.each[key]
        assert (found.expected, found.seen) == (exact(expected["expected"]), exact(expected["seen"])), key
    for name, value in case["expect"]["plan"].items():
        assert getattr(effects, name) == exact(value), name


LEVELS = st.fixed_dictionaries({code: st.integers(1, 5) for code in CODES})
MOVES = st.dictionaries(st.sampled_from(CODES), st.integers(2, 5), min_size=1, max_size=4)
WORKS = st.lists(st.tuples(MOVES, st.booleans()), max_size=4).map(
    lambda rows: [Work(str(n), moves, finished) for n, (moves, finished) in enumerate(rows)]
)


@given(LEVELS, LEVELS, WORKS, WORKS)
def test_the_shares_of_all_actions_and_what_is_elsewhere_make_the_whole_change(
    before: dict[str, int], after: dict[str, int], works: list[Work], far: list[Work]
) -> None:
    """The flash is a mean of means, so points add up; nothing is counted twice, by whichever plan."""
    others = [Work(f"far {work.key}", work.moves, work.finished) for work in far if work.finished]
    effects = Effects(ground_of(FLASH, before, after), works, others)
    seen = sum((one.seen for one in effects.each.values() if one.seen is not None), Fraction(0))
    assert effects.seen == seen
    assert effects.seen + (effects.elsewhere or 0) == effects.ground.comparison.total.delta
    theirs = Effects(effects.ground, others, works).seen
    aimed = {code for work in (*works, *others) if work.finished for code in work.moves}
    everything = effects.ground.seen(dict.fromkeys(aimed, Fraction(1)))
    assert effects.seen + (theirs or 0) == everything


@given(LEVELS, LEVELS, WORKS)
def test_on_the_same_questionnaire_all_answered_the_expected_gain_is_the_plans(
    before: dict[str, int], after: dict[str, int], works: list[Work]
) -> None:
    effects = Effects(ground_of(FLASH, before, after), works)
    early = effects.ground.before
    assert effects.expected == gain_of(FLASH, early, [work.moves for work in works if work.finished])
    for work in works:
        assert effects.each[work.key].expected == gain_of(FLASH, early, [work.moves])
    assert effects.target == (early.score or 0) + gain_of(FLASH, early, [work.moves for work in works])


@given(LEVELS, WORKS)
def test_a_round_that_reaches_every_target_has_gone_the_whole_way(
    before: dict[str, int], works: list[Work]
) -> None:
    reached = dict(before)
    for work in works:
        for code, level in work.moves.items():
            reached[code] = max(level, reached[code])
    effects = Effects(ground_of(FLASH, before, reached), works)
    assert effects.realisation == (1 if reached != before else None)


@given(LEVELS, LEVELS, WORKS)
def test_the_order_of_actions_changes_nothing(
    before: dict[str, int], after: dict[str, int], works: list[Work]
) -> None:
    ground = ground_of(FLASH, before, after)
    one, other = Effects(ground, works), Effects(ground, works[::-1])
    assert one.each == other.each
    assert (one.expected, one.seen, one.target) == (other.expected, other.seen, other.target)


def test_under_a_minimum_shares_are_the_engines_and_no_sum() -> None:
    """a and b both rise from 2 to 3 under a minimum: each alone shows nothing, together they show all."""
    questionnaire = two_dimensions([], "minimum")
    ground = ground_of(questionnaire, {"a": 2, "b": 2, "c": 5}, {"a": 3, "b": 3, "c": 5})
    effects = Effects(ground, [Work("a", {"a": 3}, finished=True), Work("b", {"b": 3}, finished=True)])
    assert [one.seen for one in effects.each.values()] == [0, 0]
    assert effects.seen == ground.comparison.total.delta == 25


# --- told as a practice ----------------------------------------------------------------------------------------------

TOLD = Told(
    "Un rappel sous 24 h", "Les appels perdus restaient sans suite.", "Transport", "Plus d’appels rendus.", ["Compter", "Rappeler"],
    2, date(2025, 1, 10), date(2025, 6, 2), ("Appels rendus", "%", Decimal(35), Decimal(85)),
)  # fmt: skip


def test_the_draft_tells_what_the_rounds_saw_and_names_nobody() -> None:
    risen = [Aimed(CODES[0], 2, 3, 4, 1, compared=True)]
    sheet = sheet_of(TOLD, FLASH, risen)
    assert [(one.criterion, one.from_level, one.to_level) for one in sheet.serves] == [(CODES[0], 2, 4)]
    assert sheet.contact is None
    assert sheet.measure is not None
    assert (sheet.measure.before, sheet.measure.after) == (Decimal(35), Decimal(85))
    assert sheet.months == 5
    assert sheet.done == "Les appels perdus restaient sans suite.\n\nCompter Rappeler"
    assert sheet_of(replace(TOLD, finding="", steps=[]), FLASH, risen).done == TOLD.title
    assert not faults(sheet, proposing=True)


def test_a_draft_keeps_to_what_a_sheet_may_hold() -> None:
    long = Told(
        "t" * 300,
        "f" * 9000,
        "c" * 2000,
        "w" * 9000,
        ["s" * 600] * 30,
        5,
        None,
        None,
        ("k" * 400, "%", Decimal(0), Decimal(1)),
    )
    risen = [Aimed(code, 1, 2, 3, 1, compared=True) for code in CODES]
    assert not faults(sheet_of(long, FLASH, risen), proposing=True)


@pytest.mark.parametrize(
    ("started", "done", "months"),
    [
        (date(2025, 1, 10), date(2025, 1, 9), 1),
        (date(2025, 1, 10), date(2025, 2, 10), 1),
        (date(2025, 1, 10), date(2025, 2, 11), 2),
        (None, date(2025, 2, 11), 3),
        (date(2010, 1, 1), date(2025, 1, 1), 60),
    ],
)
def test_months_are_whole_and_within_what_a_sheet_takes(
    started: date | None, done: date, months: int
) -> None:
    assert months_between(started, done) == months
