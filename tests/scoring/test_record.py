"""A result as a record: the same bytes and the same hash, years later and on any machine."""

import json
from pathlib import Path

import pytest

from palier.scoring.rules import score
from palier.scoring.rules.engine import ENGINE_VERSION
from palier.scoring.rules.record import from_plain, result_hash, to_plain

GOLDEN = Path(__file__).parent / "cases/golden_result.json"
NA = {"state": "na", "reason": "No counter at all, says Claire"}


@pytest.fixture
def result(hand, all_at):
    return score(hand, all_at(3, A_1_1={"level": 5, "evidence": "measured"}, A_2_2={"state": "dk"}, B_1_4=NA))


def test_the_record_is_the_one_kept_with_this_engine(result):
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert to_plain(result) == golden["result"]
    assert result_hash(result) == golden["hash"]
    assert golden["result"]["engine"] == ENGINE_VERSION


def test_a_record_read_from_json_is_the_same_result(result):
    read = from_plain(json.loads(json.dumps(to_plain(result))))
    assert read == result
    assert read.node("A.1").score == result.node("A.1").score


def test_a_record_holds_exact_fractions_as_text(result):
    assert to_plain(result)["total"]["children"][0]["children"][0]["score"] == "200/3"


def test_erasing_a_name_in_a_reason_leaves_the_hash_whole(hand, all_at):
    named = score(hand, all_at(3, B_1_4=NA))
    erased = score(hand, all_at(3, B_1_4={"state": "na", "reason": "erased"}))
    assert to_plain(named) != to_plain(erased)
    assert result_hash(named) == result_hash(erased)


def test_any_other_change_changes_the_hash(hand, all_at):
    hashes = {
        result_hash(score(hand, answers))
        for answers in (
            all_at(3),
            all_at(3, A_1_1={"level": 4}),
            all_at(3, A_1_1={"level": 3, "evidence": "declared"}),
            all_at(3, A_1_1={"state": "dk"}),
            all_at(3, A_1_1={"state": "blank"}),
        )
    }
    assert len(hashes) == 5


@pytest.mark.parametrize("damage", [{}, {"engine": "1"}, {"total": 5}])
def test_what_is_no_record_is_refused(result, damage):
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        from_plain(damage)
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        from_plain({**to_plain(result), "surplus": 1})
