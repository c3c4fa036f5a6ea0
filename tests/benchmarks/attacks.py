"""Attacks from outside on an engine: each returns what it got, an empty list where the engine holds.

An engine is a `publish` function; the attacks use nothing but `publish` and `Edition.standing`.
"""

import copy
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from typing import Any

from palier.benchmarks.rules.standing import Figure
from tests.benchmarks.networks import NETWORK, Given, flat, members, questions, with_scores

Engine = Callable[..., Any]
Seen = dict[tuple[Any, ...], Any]

OUTSIDER = "someone else"
STATISTICS = [one.name for one in fields(Figure)]


def observe(edition: Any, asked: Iterable[dict[str, str]], viewer: object = OUTSIDER) -> Seen:
    """Everything a viewer can see of an edition: for each question, the cohort answered, why, and every figure.

    The nearest peers of every member are looked at too, where an engine has them.
    """
    seen: Seen = {}
    for name, standing in _standings(edition, asked, viewer):
        seen |= {(name, "cohort"): standing.cohort, (name, "refused"): standing.refused}
        for variable, figure in standing.figures.items():
            seen |= {(name, variable, one): getattr(figure, one) for one in STATISTICS}
    return seen


def _standings(edition: Any, asked: Iterable[dict[str, str]], viewer: object) -> Iterator[tuple[Any, Any]]:
    for question in asked:
        yield tuple(question.items()), edition.standing(viewer, question)
    if hasattr(edition, "nearest"):
        for profile in {tuple(seat.attributes.items()) for seat in edition.seats}:
            yield ("nearest", profile), edition.nearest(viewer, dict(profile))


def moved(before: Seen, after: Seen) -> frozenset[tuple[Any, ...]]:
    """Which of the things seen differ."""
    return frozenset(what for what in before.keys() | after.keys() if before.get(what) != after.get(what))


def lonely(signatures: dict[Any, frozenset[Any]], company: int) -> list[Any]:
    """Whose influence on what is seen is shared by fewer than `company` contributions."""
    shared = Counter(signatures.values())
    return sorted(name for name, trace in signatures.items() if trace and shared[trace] < company)


def influence(engine: Engine, contributions: list[Given], k: int) -> list[str]:
    """Perturb each member in turn: the set of figures that moves must be shared by k members."""
    return lonely(signatures(engine, contributions), k)


def signatures(
    engine: Engine, contributions: list[Given], viewer: object = OUTSIDER, spared: Iterable[str] = ()
) -> dict[str, frozenset[Any]]:
    """What moves for `viewer` when each member but the `spared` gives another score."""
    base, asked = flat(contributions), questions(contributions)
    calm = observe(engine(NETWORK, base, None), asked, viewer)
    names = [one["member"] for one in base if one["member"] not in set(spared)]
    perturbed = {name: engine(NETWORK, with_scores(base, name, 100), None) for name in names}
    return {name: moved(calm, observe(edition, asked, viewer)) for name, edition in perturbed.items()}


def influence_over_two_campaigns(
    engine: Engine, first: list[Given], second: list[Given], k: int
) -> list[tuple[int, str]]:
    """The same over two campaigns: a signature spans the figures of both."""
    first, second, asked = flat(first), flat(second, 60), questions(first, second, deepest=3)

    def both(one: list[Given], other: list[Given]) -> Seen:
        earlier = engine(NETWORK, one, None)
        later = engine(NETWORK, other, earlier)
        return {(1, *what): value for what, value in observe(earlier, asked).items()} | {
            (2, *what): value for what, value in observe(later, asked).items()
        }

    calm = both(first, second)
    traces: dict[tuple[int, str], frozenset[Any]] = {}
    for one in first:
        traces[1, one["member"]] = moved(calm, both(with_scores(first, one["member"], 100), second))
    for one in second:
        traces[2, one["member"]] = moved(calm, both(first, with_scores(second, one["member"], 100)))
    return lonely(traces, k)


def newcomers(engine: Engine, contributions: list[Given], joining: list[Given]) -> list[int]:
    """Let 1, 2, ... newcomers join a campaign in which everyone renews: for how many does anything move?"""
    asked = questions(contributions, joining)
    earlier = engine(NETWORK, contributions, None)
    calm = observe(engine(NETWORK, contributions, earlier), asked)
    return [
        count
        for count in range(1, len(joining) + 1)
        if moved(calm, observe(engine(NETWORK, contributions + joining[:count], earlier), asked))
    ]


def between_campaigns(engine: Engine, contributions: list[Given]) -> list[str]:
    """Resubmit, then leave, after publication: which of these shows?"""
    live, asked = copy.deepcopy(contributions), questions(contributions)
    someone = live[3]["member"]
    edition = engine(NETWORK, live, None)
    calm, own = observe(edition, asked), observe(edition, asked, someone)
    live[3]["scores"].update(dict.fromkeys(live[3]["scores"], 0.0))
    found = ["resubmission"] if moved(calm, observe(edition, asked)) else []
    found += ["own resubmission"] if moved(own, observe(edition, asked, someone)) else []
    resubmitted = observe(edition, asked)
    del live[3]
    return found + (["leaving"] if moved(resubmitted, observe(edition, asked)) else [])


def holding(engine: Engine, contributions: list[Given], k: int) -> list[str]:
    """A sector of one holding's subsidiaries and two others; then the holding sends more of them."""
    rng_members = members(k + 4, seed=3, prefix="h")
    place = {"family": "energy", "sector": "grids", "size": "large", "country": "FR", "legal_kind": "company"}
    sector = [one | place for one in rng_members]
    daughters = [one | {"group": "Holding"} for one in sector[2:]]
    everyone = contributions + sector[:2] + daughters[:-2]
    edition, asked = engine(NETWORK, everyone, None), questions(everyone)
    found = ["a sector of three groups"] if edition.standing(OUTSIDER, place).cohort == place else []
    more = engine(NETWORK, contributions + sector[:2] + daughters, None)
    return found + (["more daughters"] if moved(observe(edition, asked), observe(more, asked)) else [])


def sybils(engine: Engine, contributions: list[Given], k: int) -> list[str]:
    """Surround each of a few members with daughters of one's own holding, in the very same cell: who stands alone?"""
    found: list[str] = []
    for victim in contributions[::16]:
        place = {name: value for name, value in victim.items() if name not in ("member", "group", "scores")}
        crowd = [
            one | place | {"group": "Attacker"}
            for one in members(k + 2, seed=8, prefix=f"s-{victim['member']}-")
        ]
        traces = signatures(engine, contributions + crowd, spared=[one["member"] for one in crowd])
        # The attacker's own contribution may sit in the batch: the others of it are k - 1 at least.
        found += [name for name in lonely(traces, k - 1) if name == victim["member"]]
    return found


def consultant(engine: Engine, contributions: list[Given], portfolio: list[str], k: int) -> list[str]:
    """What a portfolio's owner sees must not single out fewer than k - 1 members outside it."""
    return lonely(signatures(engine, contributions, portfolio, portfolio), k - 1)


def ranks(engine: Engine, contributions: list[Given]) -> list[Any]:
    """Try every score as one's own: the positions told, where there are more than four."""
    edition, viewer = engine(NETWORK, contributions, None), contributions[0]["member"]
    told = set()
    for points in range(101):
        figures = edition.standing(viewer, {}, {"SX": points}).figures
        told.add(figures["SX"].quarter)
    return sorted(told) if len(told) > 4 else []


def unrounded(engine: Engine, contributions: list[Given]) -> list[Any]:
    """Published figures that are not whole points."""
    seen = observe(engine(NETWORK, contributions, None), questions(contributions))
    figures = [value for what, value in seen.items() if what[-1] in ("p10", "q1", "median", "q3", "p90")]
    return [value for value in figures if value is not None and type(value) is not int]


def refusals(engine: Engine, contributions: list[Given]) -> list[Any]:
    """Same members, other scores: the questions that find another cohort, reason or number of answers, or hide more."""
    asked = questions(contributions)
    rng = random.Random(11)
    alike = [one | {"scores": dict.fromkeys(one["scores"], 50)} for one in contributions]
    apart = [
        one | {"scores": {name: rng.choice([0, 100]) for name in one["scores"]}} for one in contributions
    ]
    found: list[Any] = []
    for other in (alike, apart):
        one, two = (observe(engine(NETWORK, given, None), asked) for given in (contributions, other))
        found += [what for what in moved(one, two) if what[-1] in ("cohort", "refused", "n")]
        found += [what for what in moved(one, two) if (one.get(what) is None) != (two.get(what) is None)]
    return found


def permutation(engine: Engine, contributions: list[Given], batches: Iterable[list[str]]) -> list[list[str]]:
    """Exchange the whole contributions of batch mates: the batches for which anything seen moves."""
    asked = questions(contributions)
    calm = observe(engine(NETWORK, contributions, None), asked)
    return [
        batch
        for batch in batches
        if moved(calm, observe(engine(NETWORK, exchanged(contributions, batch), None), asked))
    ]


def exchanged(contributions: list[Given], batch: list[str]) -> list[Given]:
    """Each member of the batch gives what the next one gave."""
    of_member = {one["member"]: one["scores"] for one in contributions}
    turned = dict(zip(batch, batch[1:] + batch[:1], strict=True))
    return [one | {"scores": of_member[turned.get(one["member"], one["member"])]} for one in contributions]
