"""The picture on the first page: Transports du Val among the invented members of its sector, computed when first asked for."""

import asyncio
from datetime import date
from functools import cache

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


async def example() -> Example:
    """The example, in a thread the first time: it scores some fifty invented members and seals them."""
    return await asyncio.to_thread(_example, today().year - 1, current())


@cache
def _example(year: int, _locale: str) -> Example:
    """Once for each language: the name of the group of peers is in words."""
    questionnaire = latest("SX")
    peers = [one for one in members(LARGE, "palier large") if one.sector == VALLEY.sector]
    own, before = _result(questionnaire, VALLEY, LAST_TURN), _result(questionnaire, VALLEY, LAST_TURN - 1)
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
    view = PeerView(cohort_in_words(standing.cohort or {}), str(year), date(year, 12, 15), figures)
    table = tabulate(questionnaire, own, view, (questionnaire, before))
    return Example(VALLEY.name, questionnaire, table, own.level or 1, view)


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
