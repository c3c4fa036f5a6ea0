"""Asked for once, made once, whatever dies meanwhile."""

import asyncio
from dataclasses import replace

import pytest

from palier.assessments.rules.peers import nobody
from palier.foundation import files
from palier.foundation import store as shared
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.operations import AlreadyDone
from palier.reports import store
from palier.reports.flows.asking import ask_again, ask_report
from palier.reports.flows.making import MOST_ATTEMPTS, make_report
from palier.reports.press import FailureReason, Press
from palier.reports.rules.record import from_plain
from palier.reports.rules.wishes import Kind, Wish
from palier.reports.store import Report, ReportState
from palier.reports.typesetting import print_document
from tests.reports import samples
from tests.reports.conftest import plant_report
from tests.reports.printers import interrupted_once, moody

WISH = Wish(Kind.RESULTS, "fr", "sx-2026")


async def report_of(actor, report):
    async with reading(actor):
        return await Report.get(id=report)


async def files_of(actor):
    async with reading(actor):
        return await shared.StoredFile.filter(media_type="application/pdf")


def named(organisation: str):
    return samples.action_plan("fr", 1, cover=replace(samples.cover("fr"), organisation=organisation))


# --- asking ---------------------------------------------------------------------------------------------------------


async def test_a_double_click_asks_once(claire, rounds, shelf, owner):
    op = new_id()
    first = await ask_report(claire, WISH, op, nobody, shelf)
    with pytest.raises(AlreadyDone) as done:
        await ask_report(claire, WISH, op, nobody, shelf)
    assert done.value.location.endswith(str(first.report))
    assert await owner.fetchval("select count(*) from report") == 1
    assert (
        await owner.fetchval("select count(*) from procrastinate_jobs where task_name = 'reports.render'")
        == 1
    )


async def test_the_same_content_is_found_again_and_other_content_is_not(claire, malik, rounds, shelf):
    first = await ask_report(claire, WISH, new_id(), nobody, shelf)
    again = await ask_report(claire, WISH, new_id(), nobody, shelf)
    assert again.report == first.report
    assert again.since is not None
    english = await ask_report(claire, replace(WISH, locale="en"), new_id(), nobody, shelf)
    colleague = await ask_report(malik, WISH, new_id(), nobody, shelf)
    assert len({first.report, english.report, colleague.report}) == 3


async def test_a_failed_document_is_never_the_one_found_again(claire, rounds, shelf, owner):
    first = await ask_report(claire, WISH, new_id(), nobody, shelf)
    await owner.execute("update report set state = 'failed'")
    assert (await ask_report(claire, WISH, new_id(), nobody, shelf)).report != first.report


# --- making ---------------------------------------------------------------------------------------------------------


async def test_the_file_is_kept_under_the_organisation_with_its_facts(claire, rounds, shelf, make):
    asked = await ask_report(claire, WISH, new_id(), nobody, shelf)
    await make()
    report = await report_of(claire, asked.report)
    (file,) = await files_of(claire)
    assert report.state is ReportState.DONE
    assert report.pages > 5
    assert (file.id, file.organisation_id) == (report.file_id, claire.organisation_id)
    assert file.name == "Transports du Val\u00a0– Résultats, 2026.pdf"


async def test_the_same_bytes_come_again_from_the_stored_row(claire, rounds, shelf, make):
    asked = await ask_report(claire, WISH, new_id(), nobody, shelf)
    await make()
    report = await report_of(claire, asked.report)
    (file,) = await files_of(claire)
    assert print_document(from_plain(report.content), report.locale) == await files.fetch(shelf, file)


async def test_a_job_done_twice_makes_one_file(claire, shelf, press):
    report = await plant_report(claire, named("Val"))
    await make_report(claire.organisation_id, report, press, shelf)
    await make_report(claire.organisation_id, report, press, shelf)
    assert len(await files_of(claire)) == 1
    assert (await report_of(claire, report)).attempts == 1


async def test_two_workers_on_one_document_make_one_file(claire, shelf, press, owner):
    report = await plant_report(claire, named("Val"))
    both = (make_report(claire.organisation_id, report, press, shelf) for _ in range(2))
    await asyncio.gather(*both)
    assert len(await files_of(claire)) == 1
    assert await owner.fetchval("select count(*) from audit_entry where verb = 'reports.made'") == 1


async def test_a_document_of_another_organisation_is_not_made(claire, nora, shelf, press):
    report = await plant_report(claire, named("Val"))
    await make_report(nora.organisation_id, report, press, shelf)
    assert (await report_of(claire, report)).state is ReportState.QUEUED


async def test_a_press_child_killed_in_the_middle_costs_one_attempt(claire, shelf, tmp_path):
    cover = replace(samples.cover("fr"), round=str(tmp_path / "seen"))
    report = await plant_report(claire, samples.action_plan("fr", 1, cover=cover))
    press = Press(workers=1, printer=interrupted_once)
    try:
        await make_report(claire.organisation_id, report, press, shelf)
        assert (await report_of(claire, report)).state is ReportState.RUNNING
        await make_report(claire.organisation_id, report, press, shelf)
    finally:
        press.stop()
    assert (await report_of(claire, report)).state is ReportState.DONE
    assert len(await files_of(claire)) == 1


@pytest.fixture
async def moody_press():
    press = Press(workers=1, seconds=1.0, printer=moody)
    await press.ready()
    yield press
    press.stop()


@pytest.mark.parametrize(
    ("organisation", "reason"),
    [("killed", FailureReason.WORKER_DIED), ("stuck", FailureReason.TOO_LONG)],
)
async def test_a_document_that_takes_its_worker_down_is_given_up(
    claire, shelf, moody_press, organisation, reason
):
    report = await plant_report(claire, named(organisation))
    for _ in range(MOST_ATTEMPTS - 1):
        await make_report(claire.organisation_id, report, moody_press, shelf)
    await make_report(claire.organisation_id, report, moody_press, shelf)
    row = await report_of(claire, report)
    assert (row.state, row.failure, row.attempts) == (ReportState.FAILED, reason.value, MOST_ATTEMPTS)
    assert await files_of(claire) == []


@pytest.mark.parametrize(
    ("organisation", "reason"),
    [
        ("greedy", FailureReason.TOO_LARGE),
        ("knotted", FailureReason.UNPRINTABLE),
        ("Val", FailureReason.FAULT),
    ],
)
async def test_what_no_second_try_can_mend_fails_at_once(claire, shelf, moody_press, organisation, reason):
    """The last one prints, but no PDF: its pages cannot be counted, and that is a fault of ours."""
    report = await plant_report(claire, named(organisation))
    await make_report(claire.organisation_id, report, moody_press, shelf)
    row = await report_of(claire, report)
    assert (row.state, row.failure, row.attempts) == (ReportState.FAILED, reason.value, 1)


async def test_content_nobody_can_read_fails_in_words(claire, shelf, press, owner):
    report = await plant_report(claire, named("Val"))
    await owner.execute("update report set content = '{}'")
    await make_report(claire.organisation_id, report, press, shelf)
    assert (await report_of(claire, report)).failure == FailureReason.FAULT


async def test_a_worker_that_died_three_times_over_it_is_enough(claire, shelf, press, owner):
    """kill -9 leaves no word: the row says running, and how often it was begun."""
    report = await plant_report(claire, named("Val"))
    await owner.execute("update report set state = 'running', attempts = $1", MOST_ATTEMPTS)
    await make_report(claire.organisation_id, report, press, shelf)
    assert (await report_of(claire, report)).failure == FailureReason.WORKER_DIED


# --- again ----------------------------------------------------------------------------------------------------------


async def test_a_failed_document_can_be_made_again_and_once_only(claire, shelf, make, owner):
    report = await plant_report(claire, named("Val"))
    await owner.execute("delete from procrastinate_jobs")
    await owner.execute("update report set state = 'failed', attempts = 3, failure = 'too_long'")
    await ask_again(claire, report, shelf)
    await ask_again(claire, report, shelf)
    assert await owner.fetchval("select count(*) from procrastinate_jobs") == 1
    await make()
    row = await report_of(claire, report)
    assert (row.state, row.failure) == (ReportState.DONE, "")


async def test_a_lost_file_comes_back_with_the_same_fingerprint(claire, shelf, make, settings):
    report = await plant_report(claire, named("Val"))
    await make()
    (before,) = await files_of(claire)
    (settings.data_directory / "files" / before.key).unlink()
    await ask_again(claire, report, shelf)
    await make()
    (after,) = await files_of(claire)
    assert after.sha256 == before.sha256
    assert await files.fetch(shelf, after)


async def test_a_finished_document_is_left_alone(claire, shelf, make):
    report = await plant_report(claire, named("Val"))
    await make()
    await ask_again(claire, report, shelf)
    assert (await report_of(claire, report)).state is ReportState.DONE


async def test_the_list_never_reads_the_content(claire):
    await plant_report(claire, named("Val"))
    async with reading(claire):
        (row,) = await store.visible_reports(claire)
    with pytest.raises(AttributeError):
        _ = row.content
