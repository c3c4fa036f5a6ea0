"""Figures read off additive cells are those computed straight from the scores, to the byte of the fingerprint."""

import hashlib
import json
import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from benchmarks.networks import USUAL, WIDE, Shape, contributions, drawn
from palier.benchmarks.rules import Edition, publish
from palier.benchmarks.rules.again import Differs, Kept
from palier.benchmarks.rules.again import corrected as erratum
from palier.benchmarks.rules.cells import STEPS, Cells, add_up, cells_of, exchanged, read_cells
from palier.benchmarks.rules.contributions import (
    MISSING,
    Contribution,
    half_up,
    on_grid,
    read_contributions,
    settled,
)
from palier.benchmarks.rules.edition import correct, recomputed
from palier.benchmarks.rules.quartiles import quantiles_of_steps, shown_weights
from tests.benchmarks.direct import direct
from tests.benchmarks.networks import NETWORK, members, next_year

Given = dict[str, Any]
ALIKE = Shape({"one": {"only": 1}}, {"same": 1}, {"FR": 1}, {"company": 1})


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("count", [8, 29, 30, 57, 130])
def test_an_edition_from_cells_has_the_fingerprint_of_one_computed_from_the_scores(
    count: int, seed: int
) -> None:
    given = list(contributions(count, 5, seed, USUAL if seed % 2 else WIDE))
    edition = publish(NETWORK, given, None)
    assert edition.seats
    assert edition.fingerprint() == direct(edition, given).fingerprint()
    again = publish(NETWORK, _few_answers(given, seed), edition)
    assert again.fingerprint() == direct(again, _few_answers(given, seed)).fingerprint()


def _few_answers(given: list[Given], seed: int) -> list[Given]:
    """Most of them say nothing on one variable, so that batches fall under k answers; scores sit on ties of the grid."""
    rng = random.Random(seed)
    return [
        one | {"scores": one["scores"] | {"v00": None if rng.random() < 0.6 else 50, "v01": Decimal(rng.randrange(2000)) / 20}}
        for one in given
    ]  # fmt: skip


def test_a_batch_of_thousands_is_weighed_value_by_value_to_the_same_figures() -> None:
    given = list(contributions(4_200, 3, shape=ALIKE))
    edition = publish(NETWORK, given, None)
    assert len(edition.cells) == 1
    assert edition.fingerprint() == direct(edition, given).fingerprint()


@pytest.mark.long
@pytest.mark.parametrize("shape", [WIDE, USUAL])
def test_a_large_network_has_the_same_figures_from_cells(shape: Shape) -> None:
    given = list(contributions(30_000, 12, shape=shape))
    edition = publish(NETWORK, given, None)
    assert edition.fingerprint() == direct(edition, given).fingerprint()


@pytest.mark.parametrize("n", [40, 333, 2_000])
def test_weighing_values_is_weighing_their_ranks(n: int) -> None:
    tenths = np.sort(drawn(n, 1).tenths[0]).astype(np.float64)
    values, answers = np.unique(tenths, return_counts=True)
    assert quantiles_of_steps(values, np.cumsum(answers)) == pytest.approx(
        tenths @ shown_weights(n), abs=1e-9
    )


def test_cells_add_up_in_any_order_and_any_grouping() -> None:
    tenths = drawn(60, 4, shape=USUAL).tenths
    parts = [cells_of(part, 5) for part in np.split(tenths, 6, axis=1)]
    whole, turned = add_up(parts, 4), add_up(parts[::-1], 4)
    assert whole.counts.tolist() == turned.counts.tolist() == (tenths != MISSING).sum(axis=1).tolist()
    for line in range(4):
        n, lines = int(whole.counts[line]), np.array([line])
        given = np.sort(tenths[line][tenths[line] != MISSING])
        assert whole.ranked(lines, n)[0].tolist() == turned.ranked(lines, n)[0].tolist() == given.tolist()
        assert whole.steps(line)[1][-1] == n


def test_a_variable_with_fewer_than_k_answers_leaves_no_cell() -> None:
    tenths = np.full((2, 8), MISSING, dtype=np.int16)
    tenths[0, :4], tenths[1, :5] = 500, 700
    assert cells_of(tenths, 5).places.tolist() == [STEPS + 700]


def test_cells_come_back_as_they_were_kept_and_refuse_anything_else() -> None:
    one = publish(NETWORK, members(40), None).cells[0]
    assert read_cells(one.stored()) == one
    assert read_cells(b"") == Cells(np.array([], dtype=np.int64), np.array([], dtype=np.int64))
    for broken in (
        one.stored()[:-1],
        one.stored()[8:16] + one.stored()[:8],
        b"\x00\x00\xff\xff\x01\x00\x00\x00",
    ):
        with pytest.raises(ValueError, match=r"cells|buffer"):
            read_cells(broken)


def test_cells_are_the_same_whoever_of_a_batch_gave_what() -> None:
    given = members(60)
    edition = publish(NETWORK, given, None)
    exchanged = publish(NETWORK, _exchanged(edition, given), None)
    assert exchanged.cells == edition.cells
    assert [one.stored() for one in exchanged.cells] == [one.stored() for one in edition.cells]


def _exchanged(edition: Edition, given: list[Given]) -> list[Given]:
    """Each variable of each batch dealt out anew among its members: cells do not even tell which scores were given together."""
    rng, of_member = random.Random(3), {one["member"]: dict(one["scores"]) for one in given}
    for batch in {seat.batch for seat in edition.seats}:
        mates = [seat.member for seat in edition.seats if seat.batch == batch]
        for variable in edition.variables:
            values = [of_member[mate][variable] for mate in mates]
            rng.shuffle(values)
            for mate, value in zip(mates, values, strict=True):
                of_member[mate] = of_member[mate] | {variable: value}
    return [one | {"scores": of_member[one["member"]]} for one in given]


@pytest.mark.parametrize("seed", range(4))
def test_an_erratum_from_the_cells_that_changed_is_the_erratum_from_all_scores(seed: int) -> None:
    given = members(150, seed)
    edition = publish(NETWORK, given, None)
    anew = {one["member"]: one for one in next_year(given, seed) if not one["member"].startswith("n")}
    wrong = {1, len(edition.cells)}
    corrected = [anew.get(one["member"], one) if _batch(edition, one) in wrong else one for one in given]
    whole = correct(edition, corrected)
    changed = {number: whole.cells[number - 1] for number in wrong}
    assert recomputed(edition, changed).fingerprint() == whole.fingerprint() != edition.fingerprint()
    assert recomputed(edition, changed).cells == whole.cells
    before = {number: edition.cells[number - 1] for number in wrong}
    again = erratum(_kept(edition), before, changed)
    assert again.fingerprint == direct(edition, corrected).fingerprint()
    assert again.changed == {key: whole.releases[key] for key in again.changed}
    assert all(
        rows == edition.releases[key] for key, rows in whole.releases.items() if key not in again.changed
    )


def _kept(edition: Edition) -> Kept:
    """What a database holds of an edition for its erratum, and no more."""
    cells = [read_cells(one.stored()) for one in edition.cells]
    return Kept(edition.k, list(edition.priority), list(edition.variables), list(edition.told()), cells)


@pytest.mark.parametrize(("count", "shape"), [(60, USUAL), (4_200, ALIKE)])
def test_an_erratum_computes_the_variables_that_changed_as_if_it_computed_all(
    count: int, shape: Shape
) -> None:
    """One variable of one batch is exchanged, loses its answers, or gets some: small sums and large ones."""
    edition = publish(NETWORK, list(contributions(count, 4, shape=shape)), None)
    number = len(edition.cells)
    one = edition.cells[number - 1]
    others = Cells(*(part[one.places // STEPS != 2] for part in (one.places, one.answers)))
    lower = Cells(
        np.where(one.places // STEPS == 2, 2 * STEPS + np.arange(len(one.places)) % 40, one.places),
        one.answers,
    )
    lower = cells_of(_tenths(lower, 4), 1)
    for before, after in ((one, others), (one, lower), (others, one)):
        published = recomputed(edition, {number: before})
        again = erratum(_kept(published), {number: before}, {number: after})
        assert again.fingerprint == recomputed(published, {number: after}).fingerprint()


def _tenths(cells: Cells, variables: int) -> np.ndarray:
    """Answers that have these cells, a line a variable."""
    added = add_up([cells], variables)
    tenths = np.full((variables, int(added.counts.max())), MISSING)
    for variable in range(variables):
        tenths[variable, : added.counts[variable]] = added.ranked(
            np.array([variable]), int(added.counts[variable])
        )
    return tenths


def test_what_was_kept_and_is_not_what_was_published_gives_no_erratum() -> None:
    edition = publish(NETWORK, members(150), None)
    kept, (first, second, *_) = _kept(edition), edition.cells
    with pytest.raises(Differs, match="cells of a batch"):
        erratum(kept, {1: second}, {1: first})
    with pytest.raises(Differs):
        erratum(replace(kept, cells=[first, first, *kept.cells[2:]]), {1: first}, {1: second})
    with pytest.raises(ValueError, match="no part of the sum"):
        exchanged(add_up([first], len(edition.variables)), [second], [])


def _batch(edition: Edition, one: Given) -> int:
    return next(seat.batch for seat in edition.seats if seat.member == one["member"])


def test_cohorts_that_hold_no_changed_batch_are_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = publish(NETWORK, members(150), None)
    computed: list[tuple[int, ...]] = []
    inner = __import__("palier.benchmarks.rules.release", fromlist=["figures"]).figures
    monkeypatch.setattr(
        "palier.benchmarks.rules.release.figures",
        lambda cells, batches, *more: computed.append(batches) or inner(cells, batches, *more),
    )
    recomputed(edition, {2: edition.cells[1]})
    unions = {rows[0].batches for rows in edition.releases.values()}
    assert sorted(computed) == sorted(union for union in unions if 2 in union)
    assert len(computed) < len(unions)


def test_a_batch_that_is_not_there_is_refused() -> None:
    edition = publish(NETWORK, members(40), None)
    with pytest.raises(KeyError, match="no batch 99"):
        recomputed(edition, {99: edition.cells[0]})
    with pytest.raises(KeyError, match="no batch 1"):
        recomputed(replace(edition, cells=()), {1: edition.cells[0]})


@pytest.mark.parametrize(
    "text", ["0", "100", "62.4", "187/3", "1247/20", "2495/4", "1/20", "1999/20", "3999/40"]
)
def test_a_score_settled_when_it_is_read_lands_where_the_exact_one_does(text: str) -> None:
    exact = min(Fraction(text), Fraction(100))
    one = {"v": settled(str(exact))}
    (tenth,) = on_grid([Contribution("m", "m", {}, one)], ["v"])[0]
    assert tenth == half_up(exact, 10)


def test_tenths_and_cells_hold_the_same_answers() -> None:
    given = read_contributions(members(40))
    tenths = on_grid(given, ("SX", "SX1", "SX2"))
    assert cells_of(tenths, 5).answers.sum() == 120


def test_the_fingerprint_is_that_of_the_rows_as_one_json_text() -> None:
    edition = publish(NETWORK, members(150), None)
    lines = [
        [row.cohort_key, row.variable, row.n_band, row.p10, row.q1, row.median, row.q3, row.p90, row.batches]
        for row in edition.rows()
    ]
    text = json.dumps([edition.k, list(edition.priority), lines], ensure_ascii=False, separators=(",", ":"))
    assert edition.fingerprint() == hashlib.sha256(text.encode()).hexdigest()
    assert (
        publish(NETWORK, members(3), None).fingerprint()
        == hashlib.sha256(b'[8,["family","sector","size","country","legal_kind"],[]]').hexdigest()
    )
