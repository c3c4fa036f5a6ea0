"""Any two rounds side by side, and the same as a file."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery
from litestar.response import Template

from palier.assessments import over_time_wording, store
from palier.assessments import results_wording as wording
from palier.assessments.flows.comparing import Pair, load_pair
from palier.assessments.flows.rounds import Round
from palier.assessments.pages.comparison_file import comparison_file
from palier.assessments.pages.results import WORDS
from palier.assessments.rules.differences import Order, sort_differences
from palier.assessments.rules.finished import Deeds
from palier.assessments.rules.peers import Peers
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import page
from palier.scoring.rules.result import TOTAL


class Comparing(Controller):
    """`/o/{org}/compare?a=&b=`"""

    path = "/o/{org:str}"
    opt = needs(Permission.READ)

    @get("/compare")
    async def compare(
        self, request: Request, actor: NamedDependency[Actor], peers: NamedDependency[Peers], deeds: NamedDependency[Deeds],
        a: FromQuery[str] = "", b: FromQuery[str] = "", sort: FromQuery[str] = "-move", which: FromQuery[str] = "moved",
    ) -> Template:  # fmt: skip
        """Two rounds on their common criteria, whichever of `a` and `b` is the earlier; by default the last two."""
        async with reading(actor):
            choices = await store.visible_assessments(actor)
            a, b = chosen(choices, a, b)
            found = await load_pair(actor, a, b, peers, deeds) if a and b else None
        shown = comparison_of(found, sort, which)
        return page(
            request, "assessments/results_compare.html", nav="assessments", choices=choices, a=a, b=b, which=which,
            **shown, **WORDS,
        )  # fmt: skip

    @get("/compare.csv")
    async def file(
        self, actor: NamedDependency[Actor], peers: NamedDependency[Peers], deeds: NamedDependency[Deeds],
        a: FromQuery[str] = "", b: FromQuery[str] = "",
    ) -> Response[bytes]:  # fmt: skip
        """Every node of both rounds with its change, for a spreadsheet."""
        async with reading(actor):
            a, b = chosen(await store.visible_assessments(actor), a, b)
            found = await load_pair(actor, a, b, peers, deeds) if a and b else None
        if not isinstance(found, Pair):
            raise NotFoundException
        name = f"{found.before.assessment.slug}-{found.after.assessment.slug}.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(comparison_file(found), media_type="text/csv; charset=utf-8", headers=headers)


def chosen(choices: list[Assessment], a: str, b: str) -> tuple[str, str]:
    """The slugs to compare: those asked for, else the newest submitted round and the one before it."""
    submitted = [one for one in choices if one.submitted_at is not None]
    if not b:
        b = submitted[0].slug if submitted else ""
    if not a:
        later = next((one for one in submitted if one.slug == b), None)
        older = [
            one
            for one in submitted
            if later and one.questionnaire == later.questionnaire and one.opens_on < later.opens_on
        ]
        a = older[0].slug if older else ""
    return a, b


def comparison_of(found: Pair | tuple[Round, Round] | None, sort: str, which: str) -> dict[str, Any]:
    """What the page shows; no table where the rounds do not answer the same questionnaire."""
    if found is None:
        return {"before": None, "after": None, "pair": None, "table": None}
    if not isinstance(found, Pair):
        return {"before": found[0], "after": found[1], "pair": None, "table": None}
    order = _order(sort.removeprefix("-"))
    rows = [row for row in found.differences if which == "all" or row.delta]
    worth = [("", _("Overall maturity"), found.beside(TOTAL))]
    worth += [
        (row.code, row.part.label.in_(current()), found.beside(row.code))
        for row in found.table.elements
        if row.part
    ]
    return {
        "before": found.before,
        "after": found.after,
        "pair": found,
        "table": found.table,
        "title": wording.elements_title(found.table),
        "changes": found.levels,
        "order": order,
        "descending": sort.startswith("-"),
        "rows_shown": sort_differences(rows, order, descending=sort.startswith("-")),
        "worth": worth,
        "total": found.beside(TOTAL),
        "reliable_words": over_time_wording.reliable_words,
        "reliable_tag": over_time_wording.reliable_tag,
        "group_words": over_time_wording.group_words(
            found.beside(TOTAL), found.peers_before, found.peers_after
        ),
        "left_out": [
            (code, _label(code, found.after, found.before), wording.left_out_words(why))
            for code, why in found.comparison.left_out.items()
        ],
    }


def _order(name: str) -> Order:
    return Order(name) if name in set(Order) else Order.MOVE


def _label(code: str, *rounds: Round) -> Any:
    """What the criterion is called in the first of the rounds that asks it."""
    return next(
        one.questionnaire.criterion(code).label for one in rounds if code in one.questionnaire.index.positions
    )


PAGES = [Comparing]
