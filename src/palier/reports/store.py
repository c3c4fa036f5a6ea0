"""Documents asked for: what, by whom, how far, and the finished file. Every query starts from an actor or a duty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from palier.foundation import store as shared
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import select
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role


class ReportState(StrEnum):
    """How far a document is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


MOST_NEWS = 25
"""Documents looked at for the home page, the newest first."""

LONG_WAIT, LATELY = timedelta(seconds=10), timedelta(days=1)
"""From when on nobody is expected to have waited; for how long the home page tells that a document has ended."""

UNMADE = frozenset({ReportState.FAILED, ReportState.CANCELLED})
"""Where it ended without a file."""


class Report(Model):
    """One document. `content` is the frozen data it is made of, so that it can be made again byte for byte."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="reports")
    organisation_id: UUID
    kind = fields.CharField(max_length=30)
    title = fields.CharField(max_length=200)
    locale = fields.CharField(max_length=10)
    assessment_id = fields.UUIDField(null=True)
    plan_id = fields.UUIDField(null=True)
    content: Any = fields.JSONField()
    content_key = fields.CharField(max_length=64, db_index=True)
    state = fields.CharEnumField(ReportState, max_length=20, default=ReportState.QUEUED)
    attempts = fields.SmallIntField(default=0)
    file_id = fields.UUIDField(null=True)
    pages = fields.IntField(null=True)
    failure = fields.CharField(max_length=300, default="")
    created_by = fields.UUIDField()
    created_name = fields.CharField(max_length=120)
    created_at = fields.DatetimeField(auto_now_add=True)
    finished_at = fields.DatetimeField(null=True)
    tell: Any = fields.JSONField(default=list, db_default=[])  # ids of those who want a letter once made

    class Meta:
        table = table_description = "report"

    @property
    def pending(self) -> bool:
        """Whether it is still to be made or being made."""
        return self.state in (ReportState.QUEUED, ReportState.RUNNING)

    def is_news(self, moment: datetime) -> bool:
        """Whether it ended lately, made or not, and took longer than anybody waits for."""
        if self.finished_at is None or self.state is ReportState.CANCELLED:
            return False
        return moment - self.finished_at < LATELY and self.finished_at - self.created_at >= LONG_WAIT


class SharedLink(Model):
    """A time-limited address for somebody outside. Only the fingerprint of its code is kept, and of its password the hash.

    With a `watermark` the link gives the marked copy `file_id` once it is made, never the document's own file.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    report: Any = fields.ForeignKeyField("palier.Report", related_name="links")
    report_id: UUID
    organisation_id = fields.UUIDField()
    organisation_name = fields.CharField(max_length=160)  # all its holder sees of it
    fingerprint = fields.CharField(max_length=64, unique=True)
    recipient = fields.CharField(max_length=80)
    password_hash = fields.CharField(max_length=200, default="")
    watermark = fields.CharField(max_length=160, default="")
    file_id = fields.UUIDField(null=True)
    attempts = fields.SmallIntField(default=0)
    failure = fields.CharField(max_length=300, default="")
    mandate_id = fields.UUIDField(null=True)  # a consultant's link ends with their mandate
    created_by = fields.UUIDField()
    created_name = fields.CharField(max_length=120)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    openings: Any

    class Meta:
        table = table_description = "shared_link"


class LinkOpening(Model):
    """One time a document was taken away by a link: when, and nothing about whom."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    link: Any = fields.ForeignKeyField("palier.SharedLink", related_name="openings")
    link_id: UUID
    organisation_id = fields.UUIDField()
    at = fields.DatetimeField()

    class Meta:
        table = table_description = "link_opening"


class IssuedFile(Model):
    """A file that left the press under a code: what the page open to everybody may confirm, and nothing else.

    Written with the file, never changed. A file made anew by a later version of ours is one more row under its code.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField("palier.Organisation", related_name="issued_files", null=True)
    organisation_id: UUID | None
    network: Any = fields.ForeignKeyField("palier.Network", related_name="issued_files", null=True)
    network_id: UUID | None
    assessment_id: UUID | None = fields.UUIDField(null=True)  # the round it is of
    fingerprint = fields.CharField(max_length=64)  # of the code
    sha256 = fields.CharField(max_length=64, db_index=True)
    kind = fields.CharField(max_length=30)
    issuer = fields.CharField(max_length=200)
    issued_at = fields.DatetimeField()

    class Meta:
        table = table_description = "issued_file"
        unique_together = (("fingerprint", "sha256"),)


class ReportPreset(Model):
    """A form filled in and kept under a name: an organisation's, or a consultant's for all their clients.

    Exactly one of `organisation` and `person` is set. `answers` are the form's raw fields, without what it is about.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organisation: Any = fields.ForeignKeyField(
        "palier.Organisation", related_name="report_presets", null=True
    )
    organisation_id: UUID | None
    person: Any = fields.ForeignKeyField("palier.Person", related_name="report_presets", null=True)
    person_id: UUID | None
    name = fields.CharField(max_length=80)
    answers: Any = fields.JSONField()
    changed_name = fields.CharField(max_length=120)
    changed_at = fields.DatetimeField()

    class Meta:
        table = table_description = "report_preset"
        unique_together = (("organisation", "name"), ("person", "name"))


_SHOWN = tuple(name for name in Report._meta.fields_map if name not in ("content", "organisation"))
"""Everything but the content, which may weigh a megabyte and is read by the worker alone."""


def visible_reports(actor: Actor) -> QuerySet[Report]:
    """The organisation's documents, newest first.

    A consultant sees those they asked for: the organisation's own may print figures of peers that a consultant with
    several clients must not see (docs/benchmarks.md).
    """
    rows = Report.filter(organisation_id=actor.organisation_id)
    if actor.role is Role.CONSULTANT:
        rows = rows.filter(created_by=actor.person_id)
    return rows.order_by("-created_at", "-id").only(*_SHOWN)


async def report_of(actor: Actor, report: UUID, *, locked: bool = False) -> Report:
    """One document. Raises DoesNotExist, for a stranger's as for an unknown one."""
    rows = visible_reports(actor).filter(id=report)
    return await (rows.select_for_update() if locked else rows).get()


async def same_document(actor: Actor, content_key: str) -> Report | None:
    """A document with the very same content that is made, or will be."""
    rows = visible_reports(actor).filter(content_key=content_key, state__not_in=[*UNMADE])
    return await rows.first()


async def take(report: UUID) -> Report | None:
    """Mark a document as being made, one more time; None when there is nothing left to make."""
    sql = (
        "update report set state = 'running', attempts = attempts + 1 "
        "where id = $1 and state in ('queued', 'running') returning id"
    )
    return await Report.get(id=report) if await select(sql, report) else None


async def being_made(report: UUID) -> Report | None:
    """The document, locked, unless somebody has finished it meanwhile."""
    return await Report.filter(id=report, state=ReportState.RUNNING).select_for_update().first()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who wants a letter, in their own language."""

    name: str
    email: str
    locale: str


async def waiting_for(row: Report) -> list[Waiting]:
    """Those who want a letter about the document and are still with the organisation; a mandate must still run."""
    sql = (
        "select p.name, p.email, p.locale from person p where p.id = any($2::uuid[]) and p.id in ("
        "select person_id from membership where organisation_id = $1 "
        "union select consultant_id from mandate where organisation_id = $1 and revoked_at is null "
        "and ends_on >= current_date) order by p.id"
    )
    found = await select(sql, row.organisation_id, row.tell) if row.tell else []
    return [Waiting(each["name"], each["email"], each["locale"]) for each in found]


async def own_news(actor: Actor) -> list[Report]:
    """Documents the actor asked for and could leave alone: those being made, and the long ones that ended lately."""
    rows = visible_reports(actor).filter(created_by=actor.person_id, created_at__gt=now() - 2 * LATELY)
    return [row for row in await rows.limit(MOST_NEWS) if row.pending or row.is_news(now())]


# --- what was issued ------------------------------------------------------------------------------------------------


async def issued_under(fingerprint: str) -> list[IssuedFile]:
    """The files of the code with this fingerprint, the first one first."""
    return await IssuedFile.filter(fingerprint=fingerprint).order_by("issued_at", "id")


async def issued_as(sha256: str) -> IssuedFile | None:
    """When a file with this very content was first issued."""
    return await IssuedFile.filter(sha256=sha256).order_by("issued_at", "id").first()


async def superseded_since(asked: str) -> datetime | None:
    """When the round of the document with this fingerprint of its code, or of its bytes, was submitted again."""
    (row,) = await select("select superseded_since($1) as at", asked)
    at: datetime | None = row["at"]
    return at


# --- links for people outside ---------------------------------------------------------------------------------------


async def shows_peers(report: Report) -> bool:
    """Whether figures of other organisations stand in the document."""
    sql = (
        "select coalesce(content #> '{document,peers}', 'null') <> 'null' as shows from report where id = $1"
    )
    return bool((await select(sql, report.id))[0]["shows"])


async def links_of(report: Report) -> list[SharedLink]:
    """The links of a document the actor may see, the newest first."""
    return await SharedLink.filter(report_id=report.id).order_by("-created_at", "-id")


async def link_of(actor: Actor, report: UUID, link: UUID) -> SharedLink:
    """One link, locked, of a document the actor may see. Raises DoesNotExist."""
    row = await report_of(actor, report)
    return await SharedLink.filter(report_id=row.id, id=link).select_for_update().get()


async def count_working(reports: Sequence[Report], moment: datetime) -> dict[UUID, int]:
    """How many links of each document work at that moment; a document without one is left out."""
    sql = (
        "select report_id, count(*) as working from shared_link "
        "where report_id = any($1) and revoked_at is null and expires_at > $2 group by report_id"
    )
    rows = await select(sql, [report.id for report in reports], moment) if reports else []
    return {row["report_id"]: row["working"] for row in rows}


async def openings_of(links: Sequence[SharedLink], most: int) -> list[dict[str, Any]]:
    """The last `most` openings of each link as link_id, at, times: the latest first, `times` is how many there are in all."""
    sql = (
        "select link_id, at, times from (select link_id, at, count(*) over (partition by link_id) as times, "
        "row_number() over (partition by link_id order by at desc, id desc) as place "
        "from link_opening where link_id = any($1)) o where place <= $2 order by link_id, place"
    )
    return await select(sql, [link.id for link in links], most) if links else []


async def working_link(fingerprint: str, moment: datetime) -> SharedLink | None:
    """The link with this fingerprint, unless it is over or revoked."""
    return await SharedLink.filter(fingerprint=fingerprint, revoked_at=None, expires_at__gt=moment).first()


async def report_behind(link: SharedLink) -> Report:
    """The document of a link, without its content."""
    return await Report.filter(id=link.report_id).only(*_SHOWN).get()


async def file_given(link: SharedLink, report: Report) -> shared.StoredFile | None:
    """What a link gives: the marked copy where one was asked for, else the document's own file; None until it is made."""
    return await shared.StoredFile.get_or_none(id=link.file_id if link.watermark else report.file_id)


async def openings_since(link: SharedLink, moment: datetime) -> int:
    """How many times a link gave its document since then."""
    return await LinkOpening.filter(link_id=link.id, at__gt=moment).count()


async def take_copy(link: UUID) -> SharedLink | None:
    """Count one more try to make a marked copy; None where it is made, given up, or no longer wanted."""
    sql = (
        "update shared_link set attempts = attempts + 1 where id = $1 and watermark <> '' and file_id is null "
        "and failure = '' and revoked_at is null returning id"
    )
    return await SharedLink.get(id=link) if await select(sql, link) else None


async def copy_being_made(link: UUID) -> SharedLink | None:
    """The link, locked, unless its copy is made meanwhile or no longer wanted."""
    links = SharedLink.filter(id=link, file_id=None, failure="", revoked_at=None)
    return await links.select_for_update().first()


async def organisations_with_old_links(before: datetime) -> list[UUID]:
    """Whose links ended before then. The worker's: it alone sees all organisations."""
    sql = "select distinct organisation_id from shared_link where expires_at < $1 or revoked_at < $1"
    return [row["organisation_id"] for row in await select(sql, before)]


async def presets_for(actor: Actor) -> list[ReportPreset]:
    """What may be used here, in order of name: the organisation's presets, and a consultant's own."""
    return await _usable(actor).order_by("name", "id")


async def usable_preset(actor: Actor, preset: UUID) -> ReportPreset:
    """One that may be used here. Raises DoesNotExist."""
    return await _usable(actor).get(id=preset)


def _usable(actor: Actor) -> QuerySet[ReportPreset]:
    return ReportPreset.filter(Q(organisation_id=actor.organisation_id) | own_presets(actor))


def own_presets(actor: Actor) -> Q:
    """Those the actor may change: the organisation's, or the consultant's own, which no client reads."""
    if actor.role is Role.CONSULTANT:
        return Q(person_id=actor.person_id, organisation_id=None)
    return Q(organisation_id=actor.organisation_id)


async def own_preset(actor: Actor, preset: UUID) -> ReportPreset:
    """One the actor may change, locked. Raises DoesNotExist."""
    return await ReportPreset.filter(own_presets(actor), id=preset).select_for_update().get()


class NameTaken(Exception):
    """Another preset of the same owner has this name."""


async def add_preset(row: ReportPreset) -> bool:
    """Insert it; False where its name is taken."""
    await ReportPreset.bulk_create([row], ignore_conflicts=True)
    return await ReportPreset.exists(id=row.id)


async def change_preset(row: ReportPreset, **columns: Any) -> None:
    """Set its columns. Raises NameTaken, after which the transaction is over."""
    try:
        await ReportPreset.filter(id=row.id).update(**columns)
    except IntegrityError as fault:
        raise NameTaken from fault
