"""Transports du Val: three rounds behind it, a fourth open with 22 of 34 criteria answered, and a plan under way."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from palier.action_plans.rules.schedule import add_months
from palier.action_plans.rules.suggestions import Situation, Suggestion, suggest
from palier.action_plans.store import Action, ActionPlan, ActionStatus, KpiReading, add_steps
from palier.assessments.flows.definitions import keep_definition
from palier.assessments.flows.rounds import load_round
from palier.benchmarks.flows.comparing import peers
from palier.demo.actions import chain, fill_in
from palier.demo.networks import ROUNDS, Planted, at_nine, found, plant_year
from palier.demo.planting import plant_round
from palier.demo.rules.answers import answers
from palier.demo.rules.members import Member
from palier.demo.rules.rationales import RATIONALES
from palier.foundation import audit, clock
from palier.foundation.actor import Actor, Organisation, Person
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id, slugify
from palier.foundation.language import current
from palier.foundation.permissions import Role
from palier.network import store as network
from palier.network.store import Membership
from palier.questionnaires.catalogue import find_questionnaire

VALLEY = Member(
    name="Transports du Val", slug="transports-du-val", family="transport", sector="passenger_transport", size="250-999",
    country="FR", legal_kind="public_company", maturity=2.95, progress=0.24, takes_part=(True, True, True),
)  # fmt: skip

OPEN_FOR = timedelta(days=25)

ANSWERED = 22
"""Criteria answered in the open round: up to the end of "Designing, delivering and recovering"."""


async def plant_valley(planted: Planted, claire: Person, colleagues: Mapping[Person, Role]) -> Actor:
    """The organisation, its people, its three submitted rounds and the open one."""
    actor = Actor(claire, Organisation(new_id(), VALLEY.slug, VALLEY.name), Role.OWNER)
    async with transaction(actor):
        organisation = await found(actor, VALLEY)
        for person, role in colleagues.items():
            await Membership.create(
                id=new_id(), organisation_id=actor.organisation_id, person_id=person.person_id, role=role
            )
        await network.NetworkMember.create(
            id=new_id(), network_id=planted.row.id, organisation_id=organisation.id, joined_on=planted.campaigns[0].opens_on,
            verified_at=clock.now(),
        )  # fmt: skip
        for turn in range(ROUNDS):
            await plant_year(actor, planted, VALLEY, turn, organisation)
        await plant_open_round(actor, planted)
    return actor


async def plant_flashes(actor: Actor, planted: Planted) -> None:
    """Two flash rounds, on the version of their day: a month before the second and the third campaign."""
    for turn, version in ((1, "1.0.0"), (2, "1.1.0")):
        flash, opened = (
            find_questionnaire("FL", version),
            planted.campaigns[turn].opens_on - timedelta(days=30),
        )
        given = answers(flash, VALLEY.maturity, VALLEY.slug, VALLEY.progress * turn)
        async with transaction(actor):
            await keep_definition(flash)
            await plant_round(
                actor, flash, given, name=planted.campaigns[turn].name, opened=at_nine(opened),
                submitted=at_nine(opened + timedelta(days=2)), closes_on=opened + timedelta(days=14),
            )  # fmt: skip


async def plant_open_round(actor: Actor, planted: Planted, *, in_campaign: bool = True) -> None:
    """This year's round, 22 of 34 criteria answered, in the caller's transaction; outside any campaign it closes in 25 days."""
    given = answers(planted.questionnaire, VALLEY.maturity, VALLEY.slug, VALLEY.progress * ROUNDS)
    campaign = planted.campaigns[-1]
    await plant_round(
        actor, planted.questionnaire, given[:ANSWERED], name=campaign.name, opened=at_nine(clock.today() - timedelta(days=30)),
        submitted=None, closes_on=campaign.closes_on if in_campaign else clock.today() + OPEN_FOR,
        campaign=campaign if in_campaign else None, rationales=RATIONALES,
    )  # fmt: skip


async def plant_plan(actor: Actor, round_name: str, owners: Sequence[Person] = ()) -> None:
    """A plan born from the round called `round_name`: two actions done, three under way (one late), three to come."""
    async with transaction(actor):
        await write_plan(actor, round_name, owners)


async def write_plan(actor: Actor, round_name: str, owners: Sequence[Person] = ()) -> None:
    """The same in the caller's transaction. The actions go round the `owners`, or all to the actor."""
    base = await load_round(actor, slugify(f"SX {round_name}"))
    view = await peers(actor, base.assessment)
    q3 = {code: figure.q3 for code, figure in view.figures.items()} if view else {}
    plan = await ActionPlan.create(
        id=new_id(), organisation_id=actor.organisation_id, slug=f"plan-{clock.today().year}",
        title=f"Plan d’action {clock.today().year}" if current() == "fr" else f"Action plan {clock.today().year}",
        assessment_id=base.assessment.id, strategic_weights={"SX3": 2}, created_by=actor.person_id,
        created_at=clock.now() - timedelta(days=300),
    )  # fmt: skip
    await audit.record(actor, "plans.created", f"plan {plan.slug}")
    situation = Situation(base.questionnaire, base.result, q3, {"SX3": 2}, {})
    actions = [
        await _plant_action(
            actor, plan, suggestion, place, (owners or (actor.person,))[place % max(1, len(owners))]
        )
        for place, suggestion in enumerate(suggest(situation)[: len(_PROGRESS)])
    ]
    await chain(actions)


_PROGRESS = (
    (ActionStatus.DONE, 100, -9, -4), (ActionStatus.DONE, 100, -8, -3), (ActionStatus.IN_PROGRESS, 70, -6, 1),
    (ActionStatus.IN_PROGRESS, 40, -5, -1), (ActionStatus.IN_PROGRESS, 25, -2, 3), (ActionStatus.PLANNED, 0, 1, 4),
    (ActionStatus.PLANNED, 0, 1, 5), (ActionStatus.PLANNED, 0, 2, 7),
)  # fmt: skip
"""Status, progress, start and due date (months from today) of each action; the fourth is late."""


async def _plant_action(
    actor: Actor, plan: ActionPlan, suggestion: Suggestion, place: int, owner: Person
) -> Action:
    status, progress, start, due = _PROGRESS[place]
    lever, locale, today = suggestion.lever, current(), clock.today()
    action = await Action.create(
        id=new_id(), organisation_id=actor.organisation_id, plan_id=plan.id, lever=lever.id, title=lever.title.in_(locale),
        serves=_serves(suggestion), status=status, progress=progress,
        owner_id=owner.person_id, owner_name=owner.name, starts_on=add_months(today, start), due_on=add_months(today, due),
        done_at=clock.now() - timedelta(days=100) if status is ActionStatus.DONE else None, effort=lever.effort, months=lever.months,
        kpi_name=lever.kpi.name.in_(locale)[:160], kpi_unit=lever.kpi.unit.in_(locale)[:40], kpi_direction=lever.kpi.direction.value,
        kpi_baseline=_kpi(lever.kpi.direction, 0), kpi_target=_kpi(lever.kpi.direction, 100), expected_gain=str(suggestion.gain),
        priority=str(suggestion.priority), created_by=actor.person_id, created_at=clock.now() - timedelta(days=290),
    )  # fmt: skip
    await add_steps(action, lever.steps.in_(locale))
    await audit.record(actor, "action_plans.lever_adopted", f"action {action.id}", title=action.title)
    await fill_in(actor, action, place)
    if progress:
        await _plant_readings(actor, action, progress, add_months(today, start))
    return action


def _serves(suggestion: Suggestion) -> list[dict[str, object]]:
    steps = {step.criterion: step for step in suggestion.lever.serves}
    return [
        {"criterion": code, "from": max(level - 1, steps[code].from_level), "to": level}
        for code, level in suggestion.moves.items()
    ]


def _kpi(direction: str, share: int) -> Decimal:
    """An invented value on the way from baseline to target: 35 to 85 when more is better, 60 to 20 when less is."""
    first, last = (35, 85) if direction == "up" else (60, 20)
    return Decimal(first) + Decimal((last - first) * share) / 100


async def _plant_readings(actor: Actor, action: Action, progress: int, first: date) -> None:
    for turn, share in enumerate((progress // 3, progress * 2 // 3, progress)):
        await KpiReading.create(
            id=new_id(), organisation_id=actor.organisation_id, action_id=action.id, on=first + (clock.today() - first) * (turn + 1) // 4,
            value=_kpi(action.kpi_direction, share), person_id=actor.person_id,
        )  # fmt: skip
