"""The results pages, as a browser gets them: with and without peers, withheld, capped, for strangers."""

import csv
import io
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from litestar import Litestar

from palier.app import create_app
from palier.assessments.flows.ranges import range_of
from palier.assessments.flows.rounds import load_round, rounds_of
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.peers import Peers, PeerView
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.settings import Settings
from palier.scoring.rules.answers import State
from tests.assessments.rounds import LEVELS_2024, LEVELS_2025, LEVELS_2026, drafts, peers_for, plant
from tests.conftest import Browser

HERE = "/o/transports-du-val"
Publisher = Callable[..., AbstractAsyncContextManager[None]]


@pytest.fixture
async def two_rounds(claire: Actor) -> list[Assessment]:
    """Service excellence in 2025 and 2026, submitted."""
    return [
        await plant(claire, "2025", drafts(LEVELS_2025)),
        await plant(claire, "2026", drafts(LEVELS_2026)),
    ]


@pytest.fixture(scope="module")
def compared(settings: Settings) -> tuple[Litestar, list[Peers]]:
    """An application that asks the last of these publishers for peers."""
    publishers: list[Peers] = []

    async def last(actor: Actor, assessment: Assessment) -> PeerView | None:
        return await publishers[-1](actor, assessment)

    return create_app(settings, peers=last), publishers


@pytest.fixture
def published(
    stage: Litestar, compared: tuple[Litestar, list[Peers]], monkeypatch: pytest.MonkeyPatch
) -> Publisher:
    """`async with published("2026"):` peers exist for the rounds of those names."""
    other, publishers = compared

    @asynccontextmanager
    async def publish(*names: str, **options: Any) -> AsyncIterator[None]:
        publishers.append(peers_for(*names, **options))
        with monkeypatch.context() as patch:
            patch.setattr(stage, "asgi_handler", other.asgi_handler)
            yield

    return publish


async def text_of(visit: Browser, who: Actor | None, address: str, **options: Any) -> str:
    async with visit(who) as browser:
        answer = await browser.get(HERE + address, **options)
        assert answer.status_code == 200, answer.text
        return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


async def test_a_round_carries_its_stored_result_and_the_rounds_before(
    two_rounds: list[Assessment], claire: Actor
) -> None:
    async with reading(claire):
        one = await load_round(claire, "sx-2026")
        every = await rounds_of(claire, "SX")
    assert [before.name for before in one.history] == ["2025", "2026"]
    assert one.result == every[-1].result
    assert not one.provisional
    assert len(one.answers) == 34


async def test_an_open_round_is_scored_on_the_way_and_follows_the_submitted_ones(
    two_rounds: list[Assessment], claire: Actor
) -> None:
    await plant(claire, "2027", drafts("444"), submitted=False)
    async with reading(claire):
        one = await load_round(claire, "sx-2027")
    assert (one.provisional, one.result.node("SX1.1").score, one.result.score) == (True, 75, None)
    assert one.previous is not None
    assert one.previous.name == "2026"


async def test_the_overview_shows_the_score_and_its_sum(
    two_rounds: list[Assessment], visit: Browser, sophie: Actor
) -> None:
    page = await text_of(visit, sophie, "/e/sx-2026/results")
    assert "50,9<span" in page
    assert "Pourquoi 50,9 ?" in page
    assert "Niveau 3, Structuré" in page
    assert "Depuis 2025" in page
    assert "Pas encore de pairs pour comparer." in page
    assert "Bâtir le plan" not in page  # a reader adopts nothing


async def test_with_peers_the_overview_shows_their_box_and_the_quarter(
    two_rounds: list[Assessment], visit: Browser, claire: Actor, published: Publisher
) -> None:
    async with published("2026", hidden={"SX1.1"}):
        page = await text_of(visit, claire, "/e/sx-2026/results")
    assert "Pairs : Transport de voyageurs, France, 40 à 79 organisations, édition 2026." in page
    assert "2ᵉ quart" in page
    assert page.count('class="c-box"') == 9 + 2  # nine strips and two legends: one element is hidden
    assert "Masqué" in page
    assert "Écart aux pairs" in page


async def test_an_open_round_is_never_compared_with_peers(
    claire: Actor, visit: Browser, published: Publisher
) -> None:
    await plant(claire, "2026", drafts(LEVELS_2026), submitted=False)
    async with published("2026"):
        page = await text_of(visit, claire, "/e/sx-2026/results")
    assert "Provisoire" in page
    assert 'class="c-box"' not in page
    assert "quart" not in page.lower().replace("quartile", "")


async def test_a_first_round_says_that_the_change_comes_later(claire: Actor, visit: Browser) -> None:
    await plant(claire, "2026", drafts(LEVELS_2026))
    page = await text_of(visit, claire, "/e/sx-2026/results")
    assert "Première campagne" in page
    assert "Une seule campagne" in await text_of(visit, claire, "/e/sx-2026/history")


async def test_too_few_answers_withhold_the_score_and_say_why(claire: Actor, visit: Browser) -> None:
    await plant(claire, "2026", drafts("33-2-2433--2", "FL"), questionnaire="FL")
    page = await text_of(visit, claire, "/e/fl-2026/results")
    assert "Score non calculé" in page
    assert "66 % de réponses ; il en faut 80 % pour un score." in page
    assert 'class="ladder"' not in page
    assert "Pourquoi pas de score ?" in page


async def test_a_gate_that_caps_the_level_names_its_criterion(claire: Actor, visit: Browser) -> None:
    await plant(claire, "2026", drafts("444 444 444 44444 244 44444 44 444 444 4444"))
    page = await text_of(visit, claire, "/e/sx-2026/results")
    assert "Niveau 3, Structuré" in page
    assert "Le score atteint le niveau 4 ; le niveau reste à 3." in page
    assert f'<a class="num" href="{HERE}/e/sx-2026/why/SX3.1.1">SX3.1.1</a>' in page


async def test_three_rounds_draw_a_line(claire: Actor, visit: Browser, two_rounds: list[Assessment]) -> None:
    await plant(claire, "2024", drafts(LEVELS_2024))
    page = await text_of(visit, claire, "/e/sx-2026/results")
    assert "Votre score : 22,1 en 2024, 33,8 en 2025 et 50,9 en 2026." in page


async def test_sorting_swaps_the_table_alone_and_works_as_a_page(
    two_rounds: list[Assessment], visit: Browser, claire: Actor
) -> None:
    whole = await text_of(visit, claire, "/e/sx-2026/results?sort=-score")
    part = await text_of(visit, claire, "/e/sx-2026/results?sort=-score", headers={"hx-request": "true"})
    section = part[: part.index("</section>")].strip()
    assert section in whole
    assert 'aria-sort="descending"' in section
    assert section.index("SX3.1<") < section.index("SX3.3<")
    assert "<html" not in part
    assert "10 éléments, par score" in part


async def test_an_element_shows_its_criteria_and_what_one_level_more_gives(
    two_rounds: list[Assessment], visit: Browser, claire: Actor, published: Publisher
) -> None:
    async with published("2026"):
        page = await text_of(visit, claire, "/e/sx-2026/results/SX3.3")
    assert "30 · <strong>50</strong> · 70" in page
    assert "+1,3 pt" in page
    assert "Constat au niveau 1" in page
    assert "1,25 sur 50,9" in page


async def test_why_shows_the_chain_the_history_and_the_levers(
    two_rounds: list[Assessment], visit: Browser, claire: Actor
) -> None:
    page = await text_of(visit, claire, "/e/sx-2026/why/SX3.3.2")
    assert "1,25 des 50,9 points viennent d’ici" in page
    assert "Un niveau de plus : +1,3 point" in page
    assert "Claire Lambert" in page
    assert "Sans réponse" in page  # from: nothing
    assert 'id="levers"' in page
    assert "Le calcul, critère par critère" in await text_of(visit, claire, "/e/sx-2026/why/total")


async def test_why_names_what_does_not_apply_and_its_reason(claire: Actor, visit: Browser) -> None:
    answers = drafts(LEVELS_2026) | {
        "SX3.3.1": Draft(state=State.NA, reason="Pas d’essais dans ce périmètre")
    }
    await plant(claire, "2026", answers)
    beside = await text_of(visit, claire, "/e/sx-2026/why/SX3.3.2")
    assert "Écartés au passage" in beside
    assert "Pas d’essais dans ce périmètre" in beside
    itself = await text_of(visit, claire, "/e/sx-2026/why/SX3.3.1")
    assert "Ce critère n’apporte pas de points au score global" in itself


async def test_two_rounds_are_compared_on_common_criteria(
    two_rounds: list[Assessment], visit: Browser, claire: Actor
) -> None:
    page = await text_of(visit, claire, "/compare")  # the last two by default
    assert "10 éléments sur 10 progressent" in page
    assert "24 critères progressent, 0 recule, 10 gardent leur niveau." in page
    named = await text_of(visit, claire, "/compare?a=sx-2025&b=sx-2026")
    assert named.partition("</main>")[0] == page.partition("</main>")[0]


async def test_different_questionnaires_are_not_compared(
    two_rounds: list[Assessment], visit: Browser, claire: Actor
) -> None:
    await plant(claire, "2024", drafts("333333333333", "FL"), questionnaire="FL")
    page = await text_of(visit, claire, "/compare?a=fl-2024&b=sx-2026")
    assert "Ces deux campagnes ne se comparent pas" in page


async def test_history_lists_every_round(two_rounds: list[Assessment], visit: Browser, claire: Actor) -> None:
    page = await text_of(visit, claire, "/e/sx-2026/history")
    assert "Votre score : 33,8 en 2025 et 50,9 en 2026." in page
    assert page.count('class="trend-c"') == 1 + 5


async def test_the_file_opens_in_a_spreadsheet_and_runs_nothing(claire: Actor, visit: Browser) -> None:
    answers = drafts(LEVELS_2026) | {"SX1.1.2": Draft(state=State.NA, reason='=HYPERLINK("http://x")')}
    await plant(claire, "2026", answers)
    async with visit(claire) as browser:
        answer = await browser.get(f"{HERE}/e/sx-2026/results.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"] == 'attachment; filename="sx-2026.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + 5 + 10 + 34
    assert list({row["Code"]: row for row in rows}["SX1.1.2"].values())[-1] == '\'=HYPERLINK("http://x")'
    assert not any(cell.startswith(("=", "@", "+")) for row in rows for cell in row.values())


PATHS = ("results", "results.csv", "results/SX1.1", "why/SX1.1.1", "why/total", "history")


@pytest.mark.parametrize("path", PATHS)
async def test_a_stranger_finds_nothing(
    path: str, two_rounds: list[Assessment], visit: Browser, nora: Actor
) -> None:
    async with visit(nora) as browser:
        assert (await browser.get(f"{HERE}/e/sx-2026/{path}")).status_code == 404
        assert (await browser.get(f"/o/clinique-du-lac/e/sx-2026/{path}")).status_code == 404
        answer = await browser.get("/o/clinique-du-lac/compare?a=sx-2025&b=sx-2026")
        assert answer.status_code == 404


@pytest.mark.parametrize("path", ["results/SX9.9", "why/SX9.9.9", "why/SX1"])
async def test_unknown_codes_are_pages_not_found(
    path: str, two_rounds: list[Assessment], visit: Browser, claire: Actor
) -> None:
    async with visit(claire) as browser:
        assert (await browser.get(f"{HERE}/e/sx-2026/{path}")).status_code == 404


async def test_the_overview_shows_how_far_the_score_would_move_and_how_even_it_is(
    two_rounds: list[Assessment], visit: Callable[..., Any], claire: Actor
) -> None:
    async with reading(claire):
        one = await load_round(claire, "sx-2026")
    found = range_of(one)
    text = await text_of(visit, claire, "/e/sx-2026/results")
    assert found is not None
    assert f"entre {found.low} et {found.high}" in text
    assert "Recalculé 2 000 fois avec chaque poids jusqu’à 25 % plus haut ou plus bas" in text
    assert "Équilibre entre dimensions" in text
    assert range_of(one) is found


async def test_an_open_round_that_lacks_answers_says_what_they_are_taken_for(
    visit: Callable[..., Any], claire: Actor
) -> None:
    await plant(claire, "2026", drafts(LEVELS_2026.replace(" 443 ", " --3 ")), submitted=False)
    text = await text_of(visit, claire, "/e/sx-2026/results")
    assert "Les 2 critères sans réponse sont pris n’importe où entre 0 et 100." in text


async def test_without_a_score_no_range_is_shown(visit: Callable[..., Any], claire: Actor) -> None:
    await plant(claire, "2026", drafts("444"), submitted=False)
    text = await text_of(visit, claire, "/e/sx-2026/results")
    assert "Recalculé" not in text
    assert "Équilibre entre" not in text
