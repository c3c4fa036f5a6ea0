"""The bulletin of an edition: published rows and nothing else, made once, read by verified members alone."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import page as standards
import pikepdf
import pytest

from palier.association.flows import bulletins
from palier.benchmarks.store import Edition
from palier.foundation.actor import Actor, NetworkActor, OnDuty, Person
from palier.foundation.database import only_reading, reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.language import speaking
from palier.foundation.settings import Settings
from palier.reports.bulletin_wording import movement_title
from palier.reports.flows.verifying import ask_about_file
from palier.reports.press import Press
from palier.reports.rules.accent import check_accent
from palier.reports.rules.bulletins import Bulletin, BulletinRow
from palier.reports.rules.documents import Cover, Issuer, Quartiles
from palier.reports.rules.record import from_plain, to_plain
from palier.reports.typesetting import print_document
from tests.association.conftest import NET, staff
from tests.benchmarks.planting import (
    Planted,
    contribute,
    enrol,
    plant_campaign,
    plant_network,
    publish,
)
from tests.conftest import Browser
from tests.roles import as_the_worker


@pytest.fixture
async def network(owner: asyncpg.Connection, ines: Person) -> Planted:
    """Sixty members: large enough for families of sectors."""
    planted = await plant_network(owner, 60)
    await staff(owner, planted, ines)
    return planted


@pytest.fixture
async def edition(owner: asyncpg.Connection, network: Planted, settings: Settings) -> UUID:
    """The second of two editions."""
    for year, seed in (("2025", 1), ("2026", 2)):
        campaign = await plant_campaign(owner, network, year)
        await contribute(owner, network, campaign, seed=seed)
        await publish(settings, campaign)
    found: UUID = await owner.fetchval("select id from edition where name = '2026'")
    return found


@pytest.mark.parametrize(
    ("moves", "title"),
    [
        ((3, 2, 1), "2 médianes montent de deux points ou plus, aucune ne baisse d’autant"),
        ((3, -2, -4), "1 médiane monte de deux points ou plus, 2 baissent"),
        ((-2, 0, 1), "1 médiane baisse de deux points ou plus, aucune ne monte d’autant"),
        ((1, 0, -1), "Aucune médiane n’a bougé de deux points ou plus"),
    ],
)
def test_what_moved_is_said_in_words_and_never_as_a_zero(moves: tuple[int, ...], title: str) -> None:
    box = Quartiles(40, 50, 60, None, None)
    rows = tuple(BulletinRow(f"FL{n}", "x", "", box, move) for n, move in enumerate(moves))
    cover = Cover("Réseau", "Flash", "2026", datetime(2026, 12, 15, tzinfo=UTC), Issuer("Réseau"))
    with speaking("fr"):
        assert (
            movement_title(Bulletin(cover, "", 5, rows, (), (), (), "FL 1", "", "", before="2025")) == title
        )


async def drawn(settings: Settings, edition: UUID, locale: str) -> Bulletin:
    async with as_the_worker(settings), transaction(OnDuty()):
        with speaking(locale):
            return await bulletins.draw_up(await Edition.get(id=edition))


async def make(settings: Settings, bulletin: UUID) -> None:
    press = Press(workers=1, printer=printed)
    try:
        async with as_the_worker(settings):
            await bulletins.make_bulletin(bulletin, press)
    finally:
        press.stop()


def printed(document: Bulletin, locale: str) -> bytes:
    """A printer that costs nothing."""
    return f"%PDF {document.cover.round} {locale}".encode()


async def asked(owner: asyncpg.Connection, manager: NetworkActor, edition: UUID, locale: str = "fr") -> UUID:
    only_reading.set(False)
    await bulletins.ask_bulletin(manager, edition, locale, new_id())
    found: UUID = await owner.fetchval("select id from bulletin where locale = $1", locale)
    return found


@pytest.mark.parametrize("locale", ["fr", "en"])
async def test_it_keeps_both_standards_in_three_to_six_pages_and_the_same_bytes(
    settings: Settings, edition: UUID, locale: str
) -> None:
    document = await drawn(settings, edition, locale)
    pdf = print_document(document, locale)
    assert pdf == print_document(from_plain(to_plain(document)), locale)
    for profile in ("3a", "ua1"):
        report = standards.validate_pdf_bytes(pdf, profile=standards.ValidationProfile(profile))
        assert report.is_compliant, [(one.rule_id, one.message) for one in report.failures]
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert 3 <= len(opened.pages) <= 6
        assert set(opened.attachments) == {"edition.csv", "families.csv"}


async def test_it_can_be_checked_by_whoever_was_handed_it(
    settings: Settings, edition: UUID, owner: asyncpg.Connection, manager: NetworkActor
) -> None:
    """The row is the network's and names it, no member and no person."""
    await make(settings, await asked(owner, manager, edition))
    found = await ask_about_file(b"%PDF 2026 fr")
    assert found is not None
    network = await owner.fetchrow(
        "select n.name, n.id from network n join issued_file f on f.network_id = n.id"
    )
    assert (found.kind, found.issuer) == ("bulletin", network["name"])


async def test_its_figures_are_the_published_rows(
    settings: Settings, edition: UUID, owner: asyncpg.Connection
) -> None:
    document = await drawn(settings, edition, "en")
    for row in document.rows:
        stored = await owner.fetchrow(
            "select q1, median, q3 from release_row where edition_id = $1 and cohort = '' and variable = $2",
            edition, row.code,
        )  # fmt: skip
        assert row.quartiles is not None
        assert (row.quartiles.q1, row.quartiles.median, row.quartiles.q3) == tuple(stored)
        past = await owner.fetchval(
            "select median from release_row r join edition e on e.id = r.edition_id "
            "where e.name = '2025' and cohort = '' and variable = $1",
            row.code,
        )
        assert row.moved == row.quartiles.median - past
    assert document.families
    assert document.unseen
    assert "Canari" not in str(replace(document, cover=document.cover))


async def test_asking_again_gives_the_same_file(
    settings: Settings, edition: UUID, owner: asyncpg.Connection, manager: NetworkActor
) -> None:
    bulletin = await asked(owner, manager, edition)
    await make(settings, bulletin)
    made = await owner.fetchrow("select document, made_at from bulletin")
    assert await asked(owner, manager, edition) == bulletin
    await make(settings, bulletin)
    assert await owner.fetchrow("select document, made_at from bulletin") == made
    assert bytes(made["document"]) == b"%PDF 2026 fr"


async def test_the_staff_asks_and_every_verified_member_takes_it_away(
    visit: Browser, settings: Settings, edition: UUID, owner: asyncpg.Connection, network: Planted, ines: Person, claire: Actor
) -> None:  # fmt: skip
    here, form = f"{NET}/editions/{edition}/bulletin", {"locale": "fr", "op": str(new_id())}
    async with visit(ines) as browser:
        assert (await browser.send_form(here, form)).status_code == 303
        assert (await browser.send_form(here, form)).status_code == 303
        assert (await browser.send_form(here, form | {"locale": "xx"})).status_code == 404
        assert (await browser.get(here)).status_code == 200
    bulletin = await owner.fetchval("select id from bulletin")
    await make(settings, bulletin)
    own = f"/o/{claire.organisation.slug}/bulletins"
    async with visit(claire.person) as browser:
        assert str(bulletin) not in (await browser.get(own)).text
        assert (await browser.get(f"{own}/{bulletin}")).status_code == 404
        assert (await browser.get(f"{NET}/bulletins/{bulletin}")).status_code == 404
        assert (await browser.get(here)).status_code == 404
        await enrol(owner, network, claire.organisation_id)
        assert str(bulletin) in (await browser.get(own)).text
        assert (await browser.get(f"{own}/{bulletin}")).content == b"%PDF 2026 fr"
    async with visit(ines) as browser:
        assert (await browser.get(f"{NET}/bulletins/{bulletin}")).content == b"%PDF 2026 fr"


async def test_whoever_knows_most_of_a_batch_is_not_given_it(
    visit: Browser, settings: Settings, edition: UUID, owner: asyncpg.Connection, manager: NetworkActor, network: Planted,
    claire: Actor,
) -> None:  # fmt: skip
    bulletin = await asked(owner, manager, edition)
    await make(settings, bulletin)
    await enrol(owner, network, claire.organisation_id)
    for member in network.members[:45]:
        await owner.execute(
            "insert into membership (id, organisation_id, person_id, role, created_at) values ($1, $2, $3, 'reader', now())",
            new_id(), member, claire.person_id,
        )  # fmt: skip
    async with visit(claire.person) as browser:
        own = f"/o/{claire.organisation.slug}/bulletins"
        assert str(bulletin) not in (await browser.get(own)).text
        assert (await browser.get(f"{own}/{bulletin}")).status_code == 404


async def test_staff_who_know_most_of_a_batch_elsewhere_are_not_given_it_either(
    visit: Browser, settings: Settings, edition: UUID, owner: asyncpg.Connection, manager: NetworkActor, network: Planted,
    ines: Person,
) -> None:  # fmt: skip
    bulletin = await asked(owner, manager, edition)
    await make(settings, bulletin)
    await owner.executemany(
        "insert into membership (id, organisation_id, person_id, role, created_at) values ($1, $2, $3, 'reader', now())",
        [(new_id(), member, ines.person_id) for member in network.members[:45]],
    )
    async with visit(ines) as browser:
        page = await browser.get(f"{NET}/editions/{edition}/bulletin")
        assert f"/bulletins/{bulletin}" not in page.text
        assert (await browser.get(f"{NET}/bulletins/{bulletin}")).status_code == 404


async def test_a_networks_pale_colour_is_printed_darker(settings: Settings, edition: UUID, owner: asyncpg.Connection, network: Planted) -> None:  # fmt: skip
    await owner.execute("delete from network_look")
    await owner.execute(
        "insert into network_look (id, name, accent, logo_media_type) values ($1, '', '#2f8f87', '')",
        network.id,
    )
    document = await drawn(settings, edition, "fr")
    assert check_accent(document.cover.issuer.accent) == document.cover.issuer.accent


async def test_a_query_that_forgets_shows_made_bulletins_to_verified_members_alone(
    settings: Settings, edition: UUID, owner: asyncpg.Connection, manager: NetworkActor, network: Planted, claire: Actor
) -> None:  # fmt: skip
    bulletin = await asked(owner, manager, edition)

    async def seen() -> int:
        async with reading(claire):
            return len(await select("select id from bulletin"))

    await enrol(owner, network, claire.organisation_id, verified=False)
    await make(settings, bulletin)
    assert await seen() == 0
    await owner.execute("update network_member set verified_at = now() where organisation_id = $1", claire.organisation_id)  # fmt: skip
    assert await seen() == 1
    await owner.execute("update bulletin set state = 'queued'")
    assert await seen() == 0
    only_reading.set(False)
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(claire):
            await bulletins.Kept.create(
                id=new_id(), network_id=network.id, edition_id=edition, locale="en", asked_at=bulletins.now()
            )
