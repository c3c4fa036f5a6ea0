"""The sentences of a document: section titles that state a finding, and the words for states, grades and quarters."""

from dataclasses import dataclass
from datetime import date
from math import ceil, floor

from palier.foundation.language import gettext as _
from palier.foundation.language import joined, ngettext, number, pgettext, points, signed
from palier.reports import bulletin_wording
from palier.reports.rules.accent import LEAST_CONTRAST, AccentFault, AccentRefused
from palier.reports.rules.action_sheets import ActionSheet
from palier.reports.rules.boards import BoardSummary
from palier.reports.rules.bulletins import Bulletin
from palier.reports.rules.certificates import Certificate
from palier.reports.rules.documents import (
    Action,
    ActionStatus,
    AnswerState,
    EvidenceGrade,
    PeerGroup,
    Plan,
    Quarter,
    ResultsAndPlan,
)
from palier.reports.rules.findings import (
    Row,
    count_actions,
    count_high_levels,
    count_progress,
    gap_to_median,
    largest_contribution,
    peer_finding,
    unsupported_points,
)
from palier.reports.rules.kinds import Document
from palier.reports.rules.naming import RoleWords
from palier.reports.rules.options import Mark, Section
from palier.reports.rules.paper_questionnaires import PaperQuestionnaire
from palier.reports.rules.slides import Slides

SHORTEST_LAST_LINE, LONGEST_BOUND = 12, 40
LONGEST_IN_TITLE = 80
LONGEST_WHOLE_CARD = 2000


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: where it stands, what it is about, and what it finds."""

    anchor: str
    subject: str
    finding: str


def bound(title: str) -> str:
    """`title` with its last words held together, so that no heading ends on a line of one short word."""
    head, tail = title, ""
    while len(tail) < SHORTEST_LAST_LINE and " " in head:
        head, _space, word = head.rpartition(" ")
        tail = f"{word}\u00a0{tail}" if tail else word
    return f"{head} {tail}" if len(head) > 2 * SHORTEST_LAST_LINE and len(tail) < LONGEST_BOUND else title


def is_long(action: Action) -> bool:
    """Whether the action's card may take more than a page, and so must be let break."""
    return len(action.title) + len(action.why) + sum(map(len, action.steps)) > LONGEST_WHOLE_CARD


def in_title(label: str) -> str:
    """A label as a title can hold it."""
    return label if len(label) <= LONGEST_IN_TITLE else label[: LONGEST_IN_TITLE - 1].rstrip() + "…"


def kind_words(document: Document) -> str:
    """What kind of document it is."""
    if isinstance(document, Slides):
        return _("Executive slides")
    if isinstance(document, ResultsAndPlan):
        return _("Results and action plan") if document.plan else _("Results")
    if isinstance(document, BoardSummary):
        return _("Board summary")
    if isinstance(document, ActionSheet):
        return _("Action sheet")
    if isinstance(document, Certificate):
        return _("Certificate of submission")
    if isinstance(document, PaperQuestionnaire):
        return (
            _("Questionnaire to fill in on screen")
            if document.form
            else _("Questionnaire to fill in by hand")
        )
    return _("Bulletin of the edition") if isinstance(document, Bulletin) else _("Action plan")


def document_title(document: Document) -> str:
    """What the file calls itself: who, what, when."""
    if isinstance(document, ActionSheet):
        return (
            f"{document.cover.organisation}\u00a0– {kind_words(document)}, {in_title(document.action.title)}"
        )
    if isinstance(document, Certificate | PaperQuestionnaire):
        subject = f"{in_title(document.cover.questionnaire)}, {document.cover.round}"
        return f"{document.cover.organisation}\u00a0– {kind_words(document)}, {subject}"
    return f"{document.cover.organisation}\u00a0– {kind_words(document)}, {document.cover.round}"


def result_chapters(document: ResultsAndPlan) -> tuple[Chapter, ...]:
    """The chapters of results and plan, in order; those without content, or left out, are not among them."""
    shows = document.options.shows
    chapters = []
    if shows(Section.SUMMARY):
        chapters.append(Chapter("summary", _("Summary"), document.headline.sentence))
    if shows(Section.ELEMENTS):
        chapters.append(Chapter("elements", _("Results by element"), elements_title(document)))
    if shows(Section.SCORE):
        chapters.append(Chapter("score", _("How the score is made"), score_title(document)))
    if shows(Section.PRIORITIES) and (document.strengths or document.priorities):
        chapters.append(Chapter("priorities", _("Strengths and priorities"), priorities_title(document)))
    if shows(Section.PLAN) and document.plan is not None:
        chapters += plan_chapters(document.plan, document.cover.as_of.date())
    if shows(Section.CRITERIA):
        chapters.append(Chapter("criteria", _("Criteria"), criteria_title(document)))
    if shows(Section.METHOD):
        chapters.append(about_chapter())
    return tuple(chapters)


def plan_chapters(plan: Plan, on: date) -> tuple[Chapter, ...]:
    """The chapters of an action plan seen on the day `on`."""
    overview = Chapter("plan", _("Action plan"), plan_title(plan))
    if not plan.actions:
        return (overview,)
    return overview, Chapter("actions", _("Action by action"), actions_title(plan, on))


def bulletin_chapters(document: Bulletin) -> tuple[Chapter, ...]:
    """The chapters of a bulletin, in order."""
    return (
        Chapter("figures", _("The network’s figures"), bulletin_wording.figures_title(document)),
        Chapter("movement", _("Movement"), bulletin_wording.movement_title(document)),
        Chapter("families", _("By family of sectors"), bulletin_wording.families_title(document)),
        Chapter("method", _("Method"), _("How these figures are made, and how to check them")),
    )


def about_chapter() -> Chapter:
    """The last chapter: how to read and how to check the document."""
    return Chapter("about", _("About this document"), _("How to read and how to check these figures"))


def peers_sentence(peers: PeerGroup) -> str:
    """Who the peers are. A group whose size is not published goes without."""
    words = {"cohort": peers.name, "band": peers.size, "edition": peers.edition}
    if not peers.size:
        return _("Peers: %(cohort)s, edition %(edition)s.") % words
    return _("Peers: %(cohort)s, %(band)s, edition %(edition)s.") % words


def elements_title(document: ResultsAndPlan) -> str:
    """What stands out against peers; else the progress since last round; else a neutral title."""
    found = peer_finding(document.elements)
    if found.ahead and found.behind:
        return _("%(ahead)s; %(behind)s") % {
            "ahead": _ahead(found.ahead),
            "behind": _behind(found.behind, second=True),
        }
    if found.ahead:
        return _ahead(found.ahead)
    if found.behind:
        return _behind(found.behind)
    up, compared = count_progress(document.elements)
    if up:
        return ngettext(
            "%(up)s element of %(all)s has gained 4 points or more since last round",
            "%(up)s elements of %(all)s have gained 4 points or more since last round",
            up,
        ) % {"up": up, "all": compared}
    return _("The score of each element")


def _ahead(row: Row) -> str:
    gap = gap_to_median(row) or 0
    return ngettext(
        "“%(label)s” stands %(gap)s point above the median of peers",
        "“%(label)s” stands %(gap)s points above the median of peers",
        gap,
    ) % {"label": in_title(row.label), "gap": gap}


def _behind(row: Row, second: bool = False) -> str:
    gap = abs(gap_to_median(row) or 0)
    if second:
        return _("“%(label)s”, %(gap)s points below") % {"label": in_title(row.label), "gap": gap}
    return _("“%(label)s” stands %(gap)s points below the median of peers") % {
        "label": in_title(row.label),
        "gap": gap,
    }


def score_title(document: ResultsAndPlan) -> str:
    """The dimension that brings most; the reason when there is no score."""
    top = largest_contribution(document.dimensions)
    if document.headline.score is None or top is None or top.contribution is None:
        return document.headline.withheld or _("The score is not shown")
    return _("“%(label)s” brings %(part)s of the %(score)s points") % {
        "label": in_title(top.label),
        "part": points(top.contribution),
        "score": points(document.headline.score),
    }


def evidence_title(document: ResultsAndPlan | BoardSummary) -> str:
    """Whether the evidence carries what is declared."""
    if document.evidence is None:
        return ""
    gap = unsupported_points(document.evidence)
    if gap is None:
        return _("The evidence carries the declared score")
    return _("%(gap)s points are declared but not yet supported by evidence") % {"gap": points(gap)}


def priorities_title(document: ResultsAndPlan | BoardSummary) -> str:
    """How many criteria come first, and how many stand out."""
    first, strong = len(document.priorities), len(document.strengths)
    come_first = ngettext("%(n)s criterion to move first", "%(n)s criteria to move first", first) % {
        "n": first
    }
    to_build_on = ngettext("%(n)s strength to build on", "%(n)s strengths to build on", strong) % {
        "n": strong
    }
    return joined([part for part, count in ((to_build_on, strong), (come_first, first)) if count])


def criteria_title(document: ResultsAndPlan) -> str:
    """How many criteria stand high."""
    high, answered = count_high_levels(document.criteria)
    return ngettext(
        "%(high)s of the %(all)s criteria answered stands at level 4 or 5",
        "%(high)s of the %(all)s criteria answered stand at level 4 or 5",
        high,
    ) % {"high": high, "all": answered}


def plan_title(plan: Plan) -> str:
    """What the plan is expected to bring."""
    count = len(plan.actions)
    if not count:
        return _("The plan holds no action yet")
    if plan.score is None or plan.projected is None or plan.projected <= plan.score:
        return ngettext("The plan holds %(n)s action", "The plan holds %(n)s actions", count) % {"n": count}
    return ngettext(
        "%(n)s action to move from %(now)s to %(then)s points (%(gain)s)",
        "%(n)s actions to move from %(now)s to %(then)s points (%(gain)s)",
        count,
    ) % {
        "n": count,
        "now": points(plan.score),
        "then": points(plan.projected),
        "gain": signed(plan.projected - plan.score),
    }


def actions_title(plan: Plan, on: date) -> str:
    """Where the actions stand on the day of the data."""
    counts = count_actions(plan.actions, on)
    done = ngettext("%(n)s action done", "%(n)s actions done", counts.done) % {"n": counts.done}
    under_way = ngettext("%(n)s in progress", "%(n)s in progress", counts.in_progress) % {
        "n": counts.in_progress
    }
    planned = ngettext("%(n)s planned", "%(n)s planned", counts.planned) % {"n": counts.planned}
    parts = ((done, counts.done), (under_way, counts.in_progress), (planned, counts.planned))
    return joined([words for words, count in parts if count])


def mark_words(mark: Mark) -> str:
    """The mark as it stands on every page; nothing where there is none."""
    return {Mark.NONE: "", Mark.INTERNAL: _("Internal"), Mark.CONFIDENTIAL: _("Confidential")}[mark]


def role_words() -> RoleWords:
    """What people are called in a document that names nobody."""
    return RoleWords(_("Owner"), _("Sponsor"), _("Consultant"))


def quarter_words(quarter: Quarter) -> str:
    """The quarter as it stands on a chip."""
    return {
        Quarter.BOTTOM: _("Bottom quarter"),
        Quarter.SECOND: _("Second quarter"),
        Quarter.THIRD: _("Third quarter"),
        Quarter.TOP: _("Top quarter"),
    }[quarter]


def evidence_words(grade: EvidenceGrade) -> str:
    """The grade of evidence."""
    return {
        EvidenceGrade.NONE: pgettext("evidence", "None"),
        EvidenceGrade.DECLARED: _("Declared"),
        EvidenceGrade.DOCUMENTED: _("Documented"),
        EvidenceGrade.MEASURED: _("Measured"),
        EvidenceGrade.VERIFIED: _("Verified"),
    }[grade]


def state_words(state: AnswerState) -> str:
    """What became of a criterion."""
    return {
        AnswerState.ANSWERED: _("Answered"),
        AnswerState.NOT_APPLICABLE: _("Not applicable"),
        AnswerState.NOT_KNOWN: _("Don’t know yet"),
        AnswerState.BLANK: _("Unanswered"),
    }[state]


def status_words(status: ActionStatus) -> str:
    """The status of an action."""
    return {
        ActionStatus.PLANNED: _("Planned"),
        ActionStatus.IN_PROGRESS: _("In progress"),
        ActionStatus.DONE: _("Done"),
    }[status]


def due_in(quarter: date | None) -> str:
    """A quarter of the plan by its first day; the words for the actions without a due date."""
    if quarter is None:
        return _("Without a due date")
    return _("Q%(n)s %(year)s") % {"n": quarter.month // 3 + 1, "year": quarter.year}


def effort_words(effort: int) -> str:
    """Effort 1-5 in three words."""
    if effort <= 2:
        return _("Low")
    return _("Medium") if effort == 3 else _("High")


def accent_refusal(refusal: AccentRefused) -> str:
    """Why a colour was refused, in words for the field it was typed in. The ratio is cut, never rounded up to a pass."""
    if refusal.fault is AccentFault.NOT_A_COLOUR or refusal.contrast is None:
        return _("Give the colour as # and six hexadecimal digits, for example #1E4D92.")
    return _(
        "This colour is too pale for titles: its contrast to white is %(found)s, at least %(needed)s is needed."
    ) % {
        "found": number(floor(refusal.contrast * 10) / 10, 1),
        "needed": number(ceil(LEAST_CONTRAST * 10) / 10, 1),
    }
