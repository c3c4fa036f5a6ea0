"""What people asked about their data: to take it away, to have it erased, how long an organisation keeps it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from palier.foundation.actor import Actor, Person
from palier.foundation.clock import now
from palier.foundation.database import select
from palier.foundation.identifiers import new_id

KEPT_FOR: Final = timedelta(days=7)
"""How long a parcel can be fetched."""


class ParcelState(StrEnum):
    """How far a parcel is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Parcel(Model):
    """Data taken away in one file: what is held about a person, or everything of an organisation. Fetched by who asked."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person_id = fields.UUIDField(db_index=True)
    organisation_id: UUID | None = fields.UUIDField(null=True)  # None: what is held about the person
    locale = fields.CharField(max_length=10)
    state = fields.CharEnumField(ParcelState, max_length=20, default=ParcelState.QUEUED)
    done = fields.SmallIntField(default=0)  # percent
    asked_at = fields.DatetimeField()
    made_at: datetime | None = fields.DatetimeField(null=True)
    expires_at: datetime | None = fields.DatetimeField(null=True)
    size: int | None = fields.BigIntField(null=True)
    sha256 = fields.CharField(max_length=64, default="")
    failure = fields.CharField(max_length=20, default="")  # too big, files away, other

    class Meta:
        table = table_description = "parcel"

    @property
    def key(self) -> str:
        """Where its bytes lie: apart from organisations' files, so that no sweep takes them for lost ones."""
        return f"parcels/{self.id}.zip"

    @property
    def pending(self) -> bool:
        """Whether it is still to be made or being made."""
        return self.state in (ParcelState.QUEUED, ParcelState.RUNNING)

    @property
    def ready(self) -> bool:
        """Whether it can be fetched now."""
        return self.state is ParcelState.DONE and self.expires_at is not None and self.expires_at > now()


class Erasure(Model):
    """Somebody asked that a person, or an organisation, be erased on a day. What is left when it is done names nobody."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person_id = fields.UUIDField(db_index=True)  # who asked; without an organisation, who is erased
    organisation_id: UUID | None = fields.UUIDField(null=True)
    fingerprint = fields.CharField(max_length=64, unique=True)  # of the link that stops it
    asked_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    stopped_at: datetime | None = fields.DatetimeField(null=True)
    done_at: datetime | None = fields.DatetimeField(null=True)
    counts: Any = fields.JSONField(default=dict)  # rows changed, by table

    class Meta:
        table = table_description = "erasure"


class AskedAlready(Exception):
    """An erasure is waiting for its day already."""


class Retention(Model):
    """How long an organisation keeps what, where it is not the usual time."""

    organisation_id = fields.UUIDField(primary_key=True)
    days: Any = fields.JSONField(default=dict)  # {what: days}
    changed_at = fields.DatetimeField()

    class Meta:
        table = table_description = "retention"


# --- named queries ------------------------------------------------------------------------------------------


async def parcels_of(person: Person) -> list[Parcel]:
    """What the person asked about themselves and can still be fetched or is being made, the newest first."""
    return await _current(person.person_id, None)


async def parcels_of_house(actor: Actor) -> list[Parcel]:
    """What the actor asked of the organisation."""
    return await _current(actor.person_id, actor.organisation_id)


async def _current(person: UUID, organisation: UUID | None) -> list[Parcel]:
    since = now() - KEPT_FOR
    rows = Parcel.filter(person_id=person, organisation_id=organisation, asked_at__gt=since)
    return await rows.order_by("-asked_at").limit(5)


async def own_parcel(person: UUID, parcel: UUID, organisation: UUID | None) -> Parcel:
    """One parcel of `person`. Raises DoesNotExist, for anybody else's as for an unknown one."""
    return await Parcel.get(id=parcel, person_id=person, organisation_id=organisation)


async def add_erasure(person: UUID, organisation: UUID | None, stop: str, due: datetime) -> Erasure:
    """A new erasure; `stop` is the fingerprint of the link that stops it. Raises AskedAlready: one waits at a time."""
    try:
        return await Erasure.create(
            id=new_id(), person_id=person, organisation_id=organisation, fingerprint=stop, asked_at=now(), due_at=due
        )  # fmt: skip
    except IntegrityError as error:
        raise AskedAlready from error


async def open_erasure(*, person: UUID | None = None, organisation: UUID | None = None) -> Erasure | None:
    """The erasure that is waiting for its day: of a person, or of an organisation."""
    rows = Erasure.filter(stopped_at=None, done_at=None, organisation_id=organisation)
    return await (rows.filter(person_id=person) if organisation is None else rows).first()


async def due_erasures() -> list[Erasure]:
    """Those whose day has come. For the worker."""
    return await Erasure.filter(stopped_at=None, done_at=None, due_at__lte=now()).order_by("due_at")


async def retention_of(organisation: UUID) -> dict[str, int]:
    """The days an organisation chose, by what is kept; the usual ones are left out."""
    row = await Retention.get_or_none(organisation_id=organisation)
    return {name: int(days) for name, days in row.days.items()} if row else {}


async def real_organisations() -> list[UUID]:
    """Every organisation but throw-away copies. For the worker."""
    rows = await select("select id from organisation where sandbox_until is null order by id")
    return [row["id"] for row in rows]


async def only_owner_of(person: UUID) -> list[dict[str, Any]]:
    """The organisations, by name, that would be left without an owner: slug, name."""
    sql = (
        "select o.slug, o.name from membership m join organisation o on o.id = m.organisation_id "
        "where m.person_id = $1 and m.role = 'owner' and o.sandbox_until is null and sole_owner(o.id, $1) order by o.name"
    )
    return await select(sql, person)
