"""Planting what members of the invented network tell each other, what waits for its staff, and its own levers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from palier.demo.networks import Planted
from palier.demo.rules.members import Member
from palier.demo.rules.practices import DRAFT, LEVERS, TELLINGS, WAITING, Telling
from palier.foundation import audit, clock
from palier.foundation.actor import Actor, OnDuty
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.practices.jobs import count_adopters
from palier.practices.rules.sheets import Sheet, to_plain
from palier.practices.store import (
    LeverState,
    NetworkLever,
    Practice,
    PracticeAdoption,
    PracticeComment,
    PracticeVersion,
    SharedPractice,
    VersionState,
)


async def plant_practices(
    planted: Planted, members: Sequence[Member], actors: Mapping[str, Actor], valley: Actor, staff: str
) -> None:
    """A dozen published practices with comments and adoptions, one that waits, a draft of the valley's, two levers."""
    by_sector: dict[str, list[Member]] = {}
    for member in members:
        if member.slug in actors:
            by_sector.setdefault(member.sector, []).append(member)
    everybody = [actors[member.slug] for member in members if member.slug in actors]
    for place, telling in enumerate(TELLINGS):
        same = by_sector[telling.sector]
        author = same[place % len(same)]
        await _tell(planted, author, actors[author.slug], telling, staff, everybody[7 * place + 40 :])
    waiting = by_sector[WAITING.sector][-1]
    await _propose(planted, actors[waiting.slug], WAITING)
    await _begin(planted, valley, DRAFT, VersionState.DRAFT, clock.now() - timedelta(days=1))
    await _levers(planted, staff)
    await count_adopters()


async def _tell(
    planted: Planted, author: Member, actor: Actor, telling: Telling, staff: str, others: Sequence[Actor]
) -> None:
    at = clock.now() - timedelta(days=telling.days, hours=3)
    async with transaction(actor):
        version = await _begin_here(planted, actor, telling.sheet, VersionState.PUBLISHED, at)
        version.decided_at, version.decided_name = at + timedelta(hours=2), staff
        await version.save(update_fields=["decided_at", "decided_name"])
        await Practice.filter(id=version.practice_id).update(shared_version=1)
        await _share(version, author, telling.sheet)
        await audit.record(
            OnDuty(network_id=planted.row.id),
            "practices.published",
            f"practice {version.practice_id}",
            title=version.title,
        )
    for hours, (text, other) in enumerate(zip(telling.comments, others, strict=False), 1):
        await _comment(version, other, text, at + timedelta(days=1, hours=9 * hours))
    for other in others[5 : 5 + telling.adopters]:
        async with transaction(other):
            await PracticeAdoption.create(
                id=new_id(), practice_id=version.practice_id, organisation_id=other.organisation_id,
                adopted_at=clock.now() - timedelta(days=40),
            )  # fmt: skip


async def _begin(planted: Planted, actor: Actor, sheet: Sheet, state: VersionState, at: datetime) -> None:
    async with transaction(actor):
        await _begin_here(planted, actor, sheet, state, at)


async def _begin_here(
    planted: Planted, actor: Actor, sheet: Sheet, state: VersionState, at: datetime
) -> PracticeVersion:
    practice = await Practice.create(
        id=new_id(),
        organisation_id=actor.organisation_id,
        network_id=planted.row.id,
        created_by=actor.person_id,
        created_at=at,
    )
    version = await PracticeVersion.create(
        id=new_id(), practice_id=practice.id, organisation_id=actor.organisation_id, network_id=planted.row.id, number=1,
        state=state, locale="fr", title=sheet.title, content=to_plain(sheet), written_by=actor.person_id,
        written_name=actor.person.name, written_at=at,
    )  # fmt: skip
    await audit.record(actor, "practices.begun", f"practice {practice.id}", title=sheet.title)
    return version


async def _propose(planted: Planted, actor: Actor, telling: Telling) -> None:
    at = clock.now() - timedelta(days=telling.days)
    async with transaction(actor):
        version = await _begin_here(planted, actor, telling.sheet, VersionState.PROPOSED, at)
        version.proposed_at, version.proposed_by = at, actor.person_id
        await version.save(update_fields=["proposed_at", "proposed_by"])
        await audit.record(
            actor, "practices.proposed", f"practice {version.practice_id}", title=version.title
        )


async def _share(version: PracticeVersion, author: Member, sheet: Sheet) -> None:
    await SharedPractice.create(
        id=version.practice_id, network_id=version.network_id, version=1, locale="fr", title=sheet.title,
        content=to_plain(sheet), topics=list(sheet.topics), organisation_name=author.name if sheet.named else "",
        family=author.family, sector=author.sector, size=author.size, measured=sheet.measure is not None,
        first_published_at=version.decided_at, published_at=version.decided_at,
    )  # fmt: skip


async def _comment(version: PracticeVersion, actor: Actor, text: str, at: datetime) -> None:
    async with transaction(actor):
        await PracticeComment.create(
            id=new_id(), practice_id=version.practice_id, network_id=version.network_id, organisation_id=actor.organisation_id,
            organisation_name=actor.organisation.name, person_id=actor.person_id, person_name=actor.person.name, text=text, at=at,
        )  # fmt: skip


async def _levers(planted: Planted, staff: str) -> None:
    async with transaction(OnDuty(network_id=planted.row.id)):
        for content in LEVERS:
            await NetworkLever.create(
                id=new_id(), network_id=planted.row.id, questionnaire=planted.questionnaire.id, state=LeverState.PUBLISHED,
                content=content, written_name=staff, written_at=clock.now() - timedelta(days=20),
            )  # fmt: skip
