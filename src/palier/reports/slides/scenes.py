"""Each slide: its subject, the finding that is its title, what it draws and what its notes say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pptx.slide import Slide

from palier.foundation.language import gettext as _
from palier.reports import wording
from palier.reports.rules.documents import Plan
from palier.reports.rules.options import Section
from palier.reports.rules.slides import Slides, strip_groups
from palier.reports.slides import plan_scenes, score_scenes
from palier.reports.slides import wording as said


@dataclass(frozen=True, slots=True)
class Scene:
    """A slide to be: `notes` hold in words what it shows."""

    subject: str
    title: str
    sub: str
    draw: Callable[[Slide], None]
    notes: str


def scenes_of(document: Slides) -> tuple[Scene, ...]:
    """The slides after the first, in the order they are shown; where nothing that was asked for has content, the score."""
    return tuple(_asked_for(document)) or (_headline(document),)


def _asked_for(document: Slides) -> Iterator[Scene]:
    shows = document.options.shows
    if shows(Section.SUMMARY):
        yield _headline(document)
    if shows(Section.ELEMENTS):
        yield from _elements(document)
    if shows(Section.SCORE):
        yield from _profile(document)
        yield _dimensions(document)
    if shows(Section.PRIORITIES) and (document.strengths or document.priorities):
        yield _priorities(document)
    if shows(Section.PLAN) and document.plan is not None and document.plan.actions:
        yield from _plan(document, document.plan)
    if shows(Section.METHOD):
        yield _method(document)


def _headline(document: Slides) -> Scene:
    headline = document.headline
    facts = [f"{name}: {value}" for name, value in said.headline_facts(document)]
    score = _("Score: %(score)s out of 100") % {"score": wording.points(headline.score)}
    notes = [
        headline.sentence,
        headline.withheld or score,
        said.change_words(headline),
        *facts,
        headline.measured_on,
    ]
    return Scene(
        _("Summary"), headline.sentence, said.scale_words(document), partial(score_scenes.draw_headline, document),
        "\n".join(line for line in notes if line),
    )  # fmt: skip


def _elements(document: Slides) -> Iterator[Scene]:
    if not any(row.score is not None or row.comparison.quartiles for row in document.elements):
        return
    groups = strip_groups(document.elements)
    for number, rows in enumerate(groups, start=1):
        subject = _("Results by element")
        title = wording.elements_title(document)
        if len(groups) > 1:
            subject += f" ({number}/{len(groups)})"
            title = title if number == 1 else said.profile_title_or(rows, f"{title} ({number}/{len(groups)})")
        yield Scene(subject, title, said.scale_words(document), partial(score_scenes.draw_strips, document, rows),
                    said.rows_in_words(rows))  # fmt: skip


def _profile(document: Slides) -> Iterator[Scene]:
    """The shape of the whole; its title is about the elements, which the slide ranks."""
    rows = score_scenes.profile_rows(document)
    if rows:
        ranked = score_scenes.ranked(document) or rows
        yield Scene(
            _("Profile"), said.profile_title(ranked), said.scale_words(document),
            partial(score_scenes.draw_profile, document, rows), said.rows_in_words(rows),
        )  # fmt: skip


def _dimensions(document: Slides) -> Scene:
    return Scene(
        _("How the score is made"), wording.score_title(document), said.scale_words(document),
        partial(score_scenes.draw_dimensions, document), said.rows_in_words(document.dimensions),
    )  # fmt: skip


def _priorities(document: Slides) -> Scene:
    notes = [f"{row.code} {row.label}: {row.reason}" for row in document.strengths]
    notes += [f"{row.code} {row.label}: {row.lever}" for row in document.priorities]
    return Scene(
        _("Strengths and priorities"), wording.priorities_title(document), "",
        partial(score_scenes.draw_priorities, document), "\n".join(notes),
    )  # fmt: skip


def _plan(document: Slides, plan: Plan) -> Iterator[Scene]:
    on = document.cover.as_of.date()
    yield Scene(
        _("Action plan"), wording.plan_title(plan), plan.title, partial(plan_scenes.draw_gains, document, plan),
        plan_scenes.gains_notes(plan),
    )  # fmt: skip
    yield Scene(
        _("Roadmap"), wording.actions_title(plan, on), said.roadmap_words(plan.actions, on),
        partial(plan_scenes.draw_roadmap, document, plan), plan_scenes.roadmap_notes(plan),
    )  # fmt: skip


def _method(document: Slides) -> Scene:
    rows = list(said.method_rows(document))
    return Scene(
        _("About these slides"), _("How to read and how to check these figures"), "",
        partial(score_scenes.draw_method, rows), "\n".join(f"{name}: {words}" for name, words in rows),
    )  # fmt: skip
