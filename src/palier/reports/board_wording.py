"""The sentences of the summary for a board."""

from collections.abc import Iterator

from palier.foundation.language import gettext as _
from palier.foundation.language import joined, ngettext, points
from palier.reports.rules.boards import BoardSummary
from palier.reports.rules.documents import ActionStatus
from palier.reports.rules.findings import count_actions, gap_to_median, peer_finding, unsupported_points
from palier.reports.wording import Chapter, in_title, plan_title, priorities_title


def board_chapters(document: BoardSummary) -> tuple[Chapter, ...]:
    """Its two pages: where we stand, what is done about it."""
    second = priorities_title(document) or _("What comes next")
    plan = document.plan
    return (
        Chapter("board", _("Where we stand"), document.headline.sentence),
        Chapter("next", _("What is being done"), plan_title(plan) if plan and plan.actions else second),
    )


def watched(document: BoardSummary) -> tuple[str, ...]:
    """What to keep an eye on, each a fact of the figures; nothing where nothing calls for it."""
    return tuple(_watched(document))


def _watched(document: BoardSummary) -> Iterator[str]:
    if document.headline.capped_by:
        yield _("The level is capped by %(codes)s.") % {"codes": joined(document.headline.capped_by)}
    behind = peer_finding(document.dimensions).behind
    if behind is not None:
        yield _("“%(label)s” stands %(gap)s points below the median of peers") % {
            "label": in_title(behind.label), "gap": abs(gap_to_median(behind) or 0),
        } + "."  # fmt: skip
    gap = unsupported_points(document.evidence) if document.evidence else None
    if gap is not None:
        yield _("%(gap)s points are declared but not yet supported by evidence") % {"gap": points(gap)} + "."
    yield from _of_the_plan(document)


def _of_the_plan(document: BoardSummary) -> Iterator[str]:
    if document.plan is None:
        return
    late = count_actions(document.plan.actions, document.cover.as_of.date()).overdue
    if late:
        yield ngettext("%(n)s action is overdue.", "%(n)s actions are overdue.", late) % {"n": late}
    open_ = [one for one in document.plan.actions if one.status is not ActionStatus.DONE]
    loose = sum(not one.owner or one.due is None for one in open_)
    if loose:
        yield ngettext(
            "%(n)s action has no owner or no due date.", "%(n)s actions have no owner or no due date.", loose
        ) % {"n": loose}
