"""An organisation tells a practice: written down, proposed, taken back, told anew, withdrawn."""

from dataclasses import dataclass
from uuid import UUID

from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.jobs import enqueue
from palier.foundation.language import LOCALES
from palier.practices import store
from palier.practices.rules.sheets import Fault, Sheet, faults, from_plain, to_plain
from palier.practices.store import Practice, PracticeVersion, SharedPractice, VersionState


class Unacceptable(ValueError):
    """The sheet breaks a rule: nothing was written. `faults` says which."""

    def __init__(self, found: list[Fault]) -> None:
        super().__init__(", ".join(f"{fault.field} {fault.rule}" for fault in found))
        self.faults = found


class ChangedMeanwhile(Exception):
    """A colleague changed the practice since the page was read: nothing was written."""


class NotAMember(Exception):
    """Only verified members of the network speak in it."""


@dataclass(frozen=True, slots=True)
class Own:
    """A practice as its organisation sees it: every version, the last first."""

    practice: Practice
    versions: tuple[PracticeVersion, ...]

    @property
    def last(self) -> PracticeVersion:
        """The version people work on, or the one told last."""
        return self.versions[0]

    @property
    def sheet(self) -> Sheet:
        """What the last version tells."""
        return from_plain(self.last.content)


async def load_own(actor: Actor, practice: UUID) -> Own:
    """A practice of the organisation. Call it inside `reading(actor)`. Raises DoesNotExist."""
    found = await store.own_practice(actor, practice)
    return Own(found, tuple(await store.versions_of(actor, practice)))


async def begin(actor: Actor, network: UUID, sheet: Sheet, locale: str, op: UUID) -> UUID:
    """Write a practice down as a draft only the organisation reads; its id.

    Raises Unacceptable, NotAMember, AlreadyDone.
    """
    _check(sheet, proposing=False)
    async with transaction(actor):
        return await write_down(actor, network, sheet, locale, op)


async def write_down(actor: Actor, network: UUID, sheet: Sheet, locale: str, op: UUID) -> UUID:
    """`begin` in the caller's transaction, of a sheet without faults.

    Raises NotAMember, AlreadyDone.
    """
    practice = new_id()
    if network not in {known for known, _ in await store.sharing_networks(actor)}:
        raise NotAMember
    await operations.claim(op, actor.person_id, _address(actor, practice))
    await Practice.create(
        id=practice, organisation_id=actor.organisation_id, network_id=network, created_by=actor.person_id,
        created_at=now(),
    )  # fmt: skip
    await _new_version(actor, practice, network, 1, sheet, locale)
    await audit.record(actor, "practices.begun", f"practice {practice}", title=sheet.title)
    return practice


async def rewrite(actor: Actor, practice: UUID, sheet: Sheet, locale: str, base: int) -> None:
    """Change the draft, or tell the practice anew in a next version: what members read stays until that is published.

    `base` is the revision of the last version the page showed. Raises DoesNotExist, Unacceptable, ChangedMeanwhile.
    """
    _check(sheet, proposing=False)
    async with transaction(actor):
        found = await store.own_practice(actor, practice, locked=True)
        last = (await store.versions_of(actor, practice))[0]
        if revision_of(last) != base:
            raise ChangedMeanwhile
        if last.state in (VersionState.DRAFT, VersionState.PROPOSED):
            await _change(actor, last, sheet, locale)
        else:
            await _new_version(actor, practice, found.network_id, last.number + 1, sheet, locale)
        await audit.record(
            actor, "practices.rewritten", f"practice {practice}", before={"title": last.content["title"]},
            after={"title": sheet.title},
        )  # fmt: skip


def revision_of(version: PracticeVersion) -> int:
    """One figure that grows with every change, across versions."""
    return version.number * 10_000 + version.revision


async def _new_version(
    actor: Actor, practice: UUID, network: UUID, number: int, sheet: Sheet, locale: str
) -> None:
    await PracticeVersion.create(
        id=new_id(), practice_id=practice, organisation_id=actor.organisation_id, network_id=network, number=number,
        locale=_known(locale), title=sheet.title, content=to_plain(sheet), written_by=actor.person_id,
        written_name=actor.person.name, written_at=now(),
    )  # fmt: skip


async def _change(actor: Actor, last: PracticeVersion, sheet: Sheet, locale: str) -> None:
    """A version the staff has not judged becomes a draft again when its words change."""
    last.state, last.locale, last.title, last.content = (
        VersionState.DRAFT, _known(locale), sheet.title, to_plain(sheet),
    )  # fmt: skip
    last.written_by, last.written_name, last.written_at = actor.person_id, actor.person.name, now()
    last.proposed_at = last.proposed_by = None
    last.revision += 1
    await last.save()


def _known(locale: str) -> str:
    return locale if locale in LOCALES else "fr"


async def propose(actor: Actor, practice: UUID, op: UUID) -> None:
    """Hand the draft to the network's staff, who are told by mail.

    Raises DoesNotExist, Unacceptable, NotAMember, AlreadyDone.
    """
    async with transaction(actor):
        found = await store.own_practice(actor, practice, locked=True)
        await operations.claim(op, actor.person_id, _address(actor, practice))
        last = (await store.versions_of(actor, practice))[0]
        if last.state is not VersionState.DRAFT:
            return  # proposed or judged already, from another tab
        _check(from_plain(last.content), proposing=True)
        if found.network_id not in {known for known, _ in await store.sharing_networks(actor)}:
            raise NotAMember
        last.state, last.proposed_at, last.proposed_by = VersionState.PROPOSED, now(), actor.person_id
        last.revision += 1
        await last.save()
        await audit.record(
            actor, "practices.proposed", f"practice {practice}", title=last.title, version=last.number
        )
        await enqueue("practices.proposed", network=found.network_id, practice=practice, number=last.number)


async def take_back(actor: Actor, practice: UUID) -> None:
    """Take a proposal back before the staff judged it: it is a draft again. Raises DoesNotExist."""
    async with transaction(actor):
        await store.own_practice(actor, practice, locked=True)
        last = (await store.versions_of(actor, practice))[0]
        if last.state is not VersionState.PROPOSED:
            return
        last.state, last.proposed_at, last.proposed_by = VersionState.DRAFT, None, None
        last.revision += 1
        await last.save()
        await audit.record(actor, "practices.taken_back", f"practice {practice}", title=last.title)


async def withdraw(actor: Actor, practice: UUID) -> None:
    """Members no longer read it; its versions stay with the organisation. Raises DoesNotExist."""
    async with transaction(actor):
        found = await store.own_practice(actor, practice, locked=True)
        last = (await store.versions_of(actor, practice))[0]
        await SharedPractice.filter(id=practice).delete()
        await Practice.filter(id=practice, organisation_id=actor.organisation_id).update(shared_version=None)
        if last.state is not VersionState.WITHDRAWN:
            last.state = VersionState.WITHDRAWN
            last.revision += 1
            await last.save()
        await audit.record(
            actor,
            "practices.withdrawn",
            f"practice {practice}",
            title=last.title,
            shared=found.shared_version,
        )


def _check(sheet: Sheet, *, proposing: bool) -> None:
    if found := faults(sheet, proposing=proposing):
        raise Unacceptable(found)


def _address(actor: Actor, practice: UUID) -> str:
    return f"/o/{actor.organisation.slug}/practices/{practice}"
