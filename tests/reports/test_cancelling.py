"""A document nobody wants any more costs nothing more; whoever does not wait for one is told."""

import asyncio

import pytest

from palier.foundation.clock import now
from palier.foundation.database import reading
from palier.reports.flows.asking import ask_again
from palier.reports.flows.cancelling import cancel
from palier.reports.flows.making import make_report
from palier.reports.flows.telling import want_letter
from palier.reports.press import Press
from palier.reports.store import LATELY, LONG_WAIT, Report, ReportState, own_news
from tests.reports import samples
from tests.reports.conftest import plant_report
from tests.reports.printers import moody
from tests.reports.test_making import named, report_of

BASE = "/o/transports-du-val/reports"


@pytest.fixture
async def moody_press():
    press = Press(workers=1, seconds=60.0, work=60.0, printer=moody)
    await press.ready()
    yield press
    press.stop()


@pytest.fixture
def make(make, blank_press):
    """Blank pages will do: what is told here is what becomes of them."""
    return lambda: make(blank_press)


async def test_a_waiting_document_that_is_cancelled_is_not_made(claire, make, owner):
    report = await plant_report(claire, samples.action_plan("fr", 1))
    assert await cancel(claire, report)
    await make()
    row = await report_of(claire, report)
    assert (row.state, row.attempts, row.file_id) == (ReportState.CANCELLED, 0, None)
    assert await owner.fetchval("select count(*) from stored_file") == 0


async def test_a_document_being_made_is_stopped_and_its_worker_is_free(claire, shelf, moody_press):
    report = await plant_report(claire, named("stuck"))
    making = asyncio.ensure_future(make_report(claire.organisation_id, report, moody_press, shelf))
    while (await report_of(claire, report)).state is not ReportState.RUNNING:  # noqa: ASYNC110  (nobody tells us)
        await asyncio.sleep(0)
    assert await cancel(claire, report)
    async with asyncio.timeout(30):  # far under the minute the press would give it
        await making
        assert await moody_press.render(named("next"), "en") == b"%PDF en"
    assert (await report_of(claire, report)).state is ReportState.CANCELLED


async def test_whoever_cancels_too_late_finds_the_document(claire, make):
    report = await plant_report(claire, samples.action_plan("fr", 1))
    await make()
    assert not await cancel(claire, report)
    assert (await report_of(claire, report)).state is ReportState.DONE


async def test_a_cancelled_document_can_be_made_after_all(claire, sophie, visit, make, shelf):
    report = await plant_report(claire, samples.action_plan("fr", 1))
    async with visit(sophie) as browser:
        await browser.get(f"{BASE}/{report}")
        assert (await browser.send_form(f"{BASE}/{report}/cancel")).status_code == 303
        page = await browser.get(f"{BASE}/{report}")
        assert "Le document a été annulé" in page.text
        assert "hx-trigger" not in page.text
        assert "Annulé" in (await browser.get(BASE)).text
        await browser.send_form(f"{BASE}/{report}/again")
        await make()
        assert "Le document est prêt" in (await browser.get(f"{BASE}/{report}")).text


async def test_documents_of_one_organisation_take_turns_and_others_do_not_wait(claire, nora, owner):
    for actor in (claire, claire, nora):
        report = await plant_report(actor, named("stuck"))
        await owner.execute("delete from procrastinate_jobs where args ->> 'report' = $1", str(report))
        await owner.execute("update report set state = 'failed' where id = $1", report)
        await ask_again(actor, report, None)
    taken = [
        await owner.fetchval("select (procrastinate_fetch_job_v2(null, null)).args ->> 'organisation'")
        for _ in range(3)
    ]
    assert taken == [str(claire.organisation_id), str(nora.organisation_id), None]


# --- letters --------------------------------------------------------------------------------------------------------


async def letters(owner) -> list[tuple[str, str]]:
    rows = await owner.fetch("select recipient, subject, text from mail order by recipient")
    return [(row["recipient"], row["subject"]) for row in rows]


async def test_whoever_wants_a_letter_gets_one_when_the_document_is_ready(
    claire, sophie, malik, visit, make, owner, settings
):
    report = await plant_report(claire, samples.action_plan("fr", 1))
    await want_letter(malik, report, wanted=True)
    await want_letter(malik, report, wanted=False)
    async with visit(sophie) as browser:
        await browser.get(f"{BASE}/{report}")
        await browser.send_form(f"{BASE}/{report}/letter", {"wanted": "yes"})
        assert "Finalement, pas de message" in (await browser.get(f"{BASE}/{report}")).text
    await make()
    assert await letters(owner) == [("sophie@example.org", "Prêt\u00a0: Un document")]
    text = await owner.fetchval("select text from mail")
    assert f"{settings.public_url}{BASE}/{report}" in text
    await make_report(claire.organisation_id, report, None, None)
    assert len(await letters(owner)) == 1


async def test_a_letter_says_that_a_document_could_not_be_made(claire, shelf, moody_press, owner):
    report = await plant_report(claire, named("knotted"))
    await want_letter(claire, report, wanted=True)
    await make_report(claire.organisation_id, report, moody_press, shelf, "https://palier.example")
    assert await letters(owner) == [("claire@example.org", "Pas fait\u00a0: Un document")]


async def test_nobody_is_written_to_who_left_or_once_it_is_cancelled(claire, sophie, make, owner):
    left = await plant_report(claire, samples.action_plan("fr", 1))
    cancelled = await plant_report(claire, samples.action_plan("fr", 2))
    for report in (left, cancelled):
        await want_letter(sophie, report, wanted=True)
    await owner.execute("delete from membership where person_id = $1", sophie.person_id)
    await cancel(claire, cancelled)
    await make()
    assert await letters(owner) == []


# --- the home page --------------------------------------------------------------------------------------------------


async def test_the_home_page_tells_of_the_long_ones_that_ended_lately(claire, sophie, visit, make, owner):
    report = await plant_report(claire, samples.action_plan("fr", 1))
    async with visit(claire) as browser:
        assert "Vos documents" in (await browser.get("/o/transports-du-val")).text
        await make()
        await owner.execute("update report set created_at = finished_at - interval '11 seconds'")
        page = await browser.get("/o/transports-du-val")
        assert f"{BASE}/{report}" in page.text
        await owner.execute("update report set finished_at = created_at + interval '2 seconds'")
        assert "Vos documents" not in (await browser.get("/o/transports-du-val")).text
    async with visit(sophie) as browser:
        assert "Vos documents" not in (await browser.get("/o/transports-du-val")).text


def test_what_is_news():
    moment = now()
    made = Report(state=ReportState.DONE, created_at=moment - LONG_WAIT, finished_at=moment)
    assert made.is_news(moment)
    assert not made.is_news(moment + LATELY)
    made.state = ReportState.CANCELLED
    assert not made.is_news(moment)


async def test_nobody_reads_of_other_people_s_documents(claire, nora):
    await plant_report(claire, samples.action_plan("fr", 1))
    async with reading(nora):
        assert await own_news(nora) == []
