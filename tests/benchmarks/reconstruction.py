"""Bayesian reconstruction: everything an edition ever shows, a stated prior, and what they leave of each score.

Two attackers. `certain_given_batches` is told more than anything published within one campaign can tell: each batch's exact
scores, only not whose they are; it enumerates exactly. `reconstruct` reads published figures alone, of one campaign or of
several, and samples every score from its posterior (Gibbs over the half-point grid and exchanges, several chains, annealed).
"""

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from palier.benchmarks.rules import publish
from palier.benchmarks.rules.quartiles import rank_weights, whole_points
from tests.benchmarks import naive
from tests.benchmarks.networks import NETWORK, SECTORS, VARIABLES, Given, members, questions

GRID = 0.5
VALUES = np.arange(0, 100 + GRID, GRID)
EDGES = np.arange(len(VALUES) - 1)
"""Thresholds of the grid: a score of index v lies above the edges 0 to v - 1."""

SPREAD, BETWEEN, CENTRE = 14.0, 8.0, 55.0
"""The prior, in points: a score is normal around its sector's mean, and the attacker knows every sector's mean."""

CERTAIN, WITHIN = 0.99, 1
"""Recovered with certainty: posterior of at least .99 within one step of the grid (±0.5 point), and true."""

NEAR = 10
"""Steps of the grid in five points."""

QUANTILES = {"p10": 0.1, "q1": 0.25, "median": 0.5, "q3": 0.75, "p90": 0.9}
Engine = Callable[..., Any]


# --- the world: members whose scores never change, the worst case over time ---------------------------------------------


def means(seed: int) -> dict[str, float]:
    rng = random.Random(seed)
    return {sector: rng.gauss(CENTRE, BETWEEN) for family in SECTORS.values() for sector in family}


def campaigns(count: int, seed: int, years: int = 1) -> tuple[list[list[Given]], dict[str, float]]:
    """`years` campaigns of a network of `count`: each year 6 % leave, 12 % skip, 10 % join; scores stay as they are."""
    rng, of_sector = random.Random(seed), means(seed)

    def scored(joining: list[Given]) -> list[Given]:
        drawn = ((one, rng.gauss(of_sector[one["sector"]], SPREAD)) for one in joining)
        return [one | {"scores": {VARIABLES[0]: _on_grid(score)}} for one, score in drawn]

    present = scored(members(count, seed))
    found = [present]
    for year in range(1, years):
        joining = members(max(1, count // 10), seed * 10 + year, prefix=f"j{year}-")
        present = [one for one in present if rng.random() > 0.06] + scored(joining)
        found.append([one for one in present if rng.random() > 0.12])
    return found, of_sector


def _on_grid(score: float) -> float:
    return float(VALUES[round(min(100.0, max(0.0, score)) / GRID)])


# --- what is published, as an attacker who can read the code writes it down ---------------------------------------------


@dataclass(frozen=True, slots=True)
class Clue:
    """One published figure: of whom, the weight of each rank in it, its value, and how far off the truth may be."""

    members: tuple[str, ...]
    weights: tuple[float, ...]
    shown: float
    slack: float


def clues_of_sealed(edition: Any) -> list[Clue]:
    """Every row of the edition, whoever may read it: nearest peers included."""
    of_batch: dict[int, list[str]] = {}
    for seat in edition.seats:
        of_batch.setdefault(seat.batch, []).append(seat.member)
    rows = {row.batches: row for row in edition.rows() if row.variable == VARIABLES[0] and row.batches}
    return [
        Clue(known, harrell_davis_weights(len(known), p), shown, 0.5)
        for batches, row in rows.items()
        for known in [tuple(name for batch in batches for name in of_batch[batch])]
        for name_, p in QUANTILES.items()
        if (shown := getattr(row, name_)) is not None
    ]


def clues_of_batches(edition: Any) -> list[Clue]:
    """More than is published: the three quartiles of every batch by itself, rounded like all others."""
    of_batch: dict[int, list[str]] = {}
    for seat in edition.seats:
        of_batch.setdefault(seat.batch, []).append(seat.member)
    found = clues_of_sealed(edition)
    for mates in of_batch.values():
        ranked = np.sort([float(edition.own_scores[name][VARIABLES[0]]) for name in mates])
        for p in (0.25, 0.5, 0.75):
            weights = harrell_davis_weights(len(mates), p)
            shown = int(whole_points(np.array([10 * float(ranked @ np.array(weights))]))[0])
            found.append(Clue(tuple(mates), weights, shown, 0.5))
    return found


def clues_of_naive(edition: Any) -> list[Clue]:
    """Every filter that is answered as asked: its figures are scores of someone."""
    found = []
    for asked in questions(edition.contributions):
        standing = edition.standing("nobody", asked)
        if standing.cohort == asked:
            known = tuple(one["member"] for one in edition.contributions if asked.items() <= one.items())
            figure = standing.figures[VARIABLES[0]]
            found += [
                Clue(known, rank_alone(len(known), p), getattr(figure, name), 0.01)
                for name, p in QUANTILES.items()
            ]
    return found


@cache
def harrell_davis_weights(n: int, p: float) -> tuple[float, ...]:
    return tuple(rank_weights(n, p).tolist())


@cache
def rank_alone(n: int, p: float) -> tuple[float, ...]:
    return tuple(float(rank == round(p * (n - 1))) for rank in range(n))


# --- the attacker who reads published figures ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Haul:
    """What an attack got, of `targets` scores: recovered with certainty, claimed so and wrong, told within five points."""

    targets: int
    sure: int
    wrong: int
    near: int

    def __add__(self, other: "Haul") -> "Haul":
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return Haul(*(one + two for one, two in pairs))

    def __str__(self) -> str:
        share = 100 / max(1, self.targets)
        return f"{self.targets} scores: sure {self.sure * share:.1f} %, within 5 points {self.near * share:.0f} %, wrong claims {self.wrong}"


def attack(
    engine: Engine, clues_of: Callable[[Any], list[Clue]], count: int, seed: int, years: int = 1, *, k: int = 5,
    known: Callable[[Sequence[Any]], Collection[str]] | None = None, sweeps: int = 60,
) -> Haul:  # fmt: skip
    """Publish `years` campaigns, gather every figure, reconstruct. The attacker knows its own score (or those of `known`)."""
    given, of_sector = campaigns(count, seed, years)
    editions: list[Any] = []
    for campaign in given:
        editions.append(engine(NETWORK | {"k": k}, campaign, editions[-1] if editions else None))
    everyone = {one["member"]: one for campaign in given for one in campaign}
    truth = {name: one["scores"][VARIABLES[0]] for name, one in everyone.items()}
    prior = {name: of_sector[one["sector"]] for name, one in everyone.items()}
    clues = [clue for edition in editions for clue in clues_of(edition)]
    own = known(editions) if known else {min(everyone)}
    return reconstruct(clues, prior, truth, own, seed, sweeps)


def reconstruct(
    clues: Sequence[Clue], prior: Mapping[str, float], truth: Mapping[str, float], known: Collection[str],
    seed: int, sweeps: int = 60, chains: int = 12,
) -> Haul:  # fmt: skip
    """Sample every unknown score given all clues; count what the posterior tells. `truth` is used to keep score alone."""
    sampler = _Sampler(clues, prior, {name: truth[name] for name in known}, seed, chains)
    counts = sampler.run(sweeps)
    classes = sampler.alike()
    haul = Haul(0, 0, 0, 0)
    for name, place in sampler.place.items():
        if name not in known:
            # Members whom nothing published tells apart have one posterior: their samples are pooled.
            posterior = counts[classes[name]].sum(axis=0)
            haul += _told(posterior / posterior.sum(), round(truth[name] / GRID))
        assert place >= 0
    return haul


def _told(posterior: NDArray[np.float64], truth: int) -> Haul:
    windows = np.convolve(posterior, np.ones(2 * WITHIN + 1), mode="same")
    claim = int(windows.argmax())
    certain = bool(windows[claim] >= CERTAIN)
    right = abs(claim - truth) <= WITHIN
    middle = int(np.searchsorted(np.cumsum(posterior), 0.5))
    return Haul(1, int(certain and right), int(certain and not right), int(abs(middle - truth) <= NEAR))


class _Sampler:
    """Chains of all scores at once. A score changes by a draw from its whole conditional distribution over the grid.

    For a cohort with F(e) scores at or under edge e, a figure with rank weights w rises by w[F(e)] half points for each
    edge that a score is lifted over: so one cumulative sum gives the figure for every value the score might have.
    """

    def __init__(
        self, clues: Sequence[Clue], prior: Mapping[str, float], known: Mapping[str, float], seed: int, chains: int
    ) -> None:  # fmt: skip
        self.rng = np.random.default_rng(seed)
        named = sorted({name for clue in clues for name in clue.members})
        self.place = {name: number for number, name in enumerate(named)}
        self.free = [self.place[name] for name in named if name not in known]
        cohorts = list(dict.fromkeys(clue.members for clue in clues))
        number = {cohort: index for index, cohort in enumerate(cohorts)}
        self.cohort = np.array([number[clue.members] for clue in clues])
        self.shown = np.array([clue.shown for clue in clues])
        self.slack = np.array([clue.slack for clue in clues])
        sizes = [len(clue.weights) for clue in clues]
        self.weights = np.array([weight for clue in clues for weight in clue.weights], dtype=np.float32)
        self.start = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        above = [1 - np.concatenate([[0.0], np.cumsum(clue.weights)]) for clue in clues]
        self.above = np.concatenate(above)
        self.first = np.concatenate([[0], np.cumsum([len(one) for one in above])[:-1]])
        inside = [np.array([self.place[name] for name in cohort]) for cohort in cohorts]
        self.in_cohort = np.zeros((len(named), len(cohorts)), dtype=bool)
        for index, places in enumerate(inside):
            self.in_cohort[places, index] = True
        self.means = np.array([prior[name] for name in named])
        self.log_prior = -0.5 * ((VALUES - self.means[:, None]) / SPREAD) ** 2
        self.x = np.array([self._drawn(chains, place) for place in range(len(named))]).T
        for name, score in known.items():
            if name in self.place:
                self.x[:, self.place[name]] = round(score / GRID)
        under = self.x[:, :, None] <= EDGES
        self.under = np.stack([under[:, places].sum(axis=1) for places in inside], axis=1).astype(np.int32)
        self.figures = np.zeros((chains, len(clues)))

    def _drawn(self, chains: int, place: int) -> NDArray[np.int64]:
        chance = np.exp(self.log_prior[place])
        return self.rng.choice(len(VALUES), size=chains, p=chance / chance.sum())

    def alike(self) -> dict[str, list[int]]:
        """For each name the places of those in the very same cohorts with the same prior."""
        found: dict[tuple[bytes, float], list[int]] = {}
        signs = {name: (self.in_cohort[at].tobytes(), self.means[at]) for name, at in self.place.items()}
        free = set(self.free)
        for name, sign in signs.items():
            if self.place[name] in free:
                found.setdefault(sign, []).append(self.place[name])
        return {name: found.get(sign, []) for name, sign in signs.items()}

    def run(self, sweeps: int) -> NDArray[np.float64]:
        """Anneal for half of the sweeps, sample for the other half; counts (places, values) of the chains that fit."""
        cooling = np.geomspace(6.0, 0.05, sweeps // 2)
        kept = np.zeros((sweeps - len(cooling), *self.x.shape), dtype=np.int64)
        misfit = np.zeros((len(kept), len(self.x)))
        for turn in range(sweeps):
            self._recount()
            heat = cooling[min(turn, len(cooling) - 1)]
            for place in self.rng.permutation(self.free):
                self._redraw(int(place), heat)
            for one, other in self.rng.choice(self.free, (len(self.free), 2)) if len(self.free) > 1 else ():
                self._exchange(int(one), int(other), heat)
            if turn >= len(cooling):
                kept[turn - len(cooling)] = self.x
                misfit[turn - len(cooling)] = self._misfit()
        fits = misfit <= max(0.15, float(np.quantile(misfit, 0.25)))
        counts = np.zeros((self.x.shape[1], len(VALUES)))
        for turn, chain in np.argwhere(fits):
            counts[np.arange(self.x.shape[1]), kept[turn, chain]] += 1
        return counts

    def _recount(self) -> None:
        for clue, cohort in enumerate(self.cohort):
            self.figures[:, clue] = self._figure(np.array([clue]), self.under[:, [cohort]])[:, 0]

    def _figure(self, clues: NDArray[np.int64], under: NDArray[np.int32]) -> NDArray[np.float64]:
        """The figures of these clues, (chains, clues), where so many scores are at or under each edge."""
        return GRID * self.above[self.first[clues][None, :, None] + under].sum(axis=2)

    def _off(self, figures: NDArray[np.float64], clues: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.maximum(np.abs(figures - self.shown[clues]) - self.slack[clues], 0)

    def _exchange(self, one: int, other: int, heat: float) -> None:
        """Propose that two members gave each other's score; accepted as Metropolis does, chain by chain."""
        inside = self.in_cohort[one].astype(np.int32) - self.in_cohort[other]
        cohorts = np.flatnonzero(inside)
        clues = np.flatnonzero(inside[self.cohort])
        mine, theirs = self.x[:, one].copy(), self.x[:, other].copy()
        change = (theirs[:, None] <= EDGES).astype(np.int32) - (mine[:, None] <= EDGES)
        trial = self.under[:, cohorts] + inside[cohorts][None, :, None] * change[:, None, :]
        figures = self._figure(clues, trial[:, np.searchsorted(cohorts, self.cohort[clues])])
        before, after = self._off(self.figures[:, clues], clues), self._off(figures, clues)
        gain = 0.5 * ((before**2).sum(axis=1) - (after**2).sum(axis=1)) / heat**2
        gain += self.log_prior[one][theirs] + self.log_prior[other][mine]
        gain -= self.log_prior[one][mine] + self.log_prior[other][theirs]
        taken = np.flatnonzero(np.log(self.rng.random(len(gain))) < gain)
        self.x[taken, one], self.x[taken, other] = theirs[taken], mine[taken]
        self.under[np.ix_(taken, cohorts)] = trial[taken]
        self.figures[np.ix_(taken, clues)] = figures[taken]

    def _misfit(self) -> NDArray[np.float64]:
        """The largest distance of a figure from what is published, beyond rounding, of each chain."""
        return np.maximum(np.abs(self.figures - self.shown) - self.slack, 0).max(axis=1)

    def _redraw(self, place: int, heat: float) -> None:
        cohorts = np.flatnonzero(self.in_cohort[place])
        clues = np.flatnonzero(self.in_cohort[place][self.cohort])
        old = self.x[:, place]
        below = (old[:, None] <= EDGES)[:, None, :]
        others = self.under[:, cohorts] - below
        local = np.searchsorted(cohorts, self.cohort[clues])
        risen = self.weights[self.start[clues][None, :, None] + others[:, local]]
        lifts = np.zeros((*risen.shape[:2], len(VALUES)), dtype=np.float32)
        np.cumsum(risen, axis=2, out=lifts[:, :, 1:])
        here = np.take_along_axis(lifts, old[:, None, None], axis=2)
        base = (self.figures[:, clues] - self.shown[clues])[:, :, None]
        off = GRID * (lifts - here) + base.astype(np.float32)
        np.abs(off, out=off)
        off -= self.slack[clues][None, :, None].astype(np.float32)
        np.maximum(off, 0, out=off)
        chance = -0.5 * np.einsum("cfv,cfv->cv", off, off) / heat**2 + self.log_prior[place]
        new = (chance + self.rng.gumbel(size=chance.shape)).argmax(axis=1)
        self.x[:, place] = new
        self.under[:, cohorts] = others + (new[:, None] <= EDGES)[:, None, :]
        there = np.take_along_axis(lifts, new[:, None, None], axis=2)
        self.figures[:, clues] += GRID * (there - here)[:, :, 0]


# --- the attacker who is told each batch's exact scores -------------------------------------------------------------------


def certain_given_batches(engine: Engine, count: int, seed: int, k: int) -> Haul:
    """An exact bound for one campaign: the posterior of everyone given every batch's multiset of scores.

    Whatever is published is a function of these multisets, so no attack within one campaign is told more.
    """
    (given,), of_sector = campaigns(count, seed)
    edition = engine(NETWORK | {"k": k}, given, None)
    of_member = {one["member"]: one for one in given}
    mates: dict[int, list[Given]] = {}
    for seat in edition.seats:
        if seat.member != min(of_member):
            mates.setdefault(seat.batch, []).append(of_member[seat.member])
    haul = Haul(0, 0, 0, 0)
    for batch in mates.values():
        haul += _batch_told(batch, of_sector)
    return haul


def _batch_told(batch: list[Given], of_sector: Mapping[str, float]) -> Haul:
    scores = sorted(round(one["scores"][VARIABLES[0]] / GRID) for one in batch)
    types = Counter(one["sector"] for one in batch)
    shares = assigned(scores, [of_sector[sector] for sector in types], list(types.values()))
    haul = Haul(0, 0, 0, 0)
    for one in batch:
        share = shares[list(types).index(one["sector"])]
        posterior = np.zeros(len(VALUES))
        np.add.at(posterior, scores, share / share.sum())
        haul += _told(posterior, round(one["scores"][VARIABLES[0]] / GRID))
    return haul


def assigned(scores: Sequence[int], centres: Sequence[float], counts: Sequence[int]) -> NDArray[np.float64]:
    """Chance that each score is of each type, shape (types, scores), by summing over every assignment.

    `counts` members of each type have a prior around its centre. Forward and backward over the scores; the state is how many
    of each type are used up.
    """
    fits = np.array([[_fit(score, centre) for score in scores] for centre in centres])
    shape = tuple(count + 1 for count in counts)
    forward = [np.zeros(shape) for _ in range(len(scores) + 1)]
    forward[0][(0,) * len(counts)] = 1.0
    for number in range(len(scores)):
        for kind in range(len(counts)):
            forward[number + 1] += _next(forward[number], kind) * fits[kind, number]
    backward = np.zeros(shape)
    backward[tuple(counts)] = 1.0
    shares = np.zeros((len(counts), len(scores)))
    for number in reversed(range(len(scores))):
        after = [_next(backward, kind, back=True) * fits[kind, number] for kind in range(len(counts))]
        shares[:, number] = [(forward[number] * one).sum() for one in after]
        backward = np.sum(after, axis=0)
        backward /= backward.max() or 1.0
        shares[:, number] /= shares[:, number].sum()
    return shares


def _fit(score: int, centre: float) -> float:
    return float(np.exp(-0.5 * ((VALUES[score] - centre) / SPREAD) ** 2))


def _next(state: NDArray[np.float64], kind: int, *, back: bool = False) -> NDArray[np.float64]:
    """The state with one more of a type used up, or one fewer."""
    moved = np.zeros_like(state)
    early, late = [slice(None)] * state.ndim, [slice(None)] * state.ndim
    early[kind], late[kind] = slice(None, -1), slice(1, None)
    if back:
        early, late = late, early
    moved[tuple(late)] = state[tuple(early)]
    return moved


def colluders(share: int) -> Callable[[Sequence[Any]], set[str]]:
    """The first `share` members of every batch, who pool what they gave."""

    def known(editions: Sequence[Any]) -> set[str]:
        of_batch: dict[int, list[str]] = {}
        for seat in editions[0].seats:
            of_batch.setdefault(seat.batch, []).append(seat.member)
        return {name for mates in of_batch.values() for name in sorted(mates)[:share]}

    return known


FULL = (
    ("published, 1 campaign, N = 20, k = 8", 20, 1, range(6), clues_of_sealed),
    ("published, 1 campaign, N = 50, k = 8", 50, 1, range(3), clues_of_sealed),
    ("published, 1 campaign, N = 200, k = 5", 200, 1, range(1), clues_of_sealed),
    ("published, 2 campaigns, N = 20, k = 8", 20, 2, range(6), clues_of_sealed),
    ("published, 2 campaigns, N = 50, k = 8", 50, 2, range(3), clues_of_sealed),
    ("published, 3 campaigns, N = 20, k = 8", 20, 3, range(8), clues_of_sealed),
    ("published, 3 campaigns, N = 50, k = 8", 50, 3, range(6), clues_of_sealed),
    ("published, 3 campaigns, N = 200, k = 5", 200, 3, range(2), clues_of_sealed),
    ("told each batch's own quartiles, 3 campaigns, N = 20, k = 8", 20, 3, range(8), clues_of_batches),
    ("told each batch's own quartiles, 3 campaigns, N = 50, k = 8", 50, 3, range(4), clues_of_batches),
    ("told each batch's own quartiles, 3 campaigns, N = 200, k = 5", 200, 3, range(1), clues_of_batches),
)
"""The full figures: what is read, members, campaigns, seeds, clues. Those of docs/benchmarks.md."""


def total(hauls: Iterable[Haul]) -> Haul:
    return sum(hauls, Haul(0, 0, 0, 0))


def full_figures() -> Iterator[tuple[str, Haul]]:
    """Every line of FULL on the sealed engine, then the naive engine and collusion, as they are measured."""
    for name, count, years, seeds, clues in FULL:
        yield name, total(attack(publish, clues, count, seed, years, sweeps=40) for seed in seeds)
    for count, seeds in ((20, range(4)), (50, range(1))):
        name = f"naive, 1 campaign, N = {count}"
        yield name, total(attack(naive.publish, clues_of_naive, count, seed, sweeps=100) for seed in seeds)
    for k, share in ((5, 3), (5, 4), (8, 4)):
        name = f"{share} colluders in every batch, 1 campaign, N = 200, k = {k}"
        yield name, attack(publish, clues_of_sealed, 200, 1, k=k, known=colluders(share), sweeps=40)


if __name__ == "__main__":
    for name, haul in full_figures():
        print(f"{name}: {haul}", flush=True)
