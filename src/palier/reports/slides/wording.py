"""The sentences of the slides: titles that state a finding, and what the notes say besides."""

from collections.abc import Iterator, Sequence
from datetime import date
from textwrap import wrap

from palier.foundation.language import current, day, joined, ngettext, percent, points, signed
from palier.foundation.language import gettext as _
from palier.reports.figures import row_words
from palier.reports.rules.documents import Action, DimensionRow, ElementRow, Headline, Plan
from palier.reports.rules.findings import LEAST_EFFECT, count_actions
from palier.reports.rules.slides import DueQuarter, Slides
from palier.reports.wording import in_title, mark_words, peers_sentence, quarter_words, status_words

LONGEST_NAME, LONGEST_BELOW, LONGEST_AROUND = 80, 44, 20
_LANGUAGE_MARKS = {"fr": "[$-40C]", "en": "[$-809]"}


def on_axis(code: str, label: str, most: int = LONGEST_NAME) -> str:
    """A row's name where it stands beside a bar, in `most` characters."""
    name = f"{code}  {label}" if code else label
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def around(name: str) -> str:
    """A row's name where it stands at an axis of the radar: in lines that leave the radar its room."""
    return "\n".join(wrap(on_axis("", name, 2 * LONGEST_AROUND), LONGEST_AROUND))


def month_format() -> str:
    """A spreadsheet's format of months, in the language in use: Windows knows languages by number."""
    return f"{_LANGUAGE_MARKS.get(current(), '')}mmm yy"


def under_column(short: str, label: str) -> str:
    """A row's name where it stands under a column: the short one where the whole would take more than three lines."""
    name = label if len(label) <= LONGEST_BELOW else short or label
    return name if len(name) <= LONGEST_BELOW else name[: LONGEST_BELOW - 1].rstrip() + "…"


def foot_words(document: Slides) -> str:
    """The line at the foot of every slide but the first."""
    cover, options = document.cover, document.options
    parts = (mark_words(options.mark), cover.organisation, cover.round, options.footer)
    return "   ·   ".join(part for part in parts if part)


def prepared_words(document: Slides) -> str:
    """Who signs, and the day of the data."""
    issuer = document.cover.issuer
    who = issuer.name if issuer.person in ("", issuer.name) else f"{issuer.person}, {issuer.name}"
    return _("Prepared by %(who)s. Figures of %(day)s.") % {"who": who, "day": day(document.cover.as_of)}


def change_words(headline: Headline) -> str:
    """How far the score moved since last round."""
    if headline.change is None or not headline.previous_round:
        return ""
    words = {"change": signed(headline.change), "round": headline.previous_round}
    return _("%(change)s points since %(round)s") % words


def headline_facts(document: Slides) -> Iterator[tuple[str, str]]:
    """What stands beside the score: a name and a value each."""
    headline = document.headline
    box = headline.comparison.quartiles
    if headline.comparison.quarter is not None:
        yield _("Position among peers"), quarter_words(headline.comparison.quarter)
    if box is not None:
        figures = {"median": box.median, "q1": box.q1, "q3": box.q3}
        yield _("Peers"), _("Median %(median)s, middle half from %(q1)s to %(q3)s") % figures
    if headline.comparison.hidden:
        yield _("Position among peers"), headline.comparison.hidden
    yield _("Criteria answered"), percent(headline.coverage)
    if headline.evidenced is not None:
        yield _("Answers with evidence"), percent(headline.evidenced)
    if headline.capped_by:
        yield _("The level is held back by"), joined(headline.capped_by)


def scale_words(document: Slides) -> str:
    """What is measured, and who the peers are."""
    scale = _("Points out of 100.")
    return f"{scale} {peers_sentence(document.peers)}" if document.peers else scale


def profile_title(rows: Sequence[ElementRow | DimensionRow]) -> str:
    """Which part stands highest and which lowest, where they are 4 points apart."""
    scored = [row for row in rows if row.score is not None]
    top = max(scored, key=lambda row: row.score or 0)
    low = min(scored, key=lambda row: row.score or 0)
    if (top.score or 0) - (low.score or 0) < LEAST_EFFECT:
        return _("The profile is even: fewer than %(n)s points between its parts") % {"n": LEAST_EFFECT}
    return _("“%(top)s” stands highest at %(high)s points, “%(low)s” lowest at %(least)s") % {
        "top": in_title(top.label), "low": in_title(low.label), "high": points(top.score), "least": points(low.score),
    }  # fmt: skip


def profile_title_or(rows: Sequence[ElementRow | DimensionRow], title: str) -> str:
    """The finding about these rows alone; `title` where none of them has a score."""
    return profile_title(rows) if any(row.score is not None for row in rows) else title


def rows_in_words(rows: Sequence[ElementRow | DimensionRow]) -> str:
    """Each row with its figures, one after the other: what a chart of them says to somebody who cannot see it."""
    return "; ".join(f"{row.label}: {', '.join(_figures(row))}" for row in rows) + "."


def _figures(row: ElementRow | DimensionRow) -> Iterator[str]:
    if isinstance(row, ElementRow):
        yield from row_words(row)
        return
    yield _("you %(score)s") % {"score": points(row.score)} if row.score is not None else _("no score")
    if row.previous is not None:
        yield _("last round %(score)s") % {"score": points(row.previous)}
    if row.comparison.quartiles is not None:
        yield _("median of peers %(median)s") % {"median": row.comparison.quartiles.median}


def gains_words(actions: Sequence[Action]) -> str:
    """Each action with what it is to bring."""
    return (
        "; ".join(f"{action.code} {action.title}: {signed(action.gain or 0, 2)}" for action in actions) + "."
    )


def projection_words(plan: Plan) -> str:
    """The score of today and the one the plan aims at."""
    words = {"now": points(plan.score), "then": points(plan.projected)}
    return _("Score today %(now)s, once the plan has worked %(then)s, out of 100.") % words


def action_words(action: Action) -> str:
    """An action with its status, owner and days."""
    parts = [f"{action.code} {action.title}", status_words(action.status), action.owner]
    if action.due:
        parts.append(_("due on %(day)s") % {"day": day(action.due, "medium")})
    return ", ".join(part for part in parts if part)


def due_quarter(quarter: DueQuarter) -> str:
    """A quarter as it stands under its column."""
    words = {"n": quarter.number, "year": quarter.year}
    if quarter.open_ended < 0:
        return _("before Q%(n)s %(year)s") % words
    if quarter.open_ended > 0:
        return _("from Q%(n)s %(year)s") % words
    return _("Q%(n)s %(year)s") % words


def quarters_in_words(quarters: Sequence[DueQuarter]) -> str:
    """How many actions are due in each quarter."""
    return "; ".join(
        ngettext("%(quarter)s: %(n)s action", "%(quarter)s: %(n)s actions", sum(quarter.counts))
        % {"quarter": due_quarter(quarter), "n": sum(quarter.counts)}
        for quarter in quarters
    ) + "."  # fmt: skip


def roadmap_words(actions: Sequence[Action], on: date) -> str:
    """How many actions are overdue on the day `on`, and how many a roadmap cannot show; nothing where there are none."""
    late, undated = count_actions(actions, on).overdue, sum(action.due is None for action in actions)
    parts = (
        ngettext("%(n)s action is overdue.", "%(n)s actions are overdue.", late) % {"n": late} if late else "",
        ngettext(
            "%(n)s action without a due date is not shown.", "%(n)s actions without a due date are not shown.", undated
        ) % {"n": undated} if undated else "",
    )  # fmt: skip
    return " ".join(part for part in parts if part)


def source_words(document: Slides) -> str:
    """Where the figures come from: the last lines of every note."""
    cover, origin = document.cover, document.provenance
    lines = [
        _("Source: %(questionnaire)s, version %(version)s, %(round)s. Figures of %(day)s.") % {
            "questionnaire": cover.questionnaire, "version": origin.questionnaire_version, "round": cover.round,
            "day": day(cover.as_of),
        },
    ]  # fmt: skip
    if document.peers:
        lines.append(peers_sentence(document.peers))
    if origin.result_hash:
        words = {"engine": origin.engine_version, "hash": origin.result_hash}
        lines.append(_("Scoring engine %(engine)s, fingerprint of the result %(hash)s.") % words)
    return "\n".join(lines)


def seal_words(document: Slides) -> str:
    """By what the slides can be checked; nothing where they carry no seal."""
    seal = document.cover.seal
    if seal is None:
        return ""
    if not seal.page:
        return _("Verification code %(code)s.") % {"code": seal.shown}
    return _("To check that these slides were issued here: %(page)s, code %(code)s.") % {
        "page": seal.page, "code": seal.shown,
    }  # fmt: skip


def method_rows(document: Slides) -> Iterator[tuple[str, str]]:
    """How the figures are made, and what makes them checkable: a name and words each."""
    origin, cover = document.provenance, document.cover
    yield _("Scale"), _("Each criterion stands at one of five levels; points run from 0 to 100.")
    yield (
        _("Weights"),
        _("Criteria make elements, elements dimensions, dimensions the total, each by its weight."),
    )
    yield _("Questionnaire"), f"{cover.questionnaire}, {origin.questionnaire_version}"
    if cover.scope:
        yield _("Scope"), cover.scope
    if origin.sources:
        yield _("Sources"), joined(origin.sources)
    if document.peers:
        yield _("Peers"), peers_sentence(document.peers)
    if document.plan:
        yield (
            _("Gains"),
            _(
                "Computed with the same engine, as if each action reached the level it aims at; estimates, not promises."
            ),
        )
    if origin.result_hash:
        yield _("Fingerprint"), f"{origin.result_hash[:16]}…"
