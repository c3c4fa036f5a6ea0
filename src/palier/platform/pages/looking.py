"""The staff's pages that only show: overview, organisations, networks, questionnaires, health, trail."""

import asyncio
import shutil
from datetime import date
from importlib.metadata import version
from uuid import UUID

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from palier.foundation import database
from palier.foundation.actor import StaffActor
from palier.foundation.backup_note import last_backup
from palier.foundation.migrating import shipped
from palier.foundation.settings import Settings
from palier.platform import wording
from palier.platform.flows import reading
from palier.platform.flows.readiness import obstacles
from palier.platform.pages.frame import STAFF, framed, number_in
from palier.privacy.flows.trail_verifying import trail_health
from palier.privacy.trail_sentences import sentences
from palier.questionnaires import catalogue


class Looking(Controller):
    """What the staff see of the installation."""

    path = "/admin"
    opt = STAFF

    @get()
    async def overview(
        self, request: Request, staff_actor: NamedDependency[StaffActor], settings: NamedDependency[Settings]
    ) -> Template:
        """Everything in figures, and what stands in the way."""
        disk = await asyncio.to_thread(shutil.disk_usage, settings.data_directory)
        return framed(
            request, "platform/overview.html", "overview", facts=await reading.overview(staff_actor), disk=disk,
            obstacles=[wording.obstacle(each) for each in await obstacles(settings.data_directory)],
            version=version("palier"), schema=shipped()[-1], size=wording.size,
        )  # fmt: skip

    @get("/organisations")
    async def organisations(self, request: Request, staff_actor: NamedDependency[StaffActor]) -> Template:
        """All organisations, found by name, address or number."""
        text, kind = request.query_params.get("q", "").strip()[:160], request.query_params.get("kind", "")
        leaf = await reading.organisations(staff_actor, text, kind, number_in(request))
        return framed(
            request, "platform/organisations.html", "organisations", leaf=leaf, text=text, kind=kind,
            kinds=wording.organisation_kinds(),
        )  # fmt: skip

    @get("/networks")
    async def networks(self, request: Request, staff_actor: NamedDependency[StaffActor]) -> Template:
        """All networks with their counts."""
        rows = await reading.networks(staff_actor)
        return framed(request, "platform/networks.html", "networks", rows=rows)

    @get("/questionnaires")
    async def questionnaires(self, request: Request, staff_actor: NamedDependency[StaffActor]) -> Template:
        """The shipped questionnaires and versions, and how many rounds use each content."""
        used = await reading.rounds_by_definition(staff_actor)
        shipped_ones = [(one, used.pop((one.id, one.version), [])) for one in catalogue.every_questionnaire()]
        gone = [(key, rows) for key, rows in sorted(used.items())]
        own = await reading.own_questionnaires(staff_actor)
        return framed(
            request,
            "platform/questionnaires.html",
            "questionnaires",
            shipped=shipped_ones,
            gone=gone,
            own=own,
        )

    @get("/health")
    async def health(
        self, request: Request, staff_actor: NamedDependency[StaffActor], settings: NamedDependency[Settings]
    ) -> Template:
        """What /readyz checks, in words, and what the night found in the audit trail."""
        async with database.reading(staff_actor):
            trail = await trail_health()
        found = {reason.partition(":")[0]: reason for reason in await obstacles(settings.data_directory)}
        return framed(
            request, "platform/health.html", "health", found=found, obstacle=wording.obstacle,
            facts=await reading.overview(staff_actor), trail=trail, size=wording.size,
            backup=await asyncio.to_thread(last_backup, settings.data_directory),
        )  # fmt: skip

    @get("/trail")
    async def trail(self, request: Request, staff_actor: NamedDependency[StaffActor]) -> Template:
        """The platform's own chain: sign-ins, accounts, and what the staff did."""
        asked = request.query_params
        verb, since = asked.get("verb", "")[:60], _day(asked.get("since", ""))
        person = _identifier(asked.get("person", ""))
        leaf = await reading.trail(staff_actor, verb, person, since, number_in(request))
        return framed(
            request, "platform/trail.html", "trail", leaf=leaf, verb=verb, since=since, who=person,
            verbs=wording.trail_verbs(), sentences=sentences(),
        )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


PAGES = [Looking]
