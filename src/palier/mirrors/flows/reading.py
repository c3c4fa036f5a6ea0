"""A mirror as it may be shown: figures of whole batches, and no answer of anybody's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from palier.assessments.flows.definitions import definition_of
from palier.assessments.rules.mirrored import MirrorView, ThemeRow
from palier.assessments.store import Assessment, Unknown, assessment_by_slug
from palier.foundation.actor import Actor
from palier.mirrors import store
from palier.mirrors.catalogue import mirrored
from palier.mirrors.rules.asked import Asked, asked_from
from palier.mirrors.rules.figures import mirror_of, people_counted, points_by_theme
from palier.mirrors.store import Mirror, MirrorLink
from palier.network.wording import people_in_plural
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules.mirror import Audience


@dataclass(frozen=True, slots=True)
class Board:
    """The page of a mirror. Before there is one, `mirror` and `view` are None and `asked` is what may be asked."""

    assessment: Assessment
    questionnaire: Questionnaire
    asked: Asked
    mirror: Mirror | None
    links: Mapping[Audience, MirrorLink]
    view: MirrorView | None

    def open_on(self, today: date) -> bool:
        """Whether the links may be answered on that day."""
        return self.mirror is not None and self.mirror.takes_answers(today)


async def load_board(actor: Actor, slug: str) -> Board:
    """The mirror of the round `slug`. Raises DoesNotExist for a round that is not there or whose questionnaire has none."""
    assessment = await assessment_by_slug(actor, slug)
    questionnaire = await definition_of(assessment)
    mirror = await store.mirror_of(actor, assessment.id)
    if mirror is None:
        return Board(assessment, questionnaire, may_ask(questionnaire), None, {}, None)
    asked = asked_from(mirror.themes, mirror.scale)
    links = await store.links_of(mirror)
    return Board(assessment, questionnaire, asked, mirror, links, await _view(mirror, asked, links))


def may_ask(questionnaire: Questionnaire) -> Asked:
    """The themes of the elements a round asks. Raises DoesNotExist where its questionnaire has none."""
    whole = mirrored(questionnaire.id)
    within = whole.within([element.code for element in questionnaire.elements]) if whole else None
    if not within or not within.themes:
        raise Unknown("mirror")
    return within


async def mirror_beside(actor: Actor, assessment: Assessment) -> MirrorView | None:
    """The mirror of a round for its results; None where there is none (assessments.rules.mirrored)."""
    mirror = await store.mirror_of(actor, assessment.id)
    if mirror is None and assessment.origin_id:  # reopened: what was asked in its first state
        mirror = await store.mirror_of(actor, assessment.origin_id)
    if mirror is None:
        return None
    return await _view(mirror, asked_from(mirror.themes, mirror.scale), await store.links_of(mirror))


async def _view(mirror: Mirror, asked: Asked, links: Mapping[Audience, MirrorLink]) -> MirrorView:
    told = [(one.audience, one.theme, one.answers, one.points) for one in await store.figures_of(mirror)]
    points, people = points_by_theme(told), people_counted(told)
    rows = tuple(
        ThemeRow(theme.name, theme.element, {who: points[who][theme.id] for who in links if theme.id in points.get(who, {})})
        for theme in asked.themes
    )  # fmt: skip
    counted = {who: people.get(who, 0) for who in links}
    return MirrorView(rows, mirror_of(asked.themes, points), counted, people_in_plural(mirror.people_word))
