"""Families of sectors side by side: which stands highest elsewhere, who is left out and why."""

from palier.benchmarks.rules.across import Across, across, rungs
from palier.benchmarks.rules.release import UNREPRESENTED, Row
from palier.benchmarks.rules.standing import Refusal

TERMS = {"priority": ("family", "sector", "size"), "families": {"bank": "finance", "rail": "transport"}}


def row(cohort: str, median: int | None, batches: tuple[int, ...] = (1,), variable: str = "P65") -> Row:
    return Row(cohort, variable, "10-19", None, median, median, median, None, batches)


def beside(*rows: Row, closed: frozenset[int] = frozenset()) -> Across:
    present = ("commerce", "finance", "transport")
    return across(rows, present, "transport", {"P65"}, closed=closed, **TERMS)


def test_the_highest_median_is_looked_for_elsewhere_only_and_ties_are_all_named() -> None:
    rows = [row("", 50), row("family=transport", 90), row("family=finance", 68), row("family=commerce", 68)]
    found = beside(*rows)
    summit = found.summit("P65")
    assert summit is not None
    assert (summit.families, summit.median) == (("commerce", "finance"), 68)
    assert list(found.families) == ["transport", "commerce", "finance"]
    assert found.farthest(["P65"], {"P65": 60}) == summit
    assert found.farthest(["P65"], {"P65": 68}) is None
    assert found.summit("P61") is None


def test_a_family_that_is_not_published_or_known_to_the_reader_is_withheld_with_its_reason() -> None:
    refused = Row("family=commerce", UNREPRESENTED, "", None, None, None, None, None, ())
    found = beside(row("", 50, (1, 3)), refused, row("family=finance", 68, (2,)), closed=frozenset({2}))
    assert list(found.families) == []
    reasons = {one.cohort["family"]: one.reason for one in found.withheld}
    assert reasons == {
        "transport": Refusal.TOO_FEW, "commerce": Refusal.REPRESENTATION, "finance": Refusal.PORTFOLIO,
    }  # fmt: skip
    assert found.network == {"P65": 50}


def test_each_rung_of_the_own_attributes_says_whether_it_is_shown() -> None:
    rows = [row("", 50), row("family=transport", 51), row("family=transport", 49, variable="total")]
    told = rungs(rows, {"sector": "rail", "size": "50-249"}, **TERMS)
    assert [(dict(one.cohort), one.refusal) for one in told] == [
        ({"sector": "rail", "size": "50-249"}, Refusal.TOO_FEW), ({"sector": "rail"}, Refusal.TOO_FEW),
        ({"family": "transport"}, None), ({}, None),
    ]  # fmt: skip
