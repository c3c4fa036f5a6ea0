"""A certificate says what is on record and no score unless asked; a questionnaire on paper asks all the screen asks."""

import csv
import io
from dataclasses import replace
from datetime import date
from functools import cache
from uuid import UUID

import page
import pikepdf
import pytest
from tortoise.exceptions import DoesNotExist

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.rounds import load_round
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.peers import nobody
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import speaking
from palier.questionnaires.catalogue import latest
from palier.questionnaires.owners import Owner
from palier.reports import paper_wording, typesetting
from palier.reports.flows.building import NotSubmitted, draw_up
from palier.reports.flows.printable import printables
from palier.reports.rules.options import Options, PageSize, People
from palier.reports.rules.wishes import Kind, Print, Wish
from palier.scoring.rules.answers import State
from tests.assessments.every_kind import (
    CALLS,
    CHOICE,
    CYCLE,
    EVERY_KIND,
    KPI,
    LADDER,
    NPS,
    OPTIONS,
    PLACES,
    SHARE,
)
from tests.assessments.rounds import drafts, plant
from tests.questionnaires.test_own import bring
from tests.reports import paper_samples, samples
from tests.reports.test_pages import text_of

CERTIFICATE = Wish(Kind.CERTIFICATE, "fr", "sx-2026")
PAPER = Wish(Kind.PAPER, "fr")


async def drawn(actor, shelf, wish):
    async with reading(actor):
        return (await draw_up(actor, wish, nobody, shelf)).document


# --- the certificate ------------------------------------------------------------------------------------------------


async def test_a_certificate_says_what_is_on_record(claire, rounds, shelf):
    document = await drawn(claire, shelf, CERTIFICATE)
    async with reading(claire):
        round_ = await load_round(claire, "sx-2026")
    stored = round_.assessment
    assert (document.receipt, document.submitted_by) == (stored.receipt, "Claire Lambert")
    assert document.submitted_at == stored.submitted_at.replace(microsecond=0)
    assert document.cover.as_of == stored.submitted_at
    assert document.coverage == round_.result.coverage
    assert document.provenance.result_hash == stored.result_hash
    assert document.provenance.engine_version == stored.engine_version
    assert (document.cover.organisation, document.cover.round) == ("Transports du Val", "2026")


async def test_a_certificate_counts_what_became_of_each_criterion(claire, shelf):
    await plant(claire, "2026", drafts("n--" + "3" * 31))
    count = (await drawn(claire, shelf, CERTIFICATE)).answers
    assert (count.asked, count.answered, count.not_applicable, count.not_known) == (34, 31, 1, 2)


async def test_no_score_is_in_a_certificate_unless_it_is_chosen(claire, rounds, shelf):
    bare, whole = [await drawn(claire, shelf, replace(CERTIFICATE, score=score)) for score in (False, True)]
    assert bare.result is None
    assert whole.result.score is not None
    assert whole.result.level is not None


async def test_people_by_their_role_leave_no_name_in_a_certificate(claire, rounds, shelf):
    options = Options(people=People.ROLES)
    document = await drawn(claire, shelf, replace(CERTIFICATE, options=options))
    assert document.submitted_by == ""
    file = typesetting.print_document(document, "fr")
    assert "Claire" not in " ".join(text_of(file))
    assert "Claire" not in data_of(file, "certificate.csv")


async def test_an_open_round_has_no_certificate_and_a_stranger_none_at_all(claire, nora, rounds, shelf):
    await plant(claire, "2027", drafts("3" * 34), submitted=False)
    with pytest.raises(NotSubmitted):
        await drawn(claire, shelf, replace(CERTIFICATE, assessment="sx-2027"))
    with pytest.raises(DoesNotExist):
        await drawn(nora, shelf, CERTIFICATE)


async def test_a_certificate_of_some_dimensions_says_so(claire, shelf):
    some = latest("SX").within(["SX2"])
    day = date(2026, 10, 1)
    opened = await open_assessment(claire, some, name="2026", opens_on=day, closes_on=None)
    for criterion in some.criteria:
        given = Draft(state=State.ANSWERED, level=4)
        await answer_criterion(claire, opened.slug, criterion.code, given, op=new_id(), base=0)
    await submit(claire, opened.slug, name="Claire", consent=False)
    document = await drawn(claire, shelf, replace(CERTIFICATE, assessment=opened.slug))
    assert document.cover.scope == "Sur 1 dimension seulement\u00a0: Culture et engagement"
    assert document.answers.asked == len(some.criteria)


def test_the_hour_of_a_submission_can_be_read_anywhere():
    moment = paper_samples.certificate("fr").submitted_at
    with speaking("fr"):
        assert paper_wording.moment(moment) == "20\u00a0novembre\u00a02026 à 10:04 (UTC+01:00)"
    with speaking("en"):
        assert paper_wording.moment(moment) == "20\u00a0November\u00a02026 at 10:04 (UTC+01:00)"


@pytest.mark.parametrize("size", list(PageSize))
@pytest.mark.parametrize("words", ["Wort" * 60, "un mot et un autre " * 12, "W" * 200])
def test_a_certificate_is_one_page_whatever_people_type(words, size):
    """And what the page cut is whole in the data beside it."""
    document = replace(paper_samples.crowded_certificate(words), options=Options(page=size, footer="x" * 120))
    file = typesetting.print_document(document, "fr")
    assert len(text_of(file)) == 1
    assert words.strip() in data_of(file, "certificate.csv")


# --- the questionnaire on paper -------------------------------------------------------------------------------------


def every_kind(*, last: bool = False):
    document = paper_samples.paper("fr", last=last)
    return {one.code: one for part in document.parts for section in part.sections for one in section.criteria}


def test_each_kind_of_answer_has_its_own_way_to_be_given():
    asked = every_kind()
    assert [box.number for box in asked[CHOICE].boxes] == [1, 2, 3, 4, 5]
    assert [(field.label, field.unit) for field in asked[SHARE].fields] == [("Chiffre", "%")]
    assert len(asked[NPS].fields) == 4
    assert [box.label for box in asked[OPTIONS].boxes][-1] == "Rien de tout cela"
    assert asked[KPI].fields[0].unit == "jours"
    assert [row.label for row in asked[CYCLE].grid.rows] == ["Planifier", "Faire", "Vérifier", "Agir"]
    assert asked[PLACES].grid.rungs == ("Initial", "Émergent", "Structuré", "Maîtrisé", "Exemplaire")
    assert asked[LADDER].boxes[3].text.startswith("La tenue de chaque engagement")


def test_what_a_condition_may_ask_is_printed_with_the_condition():
    asked = every_kind()
    assert set(asked) == {criterion.code for criterion in EVERY_KIND.criteria}
    assert asked[CALLS].conditions == ("Demandé seulement si EK2.1.4 atteint le niveau 3.",)


def test_last_rounds_answers_stand_beside_and_tick_nothing():
    asked = every_kind(last=True)
    assert [box.number for box in asked[CHOICE].boxes if box.last] == [3]
    assert asked[SHARE].last.words == "55\u00a0%"
    assert [row.last for row in asked[PLACES].grid.rows] == [4, 3, 2]
    assert [box.number for box in asked[LADDER].boxes if box.last] == [2, 3, 5]
    assert sum(box.last for box in asked[OPTIONS].boxes) == 3
    assert asked[CHOICE].last.rationale == "Vu en comité de mars, sur pièces."


def test_an_answer_another_version_took_is_not_shown():
    answers = paper_samples.last_answers(EVERY_KIND).answers
    answers[SHARE].value, answers[CHOICE].level = ["log"], 9
    told = every_kind(last=True)
    assert told[SHARE].last is not None
    with speaking("fr"):
        document = paper_samples.paper_of(
            EVERY_KIND, samples.cover("fr"), paper_samples.LastAnswers("2025", answers)
        )
    asked = {
        one.code: one for part in document.parts for section in part.sections for one in section.criteria
    }
    assert asked[SHARE].last is None
    assert asked[CHOICE].last is None


async def test_a_round_is_printed_with_the_answers_of_the_round_before(claire, rounds, shelf):
    wish = replace(PAPER, assessment="sx-2026", paper=Print(last_answers=True))
    document = await drawn(claire, shelf, wish)
    assert (document.cover.round, document.last_round) == ("2026", "2025")
    assert document.criteria == 34
    first = document.parts[0].sections[0].criteria[0]
    assert first.last.words == "Niveau 3, Structuré"
    assert first.last.rationale == "Constat au niveau 3"


async def test_a_questionnaire_is_printed_blank_or_with_the_last_round_on_it(claire, rounds, shelf):
    blank, beside = [
        await drawn(claire, shelf, replace(PAPER, paper=Print(offered="SX", last_answers=last)))
        for last in (False, True)
    ]
    assert blank.cover.round == "version 1.0.0"
    assert blank.last_round == ""
    assert all(
        one.last is None for part in blank.parts for section in part.sections for one in section.criteria
    )
    assert beside.last_round == "2026"


async def test_only_the_dimensions_chosen_are_printed(claire, rounds, shelf):
    document = await drawn(claire, shelf, replace(PAPER, paper=Print(offered="SX", dimensions=("SX2",))))
    assert [part.code for part in document.parts] == ["SX2"]
    assert "Culture et engagement" in document.cover.scope


async def test_a_draft_of_ones_own_is_printed_as_a_draft_and_by_nobody_else(claire, nora, shelf):
    row = await bring(Owner(claire))
    wish = replace(PAPER, paper=Print(own=row.id))
    document = await drawn(claire, shelf, wish)
    assert document.draft
    with pytest.raises(DoesNotExist):
        await drawn(nora, shelf, wish)
    async with reading(claire):
        assert [one[0] for one in (await printables(claire)).own] == [row.id]
    async with reading(nora):
        assert (await printables(nora)).own == ()


@pytest.mark.parametrize("paper", [Print(offered="XX"), Print(offered="QV-7K2Q9"), Print(own=UUID(int=7))])
async def test_an_unknown_questionnaire_is_not_printed(claire, shelf, paper):
    with pytest.raises(DoesNotExist):
        await drawn(claire, shelf, replace(PAPER, paper=paper))


@cache
def printed(locale: str) -> bytes:
    return typesetting.print_document(paper_samples.paper(locale, last=True), locale)


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_paper_keeps_both_standards(locale, profile):
    report = page.validate_pdf_bytes(printed(locale), profile=page.ValidationProfile(profile))
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


def test_every_criterion_every_level_and_every_line_is_on_the_paper():
    words = " ".join(" ".join(text_of(printed("en"))).split())
    for criterion in EVERY_KIND.criteria:
        assert criterion.code in words
        assert criterion.label.in_("en") in words
    for expected in ("Counter", "None of this", "days", "Detractors (0 to 6)", "Not applicable", "In 2025:"):
        assert expected in words


def test_the_criteria_travel_with_the_paper():
    rows = list(csv.reader(io.StringIO(data_of(printed("fr"), "questionnaire.csv")), delimiter=";"))
    assert [row[2] for row in rows[1:]] == [criterion.code for criterion in EVERY_KIND.criteria]
    assert len({len(row) for row in rows}) == 1


def test_by_role_the_paper_asks_for_no_name():
    by_name, by_role = [
        paper_samples.paper("en", options=Options(people=people)) for people in (People.NAMES, People.ROLES)
    ]
    with speaking("en"):
        assert "Filled in by" in paper_wording.who(by_name)
        assert "Filled in by" not in paper_wording.who(by_role)


def data_of(file: bytes, name: str) -> str:
    with pikepdf.open(io.BytesIO(file)) as opened:
        return opened.attachments[name].get_file().read_bytes().decode("utf-8-sig")
