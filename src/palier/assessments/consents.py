"""Whether the scores of a round join the benchmark of its campaign."""

from functools import partial

from palier.assessments.store import Assessment
from palier.foundation.database import once, select

# Of all rounds of the organisation: a page that shows several asks once.
_LAST_ANSWERS = """
select distinct on (c.assessment_id) c.assessment_id, c.given from consent c join assessment a on a.id = c.assessment_id
where a.organisation_id = $1 and c.in_time order by c.assessment_id, c.said_at desc, c.id desc
"""


async def shares(assessment: Assessment) -> bool:
    """Whether a round's scores join its campaign's benchmark: the last answer given before the campaign was sealed."""
    organisation = assessment.organisation_id
    rows = await once(("shares", organisation), partial(select, _LAST_ANSWERS, organisation))
    given = {row["assessment_id"]: row["given"] for row in rows}
    return bool(given.get(assessment.id, assessment.benchmark_consent))
