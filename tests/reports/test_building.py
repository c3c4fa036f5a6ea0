"""A document says what the pages say: figures are carried over, none is computed again."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any, Never

import pytest
from tortoise.exceptions import DoesNotExist

from palier.action_plans.flows.overview import load_plan
from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.rounds import load_round
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.peers import nobody
from palier.assessments.rules.reading import tabulate
from palier.foundation import files
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.network.flows.organisations import colour, show_logo
from palier.network.flows.organisations import logo as organisation_logo
from palier.network.store import ConsultantFirm
from palier.questionnaires.catalogue import latest
from palier.reports.flows.building import NotSubmitted, OtherRound, draw_up
from palier.reports.rules.boards import BoardSummary
from palier.reports.rules.documents import ActionPlanDocument, Quarter, ResultsAndPlan
from palier.reports.rules.letterheads import Letterhead, Look
from palier.reports.rules.options import Options, People
from palier.reports.rules.record import to_plain
from palier.reports.rules.wishes import Kind, Wish
from palier.scoring.rules.answers import State
from tests.assessments.rounds import drafts, peer_view, peers_for, plant
from tests.conftest import plant_mandate
from tests.reports import samples

ROUND = "sx-2026"


async def drawn(actor, shelf, peers=nobody, **wish: Any):
    async with reading(actor):
        draft = await draw_up(
            actor, Wish(**{"kind": Kind.RESULTS, "locale": "fr", "assessment": ROUND} | wish), peers, shelf
        )
    return draft.document


async def test_every_figure_is_the_engines_own(claire, rounds, shelf):
    document = await drawn(claire, shelf)
    async with reading(claire):
        round_ = await load_round(claire, ROUND)
    result = round_.result
    table = tabulate(
        round_.questionnaire, result, None, (round_.previous.questionnaire, round_.previous.result)
    )
    assert isinstance(document, ResultsAndPlan)
    assert document.headline.score == result.score
    assert document.headline.level.number == result.level
    assert document.headline.change == table.total.delta
    assert document.headline.capped_by == result.maturity.capped_by
    assert [(row.score, row.contribution, row.weight) for row in document.dimensions] == [
        (node.score, node.contribution, node.share) for node in result.dimensions
    ]
    assert sum(row.contribution for row in document.dimensions) == document.headline.score
    assert [(row.code, row.score, row.change) for row in document.elements] == [
        (row.code, row.score, row.delta) for row in table.elements
    ]
    assert [(row.code, row.level) for row in document.criteria] == [
        (node.code, node.level) for node in result.criteria
    ]
    assert [(step.score, step.reached) for step in document.pyramid] == [
        (step.mean, step.reached) for step in result.pyramid.steps
    ]
    assert (document.evidence.declared, document.evidence.supported) == (result.score, result.supported)


async def test_what_is_needed_to_check_it_years_later_is_in_it(claire, rounds, shelf):
    source, stored = (await drawn(claire, shelf)).provenance, rounds[1]
    assert source.result_hash == stored.result_hash
    assert source.audit_head == stored.audit_head
    assert source.questionnaire_hash == stored.definition_hash
    assert source.engine_version == stored.engine_version
    assert all((source.result_hash, source.audit_head, source.questionnaire_hash, source.licence))


async def test_peers_are_the_published_figures(claire, rounds, shelf):
    document = await drawn(claire, shelf, peers_for("2026", hidden=["SX1.1"]))
    async with reading(claire):
        view = peer_view((await load_round(claire, ROUND)).result)
    total, figure = document.headline.comparison, view.figures["total"]
    assert (total.quartiles.q1, total.quartiles.median, total.quartiles.q3) == (
        figure.q1,
        figure.median,
        figure.q3,
    )
    assert total.quarter is list(Quarter)[figure.quarter - 1]
    hidden = next(row for row in document.elements if row.code == "SX1.1")
    assert hidden.comparison.quartiles is None
    assert hidden.comparison.hidden
    assert document.peers.size == "40 à 79 organisations"


async def test_without_the_benchmark_no_figure_of_peers_is_in_it(claire, rounds, shelf):
    document = await drawn(claire, shelf, peers_for("2026"), benchmark=False)
    rows = [document.headline, *document.dimensions, *document.elements]
    assert document.peers is None
    assert all(row.comparison.quartiles is None and row.comparison.quarter is None for row in rows)


async def test_changes_rest_on_the_criteria_of_both_rounds_and_say_so(claire, shelf):
    await plant(claire, "2025", drafts("-" + "3" * 33))
    await plant(claire, "2026", drafts("5" + "4" * 33))
    document = await drawn(claire, shelf)
    assert document.headline.change == 25
    assert document.headline.score - document.headline.previous != 25
    assert "33" in document.headline.measured_on


async def test_each_language_has_its_own_words_and_the_same_figures(claire, rounds, plan, shelf):
    french, english = [
        await drawn(claire, shelf, peers_for("2026"), locale=each, plan=plan) for each in ("fr", "en")
    ]
    assert french.cover.questionnaire != english.cover.questionnaire
    assert french.headline.sentence != english.headline.sentence
    assert [row.label for row in french.criteria] != [row.label for row in english.criteria]
    assert [row.score for row in french.elements] == [row.score for row in english.elements]
    assert french.plan.actions[0].title == english.plan.actions[0].title == "Répondre en cinq jours"


async def test_a_plan_keeps_its_actions_and_the_engines_projection(claire, plan, shelf):
    document = await drawn(claire, shelf, kind=Kind.PLAN, assessment="", plan=plan)
    async with reading(claire):
        view = await load_plan(claire, plan)
    assert isinstance(document, ActionPlanDocument)
    assert document.plan.score == view.round.result.score
    assert document.plan.projected == view.projected.score
    assert [action.gain for action in document.plan.actions] == [action.gain for action in view.actions]
    first, second = document.plan.actions
    assert (first.owner, first.sponsor, first.progress, first.due.isoformat()) == (
        "Claire Lambert", "Direction", 40, "2027-03-01",
    )  # fmt: skip
    assert (first.kpi.baseline, first.kpi.target, first.kpi.unit) == ("12", "4,5", "jours")
    assert second.kpi is None
    assert second.due is None
    assert document.cover.as_of.date().isoformat() == "2026-12-20"


async def test_an_open_round_and_a_foreign_plan_make_no_document(claire, rounds, plan, shelf):
    await plant(claire, "2027", drafts("3" * 34), submitted=False)
    with pytest.raises(NotSubmitted):
        await drawn(claire, shelf, assessment="sx-2027")
    with pytest.raises(OtherRound):
        await drawn(claire, shelf, assessment="sx-2025", plan=plan)


async def test_a_stranger_draws_nothing_up(nora, rounds, plan, shelf):
    for wish in ({}, {"kind": Kind.PLAN, "plan": plan}):
        with pytest.raises(DoesNotExist):
            await drawn(nora, shelf, **wish)


async def test_a_withheld_score_is_said_in_words(claire, shelf):
    await plant(claire, "2026", drafts("-" * 20 + "3" * 14))
    document = await drawn(claire, shelf)
    assert document.headline.score is None
    assert document.headline.withheld
    assert document.headline.sentence
    assert document.evidence is None
    assert sum(row.weight for row in document.dimensions) == Fraction(1)


async def test_the_organisation_signs_with_its_logo_and_colour(claire, rounds, shelf):
    await show_logo(claire, shelf, samples.logo().content)
    await colour(claire, "#0b5a53")
    issuer = (await drawn(claire, shelf)).cover.issuer
    assert (issuer.name, issuer.person, issuer.accent) == ("Transports du Val", "Claire Lambert", "#0b5a53")
    assert issuer.logo.media_type == "image/png"


async def test_a_lost_logo_costs_the_logo_only(claire, rounds, shelf, monkeypatch):
    await show_logo(claire, shelf, samples.logo().content)

    async def gone(*_: Any) -> Never:
        raise files.FileGone("")

    monkeypatch.setattr(files, "fetch", gone)
    assert (await drawn(claire, shelf)).cover.issuer.logo is None


async def test_a_consultant_signs_with_the_firm(cast, claire, rounds, shelf):
    hugo = await consultant(cast, claire)
    assert (await drawn(hugo, shelf)).cover.issuer.name == "Hugo Martin"
    async with transaction(hugo.person):
        await ConsultantFirm.create(
            person_id=hugo.person_id, name="Cabinet Horizon", accent="#7a1f4b", logo=samples.logo().content,
            logo_media_type="image/png",
        )  # fmt: skip
    document = await drawn(hugo, shelf)
    issuer = document.cover.issuer
    assert (issuer.name, issuer.person, issuer.accent) == ("Cabinet Horizon", "Hugo Martin", "#7a1f4b")
    assert issuer.logo.content == samples.logo().content
    assert document.cover.organisation == "Transports du Val"


async def consultant(cast, claire):
    mandate = await plant_mandate(claire, cast.people["hugo"])
    return replace(cast.actor("hugo", "valley", Role.CONSULTANT), mandate_id=mandate)


async def test_a_round_on_some_dimensions_says_so_on_the_cover(claire, shelf):
    some = latest("SX").within(["SX2"])
    opened = await open_assessment(
        claire, some, name="2026", opens_on=date(2026, 10, 1), closes_on=date(2026, 12, 15)
    )
    for criterion in some.criteria:
        draft = Draft(state=State.ANSWERED, level=4)
        await answer_criterion(claire, opened.slug, criterion.code, draft, op=new_id(), base=0)
    await submit(claire, opened.slug, name="Claire", consent=False)
    document = await drawn(claire, shelf)
    assert document.cover.scope == "Sur 1 dimension seulement\u00a0: Culture et engagement"
    assert [row.code for row in document.dimensions] == ["SX2"]


async def test_the_firm_signs_over_the_clients_data_with_both_logos(cast, claire, rounds, shelf):
    hugo, theirs = await signing(cast, claire, shelf)
    cover = (await drawn(hugo, shelf)).cover
    assert [head.name for head in cover.letterhead()] == ["Cabinet Horizon", "Transports du Val"]
    assert [head.logo.content for head in cover.letterhead()] == [samples.logo().content, theirs]
    assert cover.issuer.accent == "#7a1f4b"


async def test_a_clients_letterhead_still_says_who_prepared_it(cast, claire, rounds, shelf):
    hugo, theirs = await signing(cast, claire, shelf)
    cover = (await drawn(hugo, shelf, look=Look(Letterhead.CLIENT))).cover
    assert [(head.name, head.logo.content) for head in cover.letterhead()] == [("Transports du Val", theirs)]
    assert (cover.issuer.name, cover.issuer.person, cover.issuer.accent) == (
        "Cabinet Horizon", "Hugo Martin", "#0b5a53",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("look", "names"),
    [
        (Look(Letterhead.FIRM), ["Cabinet Horizon"]),
        (Look(Letterhead.BOTH, logos=False), ["Cabinet Horizon"]),
        (Look(Letterhead.CLIENT, logos=False), ["Transports du Val"]),
    ],
)
async def test_a_letterhead_can_do_without_the_other_sign_or_without_logos(
    cast, claire, rounds, shelf, look, names
):
    hugo, _ = await signing(cast, claire, shelf)
    heads = (await drawn(hugo, shelf, look=look)).cover.letterhead()
    assert [head.name for head in heads] == names
    assert all((head.logo is not None) is look.logos for head in heads)


async def test_a_colour_of_its_own_and_no_logo_for_one_document(claire, rounds, shelf):
    await show_logo(claire, shelf, samples.logo().content)
    issuer = (await drawn(claire, shelf, look=Look(logos=False, accent="#7a1f4b"))).cover.issuer
    assert (issuer.logo, issuer.accent) == (None, "#7a1f4b")


async def signing(cast, claire, shelf):
    """Hugo with a firm, mandated by Claire whose organisation has a logo and a colour; and that logo."""
    hugo = await consultant(cast, claire)
    async with transaction(hugo.person):
        await ConsultantFirm.create(
            person_id=hugo.person_id, name="Cabinet Horizon", accent="#7a1f4b", logo=samples.logo().content,
            logo_media_type="image/png",
        )  # fmt: skip
    await show_logo(claire, shelf, samples.logo().content)
    await colour(claire, "#0b5a53")
    _, theirs = await organisation_logo(claire, shelf)
    return hugo, theirs


async def test_by_role_nobody_is_named_in_what_is_kept(claire, plan, shelf):
    """The frozen content itself, from which the file is made and made again."""
    roles = Options(people=People.ROLES)
    for wish in ({"plan": plan}, {"kind": Kind.BOARD, "plan": plan}, {"kind": Kind.PLAN, "plan": plan}):
        kept = json.dumps(to_plain(await drawn(claire, shelf, **wish, options=roles)), ensure_ascii=False)
        assert "Claire" not in kept
        assert "Direction" not in kept
        assert "Responsable" in kept


async def test_the_summary_for_a_board_has_the_figures_of_the_report(claire, plan, shelf):
    peers = peers_for("2026")
    summary = await drawn(claire, shelf, peers, kind=Kind.BOARD, plan=plan)
    whole = await drawn(claire, shelf, peers, plan=plan)
    assert isinstance(summary, BoardSummary)
    assert (summary.headline, summary.dimensions, summary.plan) == (
        whole.headline,
        whole.dimensions,
        whole.plan,
    )
    assert summary.cover == whole.cover
