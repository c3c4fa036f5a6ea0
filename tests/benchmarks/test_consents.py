"""Consent to the benchmark: the whole text by version, kept with every answer, taken back at any time."""

import asyncpg
import pytest

from palier.assessments.consent_wording import CURRENT, wording
from palier.assessments.store import Consent
from palier.foundation.actor import Actor
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from tests.benchmarks.planting import (
    Planted,
    contribute,
    enrol,
    plant_campaign,
    plant_network,
    publish,
    submit_round,
)
from tests.benchmarks.test_member_page import plain
from tests.conftest import Browser
from tests.roles import as_the_worker

OWN = "select count(*) from contribution where organisation_id = $1"


@pytest.fixture
async def network(owner: asyncpg.Connection, claire: Actor) -> Planted:
    planted = await plant_network(owner, 20)
    await enrol(owner, planted, claire.organisation_id)
    return planted


def answer(given: str) -> dict[str, str]:
    return {"op": str(new_id()), "consent": given, "name": "Claire Lambert"}


def test_a_published_text_never_changes() -> None:
    assert CURRENT == "1"
    assert wording("1").hash == "611436735a4555fefd3591484b7fa220e50935a3bea9ebfb301e32803961c3d2"
    assert len(wording("1").paragraphs("fr")) == len(wording("1").paragraphs("en"))


async def test_the_answer_its_text_and_who_gave_it_stand_in_the_receipt_the_mail_and_the_trail(
    visit: Browser, owner: asyncpg.Connection, network: Planted, claire: Actor
) -> None:
    assessment = await submit_round(claire, await plant_campaign(owner, network))
    async with visit(claire) as browser:
        receipt = plain((await browser.get(f"/o/transports-du-val/e/{assessment.slug}/receipt")).text)
    assert "version 1 du texte" in receipt
    row = await owner.fetchrow("select * from consent")
    assert (row["given"], row["version"], row["wording_hash"]) == (True, "1", wording().hash)
    mailed = await owner.fetchval("select text from mail order by created_at desc limit 1")
    assert wording().hash in mailed
    assert wording().paragraphs("fr")[0] in mailed
    assert wording().hash in await owner.fetchval(
        "select details from audit_entry where verb = 'assessments.submitted'"
    )


async def test_a_consent_taken_back_before_sealing_takes_the_contribution_out_and_given_again_brings_it_back(
    visit: Browser, owner: asyncpg.Connection, network: Planted, claire: Actor, settings: Settings, run_jobs
) -> None:  # type: ignore[no-untyped-def]
    assessment = await submit_round(claire, await plant_campaign(owner, network))
    here = f"/o/transports-du-val/e/{assessment.slug}/sharing"
    for given, kept in (("yes", 1), ("no", 0), ("yes", 1)):
        async with visit(claire) as browser:
            form = answer(given)
            assert (await browser.send_form(here, form)).status_code == 303
            assert (await browser.send_form(here, form)).status_code == 303
        async with as_the_worker(settings):
            await run_jobs()
        assert await owner.fetchval(OWN, claire.organisation_id) == kept
    assert await owner.fetchval("select count(*) from consent") == 4


async def test_whoever_said_no_in_time_is_not_sealed_even_if_its_scores_still_wait(
    visit: Browser, owner: asyncpg.Connection, network: Planted, claire: Actor, settings: Settings
) -> None:
    campaign = await plant_campaign(owner, network)
    assessment = await submit_round(claire, campaign)
    await contribute(owner, network, campaign, [*network.members, claire.organisation_id])
    async with visit(claire) as browser:
        await browser.send_form(f"/o/transports-du-val/e/{assessment.slug}/sharing", answer("no"))
    await publish(settings, campaign)
    assert await owner.fetchval("select count(*) from batch_member") == 20


async def test_a_consent_taken_back_after_sealing_waits_for_the_next_campaign(
    visit: Browser, owner: asyncpg.Connection, network: Planted, claire: Actor, settings: Settings, run_jobs
) -> None:  # type: ignore[no-untyped-def]
    campaign = await plant_campaign(owner, network)
    assessment = await submit_round(claire, campaign)
    await contribute(owner, network, campaign, [*network.members, claire.organisation_id])
    await publish(settings, campaign)
    before = await owner.fetchval("select hash from edition")
    here = f"/o/transports-du-val/e/{assessment.slug}"
    async with visit(claire) as browser:
        await browser.send_form(f"{here}/sharing", answer("no"))
        page = plain((await browser.get(f"{here}/sharing")).text)
        async with as_the_worker(settings):
            await run_jobs()
        assert (await browser.get(f"{here}/benchmark")).status_code == 200
    assert "prend effet à la campagne suivante" in page
    assert await owner.fetchval("select in_time from consent where not given") is False
    assert await owner.fetchval(OWN, claire.organisation_id) == 1
    assert await owner.fetchval("select hash from edition") == before


async def test_a_faulty_answer_is_told_what_is_wrong_and_strangers_find_nothing(
    visit: Browser, owner: asyncpg.Connection, network: Planted, claire: Actor, sophie: Actor, nora: Actor
) -> None:
    assessment = await submit_round(claire, await plant_campaign(owner, network))
    here = f"/o/transports-du-val/e/{assessment.slug}/sharing"
    async with visit(claire) as browser:
        page = await browser.get(here)
        assert "checked" not in page.text
        assert all(plain(one) in plain(page.text) for one in wording().paragraphs("fr"))
        assert (await browser.send_form(here, {"op": str(new_id())})).status_code == 422
    for who in (sophie, nora):
        async with visit(who) as browser:
            assert (await browser.send_form(here, answer("no"))).status_code in (403, 404)
    async with reading(nora):
        assert await Consent.all().count() == 0
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(nora):
            await Consent.create(
                organisation_id=claire.organisation_id, network_id=network.id, campaign_id=new_id(), assessment_id=assessment.id,
                given=False, version="1", wording_hash="", locale="fr", said_by=nora.person_id, said_name="x", said_at=assessment.submitted_at,
            )  # fmt: skip
    with pytest.raises(asyncpg.PostgresError, match="never changed"):
        await owner.execute("update consent set given = false")
