"""Several respondents: a proposal that hides nothing, a list of what to talk about, a consensus with its reasons."""

from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from palier.questionnaires.building import questionnaire_from
from palier.scoring.rules import score
from palier.scoring.rules.answers import Answer, State, read_answer
from palier.scoring.rules.respondents import (
    Dissent,
    NoConsensus,
    Voice,
    consensus_list,
    settle,
    tallies,
    tally,
    weights_in_definition,
)
from tests.scoring.conftest import PLAIN

CASES = yaml.safe_load((Path(__file__).parent / "cases/respondents.yaml").read_text("utf-8"))
HAND = questionnaire_from(PLAIN)
CRITERION = HAND.criterion("B.1.1")


def answer(said, criterion=CRITERION):
    if isinstance(said, int):
        return read_answer(criterion, {"value": said})
    return read_answer(criterion, {"state": said} | ({"reason": "no counter"} if said == "na" else {}))


def voices(*said: tuple[str, int | str], criterion=CRITERION):
    return [Voice(f"P{n}", role, answer(what, criterion)) for n, (role, what) in enumerate(said)]


@pytest.mark.parametrize("example", CASES, ids=lambda example: example["name"])
def test_what_people_say_together_comes_out_as_by_hand(example):
    counted = tally(CRITERION, voices(*example["voices"]))
    expected = example["proposal"]
    if expected in set(State):
        assert (counted.proposal.state, counted.proposal.points) == (expected, None)
    else:
        assert (counted.proposal.state, counted.proposal.points) == (State.ANSWERED, Fraction(expected))
    assert counted.proposal.level == example["level"]
    assert counted.agreement == (Fraction(example["agreement"]) if example["agreement"] else None)
    assert (counted.listed, counted.to_discuss) == (example["listed"], example["to_discuss"])


def test_a_proposed_na_carries_the_reasons_given():
    assert tally(CRITERION, voices(("staff", "na"), ("director", "na"))).proposal.reason == "no counter"


def test_figures_that_are_no_rungs_are_compared_as_points():
    plain = {
        "dimensions": [
            {
                "code": "D",
                "elements": [
                    {
                        "code": "E",
                        "criteria": [{"code": "a", "answer": {"kind": "range", "from": "0", "to": "100"}}],
                    }
                ],
            }
        ]
    }
    criterion = questionnaire_from(plain).criterion("a")
    said = [
        Voice(who, "staff", Answer("a", State.ANSWERED, 1, Fraction(points)))
        for who, points in (("A", 10), ("B", 20))
    ]
    counted = tally(criterion, said)
    assert counted.proposal.points == 15
    assert counted.agreement == 1 - Fraction(50) / Fraction(10000, 12)


def test_the_list_is_sorted_by_spread_times_weight():
    weights = weights_in_definition(HAND)
    assert sum(weights.values()) == 1
    assert weights["A.2.1"] == Fraction(60, 100) * Fraction(2, 3) * Fraction(3, 4)
    said = [
        *voices(("staff", 0), ("director", 50), criterion=HAND.criterion("B.1.1")),  # 50 x 1/10
        *voices(("staff", 0), ("director", 25), criterion=HAND.criterion("A.2.1")),  # 25 x 3/10
        *voices(("staff", 50), ("director", "na"), criterion=HAND.criterion("B.1.2")),  # split
        *voices(("staff", 50), ("director", 50), criterion=HAND.criterion("B.1.3")),  # agreed
    ]
    listed = consensus_list(HAND, tallies(HAND, said))
    assert [one.code for one in listed] == ["A.2.1", "B.1.1", "B.1.2"]


def test_a_proposal_between_two_rungs_is_scored_as_it_is():
    """The engine takes its exact points: nothing rounds it to a rung on the way."""
    counted = tally(CRITERION, voices(("staff", 50), ("staff", 75)))
    assert counted.proposal.points == Fraction(125, 2)
    with pytest.raises(ValueError, match="not on the scale"):
        read_answer(CRITERION, {"value": "62.5"})


# --- consensus ----------------------------------------------------------------------------------------------

APART = voices(("staff", 25), ("staff", 50), ("director", 75))


def test_a_consensus_keeps_every_answer_as_it_was_given():
    agreed = settle(
        CRITERION, APART, answer(75), "The last audit shows it.", [Dissent("P0", "Not at our desk.")]
    )
    assert agreed.voices == tuple(APART)
    assert agreed.answer.points == 75
    assert agreed.tally == tally(CRITERION, APART)
    assert agreed.apart == ("P1",)


def test_where_all_agree_no_reason_is_asked_for():
    same = voices(("staff", 75), ("director", 75))
    assert settle(CRITERION, same, answer(75)).reason == ""


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        (APART, 50),  # on the list
        (voices(("staff", 50), ("director", 50)), 75),  # not what they say
        (voices(("staff", 50), ("director", "na")), 50),  # does it apply?
        (voices(("staff", 50), ("director", 50)), "dk"),
    ],
)
def test_a_consensus_that_needs_a_reason_is_refused_without(said, agreed):
    with pytest.raises(NoConsensus, match="needs a reason"):
        settle(CRITERION, said, answer(agreed), "  ")


def test_what_cannot_stand_as_a_consensus_is_refused():
    twice = [APART[0], APART[0]]
    for said, agreed, dissent, reason in [
        (APART, answer("blank"), [], "says something"),
        ([], answer(50), [], "one a person"),
        (twice, answer(25), [], "one a person"),
        (APART, answer(50, HAND.criterion("B.1.2")), [], "B.1.1"),
        (APART, answer(50), [Dissent("Nobody", "No.")], "only those"),
        (APART, answer(50), [Dissent("P0", "No."), Dissent("P0", "No!")], "once each"),
        (APART, answer(50), [Dissent("P0", " ")], "says what"),
    ]:
        with pytest.raises(NoConsensus, match=reason):
            settle(CRITERION, said, agreed, "because", dissent)


# --- for all answers ----------------------------------------------------------------------------------------

said = st.lists(
    st.tuples(
        st.sampled_from(["staff", "director", "leader"]),
        st.sampled_from([0, 25, 50, 75, 100, "na", "dk", "blank"]),
    ),
    max_size=9,
)


@given(said, st.randoms())
def test_the_order_of_people_changes_nothing_and_the_proposal_stays_among_their_answers(given_, chance):
    people = voices(*given_)
    counted = tally(CRITERION, people)
    chance.shuffle(people)
    assert tally(CRITERION, people) == counted
    if counted.proposal.points is not None:
        assert counted.low <= counted.proposal.points <= counted.high
        assert CRITERION.scale.points(counted.proposal.level) <= counted.proposal.points
    assert sum(counted.states.values()) == len(people)


@given(said.filter(bool))
def test_a_copy_of_everybody_in_a_role_changes_nothing(given_):
    role = given_[0][0]
    doubled = [*given_, *(pair for pair in given_ if pair[0] == role)]
    assert tally(CRITERION, voices(*doubled)).proposal == tally(CRITERION, voices(*given_)).proposal


@given(st.lists(st.sampled_from([0, 25, 50, 75, 100]), min_size=9, max_size=9))
def test_one_respondent_proposes_their_own_answers(points):
    people = [Voice("P", "owner", answer(value, c)) for value, c in zip(points, HAND.criteria, strict=True)]
    counted = tallies(HAND, people)
    alone = {voice.answer.code: {"value": voice.answer.points} for voice in people}
    proposed = {code: {"value": one.proposal.points} for code, one in counted.items()}
    assert score(HAND, proposed) == score(HAND, alone)
    assert not consensus_list(HAND, counted)
