"""What may be said of a result: findings with a least effect, priorities, confidence, the chain to the total."""

from fractions import Fraction

import pytest

from palier.assessments import results_wording as wording
from palier.assessments.rules.chain import chain
from palier.assessments.rules.changes import level_changes
from palier.assessments.rules.confidence import Trust, confidence
from palier.assessments.rules.peers import PeerFigure
from palier.assessments.rules.priorities import priorities, strengths, weights_in_total
from palier.assessments.rules.reading import Order, count_movement, profile, sort_elements, tabulate
from palier.foundation import language
from palier.questionnaires.catalogue import latest
from palier.scoring.rules import Result, score
from palier.scoring.rules.rounds import LeftOut
from tests.assessments.rounds import LEVELS_2025, LEVELS_2026, drafts, peer_view

SX, FL = latest("SX"), latest("FL")


@pytest.fixture(autouse=True)
def in_french() -> None:
    language.use("fr")


def result_of(levels: str, questionnaire: str = "SX", **grade: object) -> Result:
    rows = drafts(levels, questionnaire, **grade).items()  # type: ignore[arg-type]
    return score(
        latest(questionnaire),
        {
            code: {"state": d.state, "level": d.level, "reason": d.reason, "evidence": d.evidence_grade}
            for code, d in rows
        },
    )


ALL_AT_3 = "3" * 34


def plain(text: str) -> str:
    """With ordinary spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_peer_gap_is_the_rounded_score_minus_the_published_median() -> None:
    line = PeerFigure("40-79", 40, 50, 60)
    assert line.gap(Fraction(99, 2)) == 0  # 49.5 is shown as 50
    assert line.gap(Fraction(494, 10)) == -1
    assert line.gap(None) is None


def test_the_sentence_names_who_stands_out_from_peers() -> None:
    result = result_of(LEVELS_2026)
    table = tabulate(SX, result, peer_view(result))
    assert plain(wording.reading_sentence(table)) == (
        "« Comprendre besoins, attentes et envies » et « Engagement des équipes » devancent la médiane "
        "des pairs. « Innover dans le service » et « Pilotage et amélioration » restent en retrait."
    )


def test_without_peers_the_sentence_measures_against_the_own_score() -> None:
    lifted = "333 333 333 33333 555 33333 33 333 333 3333"
    table = tabulate(SX, result_of(lifted))
    assert plain(wording.reading_sentence(table)) == (
        "« Comprendre besoins, attentes et envies » dépasse le score global. "
        "« Ambition et stratégie de service » et « Leadership et conditions managériales » restent en retrait."
    )


def test_when_nobody_stands_out_by_four_points_the_sentence_is_neutral() -> None:
    table = tabulate(SX, result_of(ALL_AT_3))
    assert (
        plain(wording.reading_sentence(table))
        == "Chaque élément se tient à moins de 4 points du score global."
    )
    language.use("en")
    assert (
        plain(wording.reading_sentence(table)) == "Every element stands within 4 points of the overall score."
    )


def test_three_points_are_not_worth_a_title_and_four_are() -> None:
    before, after = result_of(LEVELS_2025), result_of(LEVELS_2026)
    table = tabulate(SX, after, None, (SX, before))
    assert count_movement(table.elements).compared == 10
    assert wording.elements_title(table).startswith("10 éléments sur 10")
    still = tabulate(SX, after, None, (SX, after))
    assert wording.elements_title(still) == "Aucun élément ne bouge de 4 points ou plus"
    assert wording.elements_title(tabulate(SX, after)) == "Le score de chaque élément"


def test_contributions_of_dimensions_add_up_to_the_score_exactly() -> None:
    result = result_of(LEVELS_2026)
    assert sum((node.contribution or Fraction(0) for node in result.dimensions), Fraction(0)) == result.score
    parts = [result.part_of_total(node.code) for node in result.criteria]
    assert sum((part for part in parts if part is not None), Fraction(0)) == result.score


def test_weights_of_the_criteria_sum_to_one_whatever_is_left_out() -> None:
    assert sum(weights_in_total(result_of(LEVELS_2026)).values()) == 1
    some = result_of("4n3 323 33- 43344 543 44334 12 443 322 3333")
    weights = weights_in_total(some)
    assert sum(weights.values()) == 1
    assert weights["SX1.1.2"] == 0
    assert weights["SX2.1.3"] == 0


def test_the_chain_of_a_criterion_gives_the_worked_numbers() -> None:
    links = chain(SX, result_of(LEVELS_2026), "SX3.3.1").links
    assert [link.node.code for link in links] == ["SX3.3.1", "SX3.3", "SX3", "total"]
    # Weight 1/2 in its element, 1/3 of the dimension, 30/100 of the total: 5 % of 0 points.
    assert [link.node.share for link in links] == [Fraction(1, 2), Fraction(1, 3), Fraction(3, 10), 1]
    assert links[0].in_total == 0
    assert links[1].in_total == Fraction(25, 2) * Fraction(1, 3) * Fraction(3, 10)


def test_one_level_more_is_what_the_engine_says() -> None:
    step = chain(SX, result_of(LEVELS_2026), "SX3.3.1").next_level
    assert step is not None
    assert (step.level, step.gain) == (2, Fraction(25) / 20)
    assert chain(SX, result_of("5" * 34), "SX3.3.1").next_level is None


def test_one_level_more_tells_when_it_lifts_the_maturity_level() -> None:
    capped = result_of("444 444 444 44444 244 44444 44 444 444 4444")
    assert (capped.maturity.by_score, capped.level, capped.maturity.capped_by) == (4, 3, ("SX3.1.1",))
    step = chain(SX, capped, "SX3.1.1").next_level
    assert step is not None
    assert (step.maturity_before, step.maturity_after, step.lifts_maturity) == (3, 4, True)


def test_what_was_left_out_on_the_way_is_named() -> None:
    result = result_of("4n3 ... 323 43344 543 44334 12 443 322 3333")
    assert [node.code for node in chain(SX, result, "SX1.1.1").left_out] == ["SX1.1.2", "SX1.2"]


def test_priorities_are_gap_times_weight_and_at_most_five() -> None:
    result = result_of(LEVELS_2026)
    found = priorities(SX, result, tabulate(SX, result, peer_view(result)))
    assert [one.row.code for one in found][:2] == ["SX3.3.1", "SX3.3.2"]
    assert len(found) == 5
    assert found[0].urgency == 50 * Fraction(1, 20)
    assert found[0].gain == Fraction(5, 4)
    assert {lever.id for lever in found[0].levers} == {
        lever.id for lever in SX.levers if lever.applies("SX3.3.1", 1)
    }


def test_without_peers_the_lowest_weighted_come_first() -> None:
    result = result_of(LEVELS_2026)
    found = priorities(SX, result, tabulate(SX, result))
    assert found[0].urgency == 100 * Fraction(1, 20)
    assert [one.urgency for one in found] == sorted((one.urgency for one in found), reverse=True)


def test_a_hidden_figure_makes_no_priority() -> None:
    result = result_of(LEVELS_2026)
    table = tabulate(SX, result, peer_view(result, hidden={"SX3.3.1"}))
    assert "SX3.3.1" not in [one.row.code for one in priorities(SX, result, table)]


def test_without_a_total_there_are_no_priorities() -> None:
    result = result_of("4" + "-" * 33)
    assert result.score is None
    assert priorities(SX, result, tabulate(SX, result)) == ()


def test_strengths_are_levels_four_and_five_that_peers_do_not_share() -> None:
    result = result_of(LEVELS_2026)
    found = strengths(tabulate(SX, result, peer_view(result)))
    assert [row.code for row in found] == ["SX3.1.1", "SX1.1.1", "SX2.2.1"]
    assert strengths(tabulate(SX, result_of("2" * 34))) == ()


def test_confidence_counts_answers_and_evidence_by_weight() -> None:
    sure = confidence(result_of("4n3 -23 332 43344 543 44334 12 443 322 3333"))
    assert (sure.applicable, sure.answered, sure.evidenced) == (33, Fraction(32, 33), 1)
    assert sure.trust is Trust.GOOD
    assert confidence(result_of("4" + "-" * 33)).trust is Trust.LOW


def test_a_withheld_total_says_what_is_missing_and_never_rounds_up_to_the_threshold() -> None:
    result = result_of("3" * 27 + "-" * 7)  # 79.4 %
    assert (
        plain(wording.withheld_reason(result.total, SX))
        == "79 % de réponses ; il en faut 80 % pour un score."
    )
    assert plain(wording.withheld_reason(result_of(ALL_AT_3).total, SX)) == ""


def test_the_calculation_says_what_was_left_out_and_that_nothing_counts_as_zero() -> None:
    assert wording.calculation_words(SX, result_of("4nn 323 33- 43344 543 44334 12 443 322 3333")) == (
        "Moyenne pondérée de 5 dimensions. 2 critères non applicables sont exclus. "
        "1 critère sans réponse est exclu, non compté à zéro."
    )
    assert wording.calculation_words(FL, result_of("3" * 12, "FL")) == (
        "Moyenne de 6 dimensions de même poids. Tous les critères applicables ont une réponse."
    )


def test_unsupported_points_make_the_title_from_four_on() -> None:
    declared = wording.evidence_title(result_of("5" * 34))
    assert declared == "20,0 points sont déclarés sans être encore étayés par des preuves"
    assert wording.evidence_title(result_of("4" * 34)) == "Les preuves portent le score déclaré"


def test_the_radar_takes_elements_up_to_nine_then_dimensions() -> None:
    assert [row.code for row in profile(tabulate(FL, result_of("3" * 12, "FL")))] == [
        e.code for e in FL.elements
    ]
    assert [row.code for row in profile(tabulate(SX, result_of(ALL_AT_3)))] == [d.code for d in SX.dimensions]
    assert profile(tabulate(SX, result_of("333" + "-" * 31))) == ()


def test_sorting_puts_rows_without_the_figure_last_both_ways() -> None:
    table = tabulate(SX, result_of("... 323 332 43344 543 44334 12 443 322 3333"))
    for descending in (False, True):
        assert sort_elements(table, Order.SCORE, descending=descending)[-1].code == "SX1.1"
    assert sort_elements(table, Order.SCORE)[0].code == "SX3.3"
    assert sort_elements(table, Order.OWN) == table.elements


def test_level_changes_count_every_common_criterion() -> None:
    before, after = result_of(LEVELS_2025), result_of("n" + LEVELS_2026[1:])
    table = tabulate(SX, after, None, (SX, before))
    changes = level_changes(table, before, after)
    assert len(changes.moved) + changes.unchanged == 33
    assert changes.up - changes.down == sum(
        (change.steps > 0) - (change.steps < 0) for change in changes.moved
    )
    assert table.comparison is not None
    assert table.comparison.left_out == {"SX1.1.1": LeftOut.NOT_SCORED_AFTER}


def test_the_size_of_a_group_is_said_in_words() -> None:
    assert wording.band_words("40-79") == "40 à 79 organisations"
    assert wording.band_words("160 and more") == "160 organisations ou plus"
    assert wording.band_words("") == ""
    assert plain(wording.share_words(Fraction(1, 30))) == "3,3 %"
    assert plain(wording.share_words(Fraction(1, 5))) == "20 %"
