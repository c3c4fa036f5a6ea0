"""A round on the questionnaire that has one criterion of each kind of answer, and a branch."""

from datetime import date
from pathlib import Path
from typing import Any

from palier.assessments.store import Assessment, UsedDefinition
from palier.foundation.actor import Actor
from palier.foundation.database import transaction
from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.catalogue import check_files
from palier.questionnaires.yaml_text import parse

FILE = Path(__file__).parent / "cases/every_kind.yaml"
PLAIN = parse(FILE.read_text(encoding="utf-8")).data
EVERY_KIND = questionnaire_from(PLAIN)
SLUG = "ek-2026"

CHOICE, SHARE, NPS = "EK1.1.1", "EK1.1.2", "EK1.1.3"
OPTIONS, KPI = "EK1.2.1", "EK1.2.2"
CYCLE, RESULTS, PLACES, LADDER = "EK2.1.1", "EK2.1.2", "EK2.1.3", "EK2.1.4"
CALLS = "EK2.2.1"

VALUES: dict[str, Any] = {
    SHARE: "55",
    NPS: {"promoters": 45, "passives": 30, "detractors": 25},
    OPTIONS: ["log", "root", "late"],
    KPI: "12.5",
    CYCLE: {"plan": 4, "do": 3, "check": 2, "act": 1},
    RESULTS: {"trend": 3, "target": 4, "comparison": 2},
    PLACES: {"desk": 4, "phone": 3, "web": 2},
    LADDER: [2, 3, 5],
    CALLS: "81.5",
}
"""A value for every criterion that takes one."""


async def plant_every_kind(actor: Actor) -> Assessment:
    """An open round on it, as if an operator had offered the file."""
    assert check_files([FILE]) == []
    async with transaction(actor):
        assessment = await Assessment.create(
            organisation_id=actor.organisation_id, slug=SLUG, name="2026", questionnaire=EVERY_KIND.id,
            version=EVERY_KIND.version, definition_hash=EVERY_KIND.content_hash, opens_on=date(2026, 10, 1),
            closes_on=date(2026, 12, 15), created_by=actor.person_id,
        )  # fmt: skip
        await UsedDefinition.create(
            hash=EVERY_KIND.content_hash,
            questionnaire=EVERY_KIND.id,
            version=EVERY_KIND.version,
            content=PLAIN,
        )
    return assessment
