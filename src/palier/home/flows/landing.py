"""What somebody finds on arriving at an organisation: the next thing to do, their actions, the last result, news."""

from dataclasses import dataclass
from datetime import date

from palier.action_plans.flows.overview import late_actions, my_actions
from palier.action_plans.store import Action
from palier.assessments import store
from palier.assessments.flows.definitions import definition_of
from palier.assessments.flows.rounds import Round, load_round
from palier.assessments.flows.sheets import Desk, load_desks
from palier.assessments.rules.peers import Peers, PeerView
from palier.assessments.rules.progress import Only, first_stop
from palier.assessments.store import AssessmentState
from palier.benchmarks.flows.opening import open_to
from palier.benchmarks.store import Edition, editions_for
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.home.flows.news import News, load_news
from palier.network.store import Organisation, organisation_of
from palier.questionnaires.rules import Questionnaire
from palier.reports.store import Report, own_news


@dataclass(frozen=True, slots=True)
class OpenRound:
    """An open round, where to go on, and how long it stays open (None: no closing date; negative: it is over)."""

    desk: Desk
    next_code: str | None
    days_left: int | None

    @property
    def left(self) -> int:
        """Criteria nobody answered yet."""
        return self.desk.progress.total.left

    @property
    def mine_left(self) -> int:
        """Those of them that are assigned to whoever arrives."""
        return self.desk.mine_left


@dataclass(frozen=True, slots=True)
class LastResult:
    """The round submitted last, beside the one before it and peers."""

    round: Round
    peers: PeerView | None


@dataclass(frozen=True, slots=True)
class NewEdition:
    """An edition, the questionnaire it is of, and the organisation's last round of it: where it is read."""

    edition: Edition
    questionnaire: Questionnaire
    round: str


@dataclass(frozen=True, slots=True)
class Landing:
    """Everything the page shows. `rounds` are the open ones, the first to close first."""

    organisation: Organisation
    rounds: tuple[OpenRound, ...]
    last: LastResult | None
    mine: tuple[Action, ...]
    late: tuple[Action, ...]
    editions: tuple[NewEdition, ...]
    news: News
    documents: tuple[Report, ...]

    @property
    def is_new(self) -> bool:
        """Whether no round was ever opened."""
        return not self.rounds and self.last is None


async def load_landing(actor: Actor, peers: Peers) -> Landing:
    """The landing page's content. Call it inside `reading(actor)`."""
    every = await store.visible_assessments(actor)
    drafts = [row for row in every if row.state is AssessmentState.DRAFT]
    drafts.sort(key=lambda row: (row.closes_on or date.max, row.opens_on))
    holding = [row for row in every if row.state is AssessmentState.SUBMITTED]
    newest = max(holding, key=lambda row: str(row.submitted_at), default=None)
    last = await _result(actor, newest, peers) if newest else None
    return Landing(
        await organisation_of(actor), tuple(_open_round(actor, desk) for desk in await load_desks(actor, drafts)), last,
        tuple(await my_actions(actor)), tuple(await late_actions(actor)), await _editions(actor, every),
        await load_news(actor), tuple(await own_news(actor)),
    )  # fmt: skip


def _open_round(actor: Actor, desk: Desk) -> OpenRound:
    closes_on = desk.assessment.closes_on
    days = (closes_on - today(actor.person.time_zone)).days if closes_on else None
    mine = first_stop(desk.questionnaire, desk.states, Only.MINE, desk.mine)
    return OpenRound(desk, mine or first_stop(desk.questionnaire, desk.states), days)


async def _result(actor: Actor, row: store.Assessment, peers: Peers) -> LastResult:
    return LastResult(await load_round(actor, row.slug), await peers(actor, row))


async def _editions(actor: Actor, rounds: list[store.Assessment]) -> tuple[NewEdition, ...]:
    """The last edition of each network for each questionnaire the organisation uses, newest first."""
    in_order = sorted(
        rounds, key=lambda row: (row.submitted_at is not None, str(row.submitted_at or row.opens_on))
    )
    used = {(row.questionnaire, int(row.version.partition(".")[0])): row for row in in_order}
    newest: dict[tuple[object, str], NewEdition] = {}
    for (questionnaire, major), row in sorted(used.items()):
        asked = await definition_of(row)
        for edition in await open_to(actor, await editions_for(actor, questionnaire, major)):
            newest.setdefault((edition.network_id, questionnaire), NewEdition(edition, asked, row.slug))
    return tuple(sorted(newest.values(), key=lambda one: one.edition.published_on, reverse=True))
