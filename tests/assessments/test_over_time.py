"""Reliable change, change corrected for peers, realisation, trend: worked numbers, and what must always hold."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from palier.assessments.flows.comparing import Pair, load_pair
from palier.assessments.rules.finished import Deed
from palier.assessments.rules.over_time import (
    chained,
    group_change,
    peer_corrected,
    realisation,
    reliable_change,
    slope,
)
from palier.assessments.rules.peers import PeerFigure, PeerView
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.catalogue import definition, latest
from palier.questionnaires.consistency import consistency_problems
from tests.assessments.rounds import drafts, plant

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "over_time.yaml").read_text())
POINTS = st.fractions(min_value=0, max_value=100, max_denominator=100)
CHANGES = st.fractions(min_value=-100, max_value=100, max_denominator=100)


def named(kind: str) -> Any:
    return pytest.mark.parametrize("case", CASES[kind], ids=lambda case: case["name"])


def exact(value: str | None) -> Fraction | None:
    return None if value is None else Fraction(value)


@named("reliable")
def test_reliable_change(case: dict[str, Any]) -> None:
    group = PeerFigure("40-79", case["q1"], (case["q1"] + case["q3"]) // 2, case["q3"])
    found = reliable_change(Fraction(case["delta"]), group, Fraction(case["r"]))
    if case["index"] is None:
        assert found is None
    else:
        assert found is not None
        assert found.index == pytest.approx(case["index"], abs=1e-4)
        assert found.beyond_error is case["beyond"]


@named("corrected")
def test_change_corrected_for_peers(case: dict[str, Any]) -> None:
    assert peer_corrected(exact(case["delta"]), case["group"]) == case["expect"]


@named("realisation")
def test_realisation(case: dict[str, Any]) -> None:
    assert realisation(exact(case["start"]), exact(case["now"]), exact(case["target"])) == exact(
        case["expect"]
    )


@named("slope")
def test_trend(case: dict[str, Any]) -> None:
    first = date(2020, 1, 1)
    points = [
        (first + timedelta(days=day), Fraction(value))
        for day, value in zip(case["days"], case["points"], strict=True)
    ]
    assert slope(points) == exact(case["expect"])


@given(CHANGES, st.integers(0, 50), st.integers(1, 50), st.fractions(0, Fraction(99, 100)))
def test_a_fall_is_as_reliable_as_a_rise_and_the_index_decides(
    delta: Fraction, q1: int, width: int, reliability: Fraction
) -> None:
    group = PeerFigure("40-79", q1, q1, q1 + width)
    up, down = reliable_change(delta, group, reliability), reliable_change(-delta, group, reliability)
    assert up is not None
    assert down is not None
    assert up.index == -down.index
    assert up.beyond_error is down.beyond_error
    if abs(abs(up.index) - 1.96) > 1e-9:
        assert up.beyond_error is (abs(up.index) > 1.96)


@given(POINTS, POINTS)
def test_realisation_is_nothing_at_the_start_and_all_at_the_target(start: Fraction, target: Fraction) -> None:
    if target > start:
        assert realisation(start, start, target) == 0
        assert realisation(start, target, target) == 1


@given(POINTS, st.lists(CHANGES, min_size=1, max_size=5))
def test_linked_rounds_end_at_the_last_score_and_differ_by_their_changes(
    latest_score: Fraction, deltas: list[Fraction]
) -> None:
    points = chained(latest_score, deltas)
    assert points is not None
    assert points[-1] == latest_score
    assert [late - early for early, late in pairwise(points)] == deltas
    assert chained(latest_score, [*deltas, None]) is None


@given(
    st.fractions(-20, 20, max_denominator=50), POINTS, st.lists(st.integers(0, 3000), min_size=3, unique=True)
)
def test_rounds_on_a_line_give_its_slope_back(per_year: Fraction, start: Fraction, days: list[int]) -> None:
    points = [(date(2015, 1, 1) + timedelta(days=d), start + per_year * d * 4 / 1461) for d in days]
    assert slope(points) == per_year


def view(median: int | None, **facts: Any) -> PeerView:
    figures = {} if median is None else {"total": PeerFigure("40-79", median - 5, median, median + 5)}
    return replace(PeerView("rail", "2026", date(2026, 1, 1), figures, "sector=rail", 1), **facts)


def test_the_group_moves_by_its_published_medians() -> None:
    assert group_change("total", view(48), view(51)) == 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, view(51)),
        (view(48), None),
        (view(None), view(51)),
        (view(48), view(None)),
        (view(48, cohort_key=""), view(51)),
        (view(48), view(51, of_its_campaign=False)),
        (view(48, major=2), view(51)),
    ],
    ids=["no edition before", "none after", "hidden before", "hidden after", "another group", "a later edition", "another major"],
)  # fmt: skip
def test_the_group_has_no_change_where_the_two_medians_are_not_of_one_kind(
    before: PeerView | None, after: PeerView | None
) -> None:
    assert group_change("total", before, after) is None


def test_a_definition_may_give_its_reliability() -> None:
    data = definition("FL", latest("FL").version)
    assert questionnaire_from(data).reliability == Fraction(4, 5)
    given_one = questionnaire_from(data | {"reliability": "0.9"})
    assert given_one.reliability == Fraction(9, 10)
    assert given_one.content_hash != latest("FL").content_hash
    assert list(consistency_problems(data | {"reliability": "1.2"}))


# --- the group of both editions --------------------------------------------------------------------------------------


async def test_both_editions_are_read_for_one_group(claire: Actor) -> None:
    """The later edition falls back to the sector: the earlier one is asked for it, and answers."""
    for year in ("2025", "2026"):
        await plant(claire, year, drafts("222333222333", "FL"), questionnaire="FL")
    asked: list[tuple[str, Any]] = []

    async def peers(_actor: Actor, assessment: Assessment, cohort: Any = None) -> PeerView:
        asked.append((assessment.name, cohort))
        narrow = {"sector": "rail", "size": "lt50"}
        wide = assessment.name == "2026" or cohort == {"sector": "rail"}
        group, key = ({"sector": "rail"}, "sector=rail") if wide else (narrow, "sector=rail&size=lt50")
        return view(51 if assessment.name == "2026" else 48, cohort=group, cohort_key=key)

    async with reading(claire):
        pair = await load_pair(claire, "fl-2025", "fl-2026", peers, no_deeds)
    assert isinstance(pair, Pair)
    assert asked == [("2025", None), ("2026", None), ("2025", {"sector": "rail"})]
    assert pair.beside("total").group == 3
    assert pair.beside("FL1").group is None


async def no_deeds(_actor: Actor, _after: datetime, _until: datetime) -> tuple[Deed, ...]:
    return ()
