"""What a sheet must tell, what comes first for whom, and a number that betrays nobody."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.foundation.identifiers import new_id
from palier.practices.rules.adopters import told
from palier.practices.rules.lever_sheets import LeverSheet, Words
from palier.practices.rules.lever_sheets import faults as lever_faults
from palier.practices.rules.lever_sheets import from_plain as lever_from_plain
from palier.practices.rules.lever_sheets import to_plain as lever_to_plain
from palier.practices.rules.offers import (
    Offer,
    fitting,
    lever_key,
    lever_of_network,
    lever_of_practice,
    practice_behind,
    practice_key,
)
from palier.practices.rules.priorities import answering, need
from palier.practices.rules.sheets import (
    Contact,
    Measure,
    Served,
    Sheet,
    faults,
    from_plain,
    is_web_address,
    to_plain,
)
from tests.practices.conftest import a_sheet


def test_a_sheet_comes_back_as_it_went() -> None:
    sheet = a_sheet(
        measure=Measure("Délai", "h", Decimal("48.5"), Decimal(6)), links=("https://example.org/a",),
        contact=Contact("1", "Claire", "claire@example.org"), named=False, watch="Le dimanche",
    )  # fmt: skip
    assert from_plain(to_plain(sheet)) == sheet


def test_a_draft_needs_a_title_and_a_proposal_what_was_done_its_effect_and_a_criterion() -> None:
    assert [fault.field for fault in faults(Sheet(""), proposing=False)] == ["title"]
    assert {fault.field for fault in faults(Sheet("Titre"), proposing=True)} == {"done", "effect", "serves"}
    assert faults(a_sheet(), proposing=True) == []


def test_a_criterion_is_told_once_and_goes_up() -> None:
    down = Served("FL", "FL1", "FL1.1.1", 3, 2)
    assert [fault.rule for fault in faults(a_sheet(serves=(down,)), proposing=False)] == ["order"]
    twice = a_sheet().serves * 2
    assert [fault.rule for fault in faults(a_sheet(serves=twice), proposing=False)] == ["twice"]


@pytest.mark.parametrize("address", [
    "javascript:alert(1)", "data:text/html,x", "//example.org", "ftp://example.org", "https://", "https://a b.org",
    "https://user@example.org", 'https://example.org/"onclick=', "https://example.org/<b>", "https://[", "mailto:a@b.org",
])  # fmt: skip
def test_a_link_leads_to_a_web_page_and_nowhere_else(address: str) -> None:
    assert not is_web_address(address)
    assert faults(a_sheet(links=(address,)), proposing=False)


def test_a_practice_is_found_under_its_criterion_its_dimension_and_its_questionnaire() -> None:
    assert a_sheet().topics == ("FL", "FL/FL1", "FL/FL1.1.1")


def test_the_weakest_criterion_a_practice_would_raise_says_how_much_it_is_needed() -> None:
    serves = (Served("FL", "FL1", "A", 1, 3), Served("FL", "FL1", "B", 2, 4))
    assert need(serves, {"A": 1, "B": 3}) == 4
    assert need(serves, {"A": 3, "B": 4}) == 0
    assert need(serves, {"A": None}) == 0
    assert answering(serves, {"A": 2, "B": 1}) == ["B", "A"]


def test_fewer_than_k_groups_tell_nothing_and_daughters_count_once() -> None:
    assert told(["a", "b", "c", "d"], 5) == 0
    assert told(["a", "b", "c", "d", "d"], 5) == 0
    assert told(["a", "b", "c", "d", "e"], 5) == 5
    with pytest.raises(ValueError, match="never a statistic"):
        told(["a"], 1)


@given(st.lists(st.text("abcdefghijklmnop", min_size=1, max_size=1)), st.integers(2, 9))
def test_no_single_adoption_can_be_read_from_the_figure(groups: list[str], k: int) -> None:
    """Whatever is shown stands for k groups at least, and one group more or less moves it by nothing or by k of them."""
    shown = told(groups, k)
    assert shown % k == 0
    assert shown <= len(set(groups))
    for group in set(groups):
        without = told([one for one in groups if one != group], k)
        assert shown - without in (0, k)


def test_a_practice_becomes_a_lever_in_its_author_s_language() -> None:
    practice = new_id()
    sheet = a_sheet(measure=Measure("Délai", "h", Decimal(48), Decimal(6)))
    lever = lever_of_practice(practice, sheet, "fr", "FL")
    assert lever.title.in_("en") == sheet.title
    assert lever.kpi.direction == "down"
    assert [(step.criterion, step.from_level, step.to_level) for step in lever.serves] == [("FL1.1.1", 1, 3)]
    assert lever_of_practice(practice, sheet, "fr", "SX").serves == ()
    assert practice_behind(lever.id) == practice
    assert practice_behind(lever_key(practice)) is None
    assert len(practice_key(practice)) <= 40


def test_an_offer_keeps_what_the_round_asks_and_what_it_can_follow() -> None:
    lever = lever_of_practice(new_id(), a_sheet(), "fr", "FL")
    offer = Offer(replace(lever, requires=("gone", "here")), "Réseau", "fr")
    assert fitting([offer], {"OTHER"}, {"here"}) == ()
    assert fitting([offer], {"FL1.1.1"}, {"here"})[0].lever.requires == ("here",)


def test_a_lever_of_the_network_is_told_in_one_language_or_in_both() -> None:
    french = Words("Rappeler", ("Mesurer", "Nommer"), "Délai", "h")
    english = Words("Call back", ("Measure", "Name"), "Delay", "h")
    served = (Served("FL", "FL1", "FL1.1.1", 1, 3),)
    sheet = LeverSheet({"fr": french, "en": english}, served)
    assert lever_faults(sheet, ()) == []
    assert lever_from_plain(lever_to_plain(sheet), "FL") == sheet
    lever = lever_of_network(new_id(), lever_to_plain(sheet))
    assert (lever.title.in_("en"), lever.title.in_("fr")) == ("Call back", "Rappeler")
    alone = LeverSheet({"fr": french, "en": Words("", (), "")}, served)
    assert lever_faults(alone, ()) == []
    assert lever_of_network(new_id(), lever_to_plain(alone)).title.in_("en") == "Rappeler"


def test_a_lever_that_lacks_words_a_criterion_or_a_known_requirement_is_refused() -> None:
    wrong = LeverSheet({"fr": Words("Rappeler", (), "")}, (), 9, 0, "up", ("unknown",))
    assert {fault.field for fault in lever_faults(wrong, ())} == {
        "steps-fr", "kpi_name-fr", "criterion-1", "effort", "months", "requires",
    }  # fmt: skip
    uneven = LeverSheet(
        {"fr": Words("A", ("x",), "k"), "en": Words("A", ("x", "y"), "k")},
        (Served("FL", "FL1", "FL1.1.1", 1, 2),),
    )
    assert [fault.rule for fault in lever_faults(uneven, ())] == ["uneven"]
