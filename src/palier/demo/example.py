"""The picture on the first page: Transports du Val among the invented members of its sector.

Its own two rounds are scored when they are first asked for. What its fifty invented peers make together is kept beside this
file with the content of the questionnaire they answered: computing it again in every process would cost its first reader a
third of a second, and the process the library of the benchmarks for good. Where the questionnaire is another one, it is
computed. `python -m palier.demo.example` keeps it anew.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path

from palier.assessments.rules.peers import PeerFigure, PeerView
from palier.assessments.rules.reading import tabulate
from palier.benchmarks.flows.contributing import comparable_scores
from palier.benchmarks.rules import publish
from palier.benchmarks.rules.cohorts import DIMENSIONS
from palier.benchmarks.wording import cohort_in_words
from palier.demo.director import VALLEY
from palier.demo.rules.answers import answers
from palier.demo.rules.members import LARGE, Member, members
from palier.foundation.clock import today
from palier.foundation.language import current
from palier.home.rules.example import Example
from palier.questionnaires.catalogue import latest
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules import Result, score

LAST_TURN = 2
"""The third of the three yearly rounds; the second is the round before."""

KEPT = Path(__file__).with_name("example.json")


@dataclass(frozen=True, slots=True)
class Peers:
    """What the benchmark of the sector says to the organisation: which group of peers, and its figures by variable."""

    cohort: Mapping[str, str]
    figures: Mapping[str, PeerFigure]


async def example() -> Example:
    """The example, in a thread the first time: reading the questionnaire takes a while."""
    return await asyncio.to_thread(_example, today().year - 1, current())


@cache
def _example(year: int, _locale: str) -> Example:
    """Once for each language: the name of the group of peers is in words."""
    questionnaire = latest("SX")
    own, before = _result(questionnaire, VALLEY, LAST_TURN), _result(questionnaire, VALLEY, LAST_TURN - 1)
    peers = kept_peers(questionnaire) or peers_of(questionnaire)
    view = PeerView(cohort_in_words(peers.cohort), str(year), date(year, 12, 15), dict(peers.figures))
    table = tabulate(questionnaire, own, view, (questionnaire, before))
    return Example(VALLEY.name, questionnaire, table, own.level or 1, view)


def kept_peers(questionnaire: Questionnaire) -> Peers | None:
    """What was kept, where it was computed from this very questionnaire."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    if kept["questionnaire"] != questionnaire.content_hash:
        return None
    return Peers(kept["cohort"], {name: PeerFigure(**figure) for name, figure in kept["figures"].items()})


def peers_of(questionnaire: Questionnaire) -> Peers:
    """Scores the invented members of the sector, seals and publishes them, and asks for the organisation's standing."""
    peers = [one for one in members(LARGE, "palier large") if one.sector == VALLEY.sector]
    edition = publish(
        {"k": 5, "priority": list(DIMENSIONS), "members": 160},
        [_contribution(questionnaire, one) for one in (VALLEY, *peers) if one.takes_part[LAST_TURN]],
    )
    standing = edition.standing(VALLEY.slug, {"sector": VALLEY.sector})
    figures = {
        variable: PeerFigure(f.n or "", f.q1, f.median, f.q3, f.p10, f.p90, f.quarter)
        for variable, f in standing.figures.items()
        if f.q1 is not None and f.median is not None and f.q3 is not None
    }
    return Peers(standing.cohort or {}, figures)


def _contribution(questionnaire: Questionnaire, member: Member) -> dict[str, object]:
    attributes = {name: getattr(member, name) for name in DIMENSIONS}
    scores = comparable_scores(_result(questionnaire, member, LAST_TURN))
    return {"member": member.slug, "group": member.slug, **attributes, "scores": scores}


def _result(questionnaire: Questionnaire, member: Member, turn: int) -> Result:
    given = answers(questionnaire, member.maturity, member.slug, member.progress * turn)
    rows = [
        {"code": one.code, "state": one.state.value, "level": one.level, "reason": one.reason, "evidence": one.grade.value}
        for one in given
    ]  # fmt: skip
    return score(questionnaire, rows)


def _keep() -> None:
    questionnaire = latest("SX")
    kept = {"questionnaire": questionnaire.content_hash, **asdict(peers_of(questionnaire))}
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _keep()
