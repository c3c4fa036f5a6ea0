"""Reconstruction by Bayes under the acceptance figures: 0 within one campaign, and over three at most 1 % (0 at 20 members).

Prior, seeds and what "with certainty" means stand in reconstruction.py; the measured figures are those of docs/benchmarks.md.
"""

import itertools

import numpy as np
import pytest

from palier.benchmarks.rules import publish
from tests.benchmarks import naive, reconstruction
from tests.benchmarks.reconstruction import (
    SPREAD,
    VALUES,
    Clue,
    assigned,
    attack,
    certain_given_batches,
    clues_of_naive,
    clues_of_sealed,
    harrell_davis_weights,
    reconstruct,
    total,
)


@pytest.mark.parametrize(("count", "k"), [(20, 8), (50, 8), (99, 8), (120, 5), (200, 5)])
def test_even_told_every_batchs_exact_scores_an_attacker_is_certain_of_nobody(count: int, k: int) -> None:
    """A bound for every attack within one campaign, by exact enumeration: 40 networks of each size."""
    haul = total(certain_given_batches(publish, count, seed, k) for seed in range(40))
    assert haul.sure + haul.wrong == 0
    assert haul.targets > 18 * 40


def test_published_figures_make_nobodys_score_certain_within_one_campaign() -> None:
    for count, seeds in ((20, range(4)), (50, range(1))):
        haul = total(attack(publish, clues_of_sealed, count, seed, sweeps=40) for seed in seeds)
        assert haul.sure == 0


@pytest.mark.long
def test_published_figures_of_three_campaigns_make_nobodys_score_certain() -> None:
    for count, seeds in ((20, range(3)), (50, range(1))):
        haul = total(attack(publish, clues_of_sealed, count, seed, 3, sweeps=40) for seed in seeds)
        assert haul.sure == 0


def test_the_same_attacker_is_certain_of_many_on_a_naive_engine() -> None:
    haul = total(attack(naive.publish, clues_of_naive, 20, seed, sweeps=40) for seed in range(2))
    assert haul.sure / haul.targets > 0.1
    assert haul.wrong <= haul.sure


def test_the_attacker_finds_a_leaver_whose_batch_is_published_before_and_after_exactly() -> None:
    """The attack works where there is something to find: two groups that differ by one member, figures not rounded."""
    truth = {f"m{n}": float(score) for n, score in enumerate((31, 44, 52.5, 58, 61, 70, 77, 83.5))}
    stay = tuple(sorted(truth))[:-1]

    def clues(members: tuple[str, ...]) -> list[Clue]:
        ranked = np.sort([truth[name] for name in members])
        weights = [harrell_davis_weights(len(members), p) for p in (0.1, 0.25, 0.5, 0.75, 0.9)]
        return [Clue(members, one, float(ranked @ np.array(one)), 0.0) for one in weights]

    both = [*clues(tuple(sorted(truth))), *clues(stay)]
    known = [name for name in stay if name != "m2"]
    haul = reconstruct(both, dict.fromkeys(truth, 55.0), truth, known, seed=1)
    assert (haul.sure, haul.wrong, haul.targets) == (2, 0, 2)


def test_the_chances_of_an_assignment_are_those_of_trying_every_one() -> None:
    scores, centres, counts = [60, 100, 101, 140], [40.0, 60.0], [1, 3]
    fits = np.exp(-0.5 * ((VALUES[np.array(scores)][None, :] - np.array(centres)[:, None]) / SPREAD) ** 2)
    tried = np.zeros((2, 4))
    for kinds in set(itertools.permutations([0, 1, 1, 1])):
        chance = np.prod([fits[kind, number] for number, kind in enumerate(kinds)])
        for number, kind in enumerate(kinds):
            tried[kind, number] += chance
    assert assigned(scores, centres, counts) == pytest.approx(tried / tried.sum(axis=0))


@pytest.mark.long
def test_the_full_figures_are_within_the_acceptance_figures() -> None:
    for name, haul in reconstruction.full_figures():
        print(f"{name}: {haul}")
        share = haul.sure / haul.targets
        if name.startswith("naive"):
            assert share > 0.1, name
        elif "colluders" not in name:
            assert share <= (0.01 if "3 campaigns" in name and "N = 20," not in name else 0), name
