"""Documents of a real round and its plan, with whatever people type: both standards, both kinds, both languages."""

import page
import pytest

from palier.action_plans.flows import acting
from palier.action_plans.flows.overview import load_plan
from palier.action_plans.rules.life import Facts, Kpi
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.network.flows import organisations
from palier.network.flows.organisations import Activity, Identity
from palier.reports.flows.building import draw_up
from palier.reports.rules.wishes import Kind, Wish
from palier.reports.typesetting import print_document
from tests.assessments.rounds import peers_for
from tests.reports.test_pages import text_of

HOSTILE = "<script>alert(1)</script> {{ 7 * 7 }} =cmd|'/c calc'!A0 \u202etxt\u00ad 🎉 日本 " + "Wort" * 30


async def drawn(actor, shelf, kind, locale, plan):
    async with reading(actor):
        action = (await load_plan(actor, plan)).actions[0].row.id
        wish = Wish(kind, locale, "sx-2026", plan, action=action)
        return (await draw_up(actor, wish, peers_for("2026"), shelf)).document


def assert_both_standards(pdf: bytes) -> None:
    for profile in ("3a", "ua1"):
        report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile(profile))
        assert report.is_compliant, [
            (profile, failure.rule_id, failure.message) for failure in report.failures
        ]


@pytest.mark.parametrize("locale", ["fr", pytest.param("en", marks=pytest.mark.long)])
@pytest.mark.parametrize("kind", list(Kind))
async def test_a_real_document_keeps_both_standards(claire, plan, shelf, kind, locale):
    document = await drawn(claire, shelf, kind, locale, plan)
    pdf = print_document(document, locale)
    assert_both_standards(pdf)
    pages = text_of(pdf)
    assert all(words.strip() for words in pages)
    assert "Transports du Val" in pages[0]


async def test_what_people_type_stays_text(claire, plan, shelf):
    """Through the flows that the forms call: the name of the organisation, an action and its indicator."""
    identity = Identity(HOSTILE[:150], "FR", "public_company")
    await organisations.save_profile(claire, identity, Activity("passenger_transport", "250-999"), "client")
    facts = Facts(
        HOSTILE[:190], HOSTILE, {"SX1.1.1": 5}, None, HOSTILE[:110], kpi=Kpi(HOSTILE[:150], HOSTILE[:40])
    )
    await acting.add(claire, plan, facts, new_id())
    document = await drawn(claire, shelf, Kind.RESULTS, "fr", plan)
    pdf = print_document(document, "fr")
    assert_both_standards(pdf)
    words = " ".join(text_of(pdf)).replace("\r\n", " ")
    assert "<script>alert(1)</script>" in words
    assert "{{ 7 * 7 }}" in words
    assert "49" not in words.split("{{ 7 * 7 }}")[1][:20]
