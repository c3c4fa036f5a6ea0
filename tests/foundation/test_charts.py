"""Charts say what they should, hide what they must, and obey the content-security policy."""

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from palier.foundation import language
from palier.foundation.charts.bars import contribution, key, kpi, level_chip, progress, quarter_cells
from palier.foundation.charts.drawing import Box, Ruler, element, tenth, whole
from palier.foundation.charts.gallery import GALLERY
from palier.foundation.charts.shapes import Axis, Round, radar, trend
from palier.foundation.charts.standing import (
    Mark,
    ladder,
    mover,
    position,
    projection,
    reach_of,
    strip,
    votes,
)

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "charts_golden"
NAMES = ["Initial", "Émergent", "Structuré", "Maîtrisé", "Exemplaire"]
PEERS = Box(49, 58, 67)
MANY_PEERS = Box(49, 58, 67, 38, 78)
AXES = [Axis(f"SX{n}", f"Élément {n}", 40 + 6 * n, Box(35 + n, 48 + n, 60 + n)) for n in range(1, 6)]

CHARTS: dict[str, Callable[[int | None], Markup]] = {
    "ladder": lambda width: ladder(62.4, NAMES, label="62,4", width=width),
    "strip": lambda width: strip(62.4, MANY_PEERS, label="62,4", last=58, width=width),
    "position": lambda width: position(
        Mark(62.4, "Vous 62,4"), MANY_PEERS, last=Mark(58, "2025"), label="x", width=width
    ),
    "projection": lambda width: projection(
        Mark(62.4, "62,4"), Mark(68.5, "visé 68,5"), last=55, median=58, label="x", width=width
    ),
    "radar": lambda width: radar(AXES, label="Profil", width=width),
    "trend": lambda width: trend(
        [Round("2025", 58, 57), Round("2026", 62.4, 58)], median_words="médiane", label="x", width=width
    ),
    "mover": lambda width: mover(7.2, 2, width=width),
    "votes": lambda width: votes([2, 3, 3, 4], mine=3, label="x", width=width),
    "progress": lambda width: progress(56, label="x", width=width),
    "kpi": lambda width: kpi(5, 3, 1, label="x", width=width),
    "contribution": lambda width: contribution(12.4, 20, label="x", width=width),
    "quarter_cells": lambda _: quarter_cells(3),
    "level_chip": lambda _: level_chip(4),
    "key": lambda _: key("target"),
}


@pytest.fixture(autouse=True)
def french() -> None:
    language.use("fr")


def tree(svg: Markup) -> ElementTree.Element:
    """The svg as XML, after its namespace is dropped; also proves that it is well formed."""
    return ElementTree.fromstring(re.sub(r' xmlns="[^"]+"', "", svg))  # noqa: S314


def texts(svg: Markup) -> list[str]:
    return ["".join(text.itertext()) for text in tree(svg).iter("text")]


@pytest.mark.parametrize("width", [None, 400])
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_well_formed_and_carries_no_style(name: str, width: int | None) -> None:
    svg = CHARTS[name](width)
    for shape in tree(svg).iter():
        assert "style" not in shape.attrib
        assert not any(attribute.startswith("on") for attribute in shape.attrib)
    assert "<style" not in svg


@pytest.mark.parametrize("width", [None, 400])
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_an_image_with_words_or_hidden(name: str, width: int | None) -> None:
    root = tree(CHARTS[name](width)).attrib
    assert root.get("aria-hidden") == "true" or (root["role"] == "img" and root["aria-label"])


@pytest.mark.parametrize("name", CHARTS)
def test_a_fixed_width_chart_has_no_percentage_and_names_its_colours_and_font(name: str) -> None:
    svg = CHARTS[name](400)
    root = tree(svg)
    assert not any(value.endswith("%") for shape in root.iter() for value in shape.attrib.values())
    painted = [
        shape for shape in root.iter() if shape.tag in {"rect", "circle", "line", "polygon", "path", "text"}
    ]
    for shape in painted:
        assert any(re.fullmatch("#[0-9A-F]{6}", shape.get(paint, "")) for paint in ("fill", "stroke")), (
            shape.attrib
        )
    if root.find(".//text") is not None:
        assert root.get("font-family", "").startswith("Inter")


@pytest.mark.parametrize("name", ["ladder", "strip", "mover", "level_chip"])
def test_a_small_chart_is_drawn_as_before(name: str) -> None:
    assert str(CHARTS[name](None)) == (GOLDEN / f"{name}.svg").read_text().strip()


def test_no_template_carries_a_style() -> None:
    for template in (ROOT / "templates").rglob("*.html"):
        assert not re.search(r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']", template.read_text()), template


def test_templates_may_draw_every_chart() -> None:
    assert set(CHARTS) <= set(GALLERY)


# --- what peers may lose --------------------------------------------------------------------------------


def test_peers_are_drawn_from_whole_points_whatever_is_given() -> None:
    exact = Box(Fraction(4867, 100), Decimal("58.2"), 66.6, 37.9, 78.4)
    assert strip(62.4, exact, label="x") == strip(62.4, Box(49, 58, 67, 38, 78), label="x")
    shown = Mark(62.4, "62,4")
    assert position(shown, exact, label="x") == position(shown, Box(49, 58, 67, 38, 78), label="x")
    assert mover(7.2, 1.9) == mover(7.2, 2)
    assert projection(shown, shown, median=58.4, label="x") == projection(shown, shown, median=58, label="x")


def test_a_radar_and_a_trend_round_peers_too() -> None:
    fine = [Axis(axis.code, axis.short, axis.you, Box(40.4, 50.3, 60.2)) for axis in AXES]
    plain = [Axis(axis.code, axis.short, axis.you, Box(40, 50, 60)) for axis in AXES]
    assert radar(fine, label="x") == radar(plain, label="x")
    assert trend([Round("2026", 60, 58.4)], label="x") == trend([Round("2026", 60, 58)], label="x")


def test_the_line_from_p10_to_p90_appears_only_when_both_are_published() -> None:
    assert "c-peer2" in strip(62.4, MANY_PEERS, label="x")
    assert "c-peer2" not in strip(62.4, PEERS, label="x")
    assert "c-peer2" not in strip(62.4, Box(49, 58, 67, p10=38), label="x")
    assert "10\u00a0%" not in texts(position(Mark(62, "62"), PEERS, label="x"))
    assert "10\u00a0%" in texts(position(Mark(62, "62"), MANY_PEERS, label="x"))


def test_hidden_peers_leave_only_you() -> None:
    alone = strip(62.4, label="x")
    assert "c-box" not in alone
    assert "c-med" not in alone
    assert "c-mark" in alone


# --- what is drawn --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "rounded"), [(62.45, "62.5"), (Fraction(1, 3), "0.3"), (Decimal("0.05"), "0.1")]
)
def test_your_score_is_drawn_to_a_tenth_half_up(value: float | Fraction | Decimal, rounded: str) -> None:
    assert tenth(value) == Fraction(rounded)


def test_whole_points_are_half_up() -> None:
    assert [whole(value) for value in (0.5, 1.5, 2.5, Fraction(99, 2), -1.5)] == [1, 2, 3, 50, -1]


def test_a_ruler_keeps_marks_inside() -> None:
    assert [Ruler().at(value) for value in (-4, 0, 62.4, 104)] == ["0%", "0%", "62.4%", "100%"]
    assert Ruler(width=300).at(50) == "150"
    assert Ruler(None, -10, 10).at(0) == "50%"


def test_the_ladder_has_five_bands_at_the_thresholds_of_the_definition() -> None:
    bands = list(tree(ladder(50, NAMES, label="x", thresholds=(10, 30, 55, 85))).iter("rect"))
    assert [band.get("x") for band in bands] == ["0%", "10%", "30%", "55%", "85%"]
    assert sum(float(str(band.get("width")).rstrip("%")) for band in bands) == 100


def test_a_score_that_is_not_there_leaves_no_dot() -> None:
    assert "c-mark" not in strip(None, PEERS, label="x")


def test_words_of_people_are_escaped() -> None:
    wicked = '<script>"'
    for svg in (
        ladder(50, [wicked, *NAMES[1:]], label=wicked),
        position(Mark(50, wicked), PEERS, label=wicked),
        radar([Axis(wicked, wicked, 50)] * 3, label=wicked),
        trend([Round(wicked, 50)], label=wicked),
    ):
        assert "<script" not in svg
        assert tree(svg).get("aria-label") == wicked
    assert element("text", wicked) == Markup("<text>&lt;script&gt;&#34;</text>")


def test_numbers_are_written_in_the_language_of_the_reader() -> None:
    assert "62,4" in texts(trend([Round("2026", 62.4)], label="x"))
    language.use("en")
    assert "62.4" in texts(trend([Round("2026", 62.4)], label="x"))
    assert "25%" in texts(position(Mark(62, "62"), PEERS, label="x"))


def test_labels_of_close_quartiles_give_way() -> None:
    close = texts(position(Mark(62, "62"), Box(56, 58, 61), label="x"))
    assert "50\u00a0%" not in close
    assert {"25\u00a0%", "75\u00a0%"} <= set(close)


def test_a_radar_prints_each_score_and_keeps_the_order() -> None:
    words = " ".join(texts(radar(AXES, label="x")))
    assert re.findall(r"SX\d", words) == ["SX1", "SX2", "SX3", "SX4", "SX5"]
    assert "46,0" in words


def test_a_radar_with_a_gap_keeps_it() -> None:
    gap = [Axis("SX1", "Un", None), *AXES[1:]]
    svg = radar(gap, label="x")
    assert "c-area" not in svg
    assert "c-band" not in svg, "peers are drawn on every axis or on none"
    assert svg.count('class="c-you"') == 4


@pytest.mark.parametrize("count", [0, 2, 10])
def test_a_radar_of_too_few_or_too_many_axes_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="3 to 9"):
        radar(AXES[:1] * count, label="x")


def test_an_indicator_that_should_fall_advances_by_falling() -> None:
    half = tree(kpi(5, 3, 1, label="x"))
    assert [rect.get("width") for rect in half.iter("rect")] == ["100%", "50%"]
    reached = [rect.get("width") for rect in tree(kpi(5, 5, 5, label="x")).iter("rect")]
    assert reached == ["100%", "100%"]
    backwards = [rect.get("width") for rect in tree(kpi(0, -3, 10, label="x")).iter("rect")]
    assert backwards == ["100%", "0%"]


def test_one_round_is_a_dot_and_two_are_a_line() -> None:
    assert "c-you-l" not in trend([Round("2026", 60)], label="x")
    assert trend([Round("2025", 50), Round("2026", 60)], label="x").count("c-you-l") == 1


def test_movers_of_one_table_share_their_reach() -> None:
    assert reach_of([]) == 5
    assert reach_of([7.2, -11]) == 15


def test_my_vote_is_the_one_in_colour() -> None:
    assert votes([2, 3, 3, 4], mine=3, label="x").count('class="c-you"') == 1
    assert votes([2, 3, 3, 4], label="x").count('class="c-you"') == 0
