"""CPU seconds of one PDF, results and plan of the demo's director: `python -m benchmarks.documents` prints them as JSON.

A process of its own, as the worker's press has: the first document pays for the engine and the fonts.
"""

import asyncio
import json
import time
from itertools import pairwise
from pkgutil import resolve_name

from palier.accounts.store import Person as PersonRow
from palier.action_plans.store import ActionPlan
from palier.assessments.store import AssessmentState, visible_assessments
from palier.benchmarks.flows.comparing import peers
from palier.foundation import files
from palier.foundation.actor import Actor, OnDuty, Organisation, Person
from palier.foundation.database import WORKER, connect, disconnect, reading
from palier.foundation.permissions import Role
from palier.foundation.settings import Settings, read_settings
from palier.network.store import Organisation as OrganisationRow
from palier.reports.flows.building import draw_up
from palier.reports.rules.documents import Document
from palier.reports.rules.wishes import Kind, Wish

EMAIL, SLUG = "claire.lambert@palier.example", "transports-du-val"
WARM = 3


async def the_document(settings: Settings) -> Document:
    """Last year's results with the plan drawn from them."""
    await connect(settings.database_url or "", WORKER)
    try:
        actor = await _director()
        async with reading(actor):
            rounds = visible_assessments(actor).filter(state=AssessmentState.SUBMITTED)
            last = await rounds.order_by("-submitted_at").first()
            plan = await ActionPlan.filter(organisation_id=actor.organisation_id).first()
            if last is None or plan is None:
                raise SystemExit("the demo's director has no result or no plan")
            wish = Wish(Kind.RESULTS, "fr", last.slug, plan.slug)
            return (await draw_up(actor, wish, peers, files.shelves(settings.data_directory))).document
    finally:
        await disconnect()


async def _director() -> Actor:
    async with reading(OnDuty()):
        person, row = await PersonRow.get(email=EMAIL), await OrganisationRow.get(slug=SLUG)
    return Actor(
        Person(person.id, person.name, person.email), Organisation(row.id, row.slug, row.name), Role.OWNER
    )


def main() -> None:
    document = asyncio.run(the_document(read_settings()))
    moments = [time.process_time()]
    print_document = resolve_name("palier.reports.typesetting:print_document")
    content = b""
    for _ in range(1 + WARM):
        content = print_document(document, "fr")
        moments.append(time.process_time())
    took = [after - before for before, after in pairwise(moments)]
    pages = resolve_name("palier.reports.pdf:count_pages")(content)
    print(json.dumps({"first": took[0], "warm": min(took[1:]), "pages": pages, "bytes": len(content)}))


if __name__ == "__main__":
    main()
