"""A round as the rows of a document: the engine's figures and the published ones, carried over, never computed again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from palier.assessments.flows.rounds import Round
from palier.assessments.results_wording import band_words, reading_sentence, short_name, withheld_reason
from palier.assessments.rules.confidence import confidence
from palier.assessments.rules.peers import PeerFigure, PeerView
from palier.assessments.rules.priorities import priorities, strengths
from palier.assessments.rules.reading import Row, Table, tabulate
from palier.assessments.value_wording import value_words
from palier.foundation.language import current, ngettext, points, signed
from palier.foundation.language import gettext as _
from palier.questionnaires.rules import Dimension, Questionnaire
from palier.reports.rules.documents import (
    AnswerState,
    Comparison,
    Cover,
    CriterionRow,
    DimensionRow,
    ElementRow,
    EvidenceBalance,
    EvidenceGrade,
    Gate,
    Headline,
    Level,
    PeerGroup,
    Plan,
    Priority,
    Provenance,
    PyramidStep,
    Quarter,
    Quartiles,
    ResultsAndPlan,
    Strength,
)
from palier.scoring.rules import Node, Result
from palier.scoring.rules.answers import State

_QUARTERS = dict(enumerate(Quarter, start=1))


def results_of(
    round_: Round, peers: PeerView | None, cover: Cover, plan: Plan | None = None
) -> ResultsAndPlan:
    """The document of a submitted round, in the language in use."""
    source = _Source.of(round_, peers)
    return ResultsAndPlan(
        cover=cover,
        headline=_headline(source),
        levels=levels_of(round_.questionnaire),
        dimensions=tuple(_dimensions(source)),
        elements=tuple(_elements(source)),
        criteria=tuple(_criteria(source)),
        provenance=provenance_of(round_),
        peers=_group(peers) if peers else None,
        strengths=tuple(_strength(row, round_) for row in strengths(source.table)),
        priorities=tuple(_priorities(source)),
        gates=tuple(_gates(source)),
        pyramid=tuple(_pyramid(source)),
        evidence=_evidence(round_.result),
        plan=plan,
    )


def levels_of(questionnaire: Questionnaire) -> tuple[Level, ...]:
    """The maturity levels, named in the language in use."""
    return tuple(Level(level.level, level.name.in_(current()), level.start) for level in questionnaire.levels)


def level_of(questionnaire: Questionnaire, number: int | None) -> Level | None:
    """The maturity level `number`, counted from 1."""
    return None if number is None else levels_of(questionnaire)[number - 1]


def provenance_of(round_: Round) -> Provenance:
    """Where the figures come from, as stored when the round was submitted."""
    questionnaire, assessment = round_.questionnaire, round_.assessment
    return Provenance(
        questionnaire_id=questionnaire.id,
        questionnaire_version=questionnaire.version,
        questionnaire_hash=assessment.definition_hash,
        licence=questionnaire.licence,
        sources=tuple(source.name for source in questionnaire.sources),
        engine_version=assessment.engine_version,
        result_hash=assessment.result_hash,
        audit_head=assessment.audit_head,
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """A round beside the one before and its peers."""

    round: Round
    table: Table
    peers: PeerView | None

    @classmethod
    def of(cls, round_: Round, peers: PeerView | None) -> "_Source":
        last = round_.previous
        before = (last.questionnaire, last.result) if last else None
        return cls(round_, tabulate(round_.questionnaire, round_.result, peers, before), peers)

    @property
    def result(self) -> Result:
        return self.round.result

    @property
    def nodes_before(self) -> Mapping[str, Node]:
        """Last round's nodes by code; empty in a first round."""
        return self.round.previous.result.nodes if self.round.previous else {}

    def comparison(self, row: Row) -> Comparison:
        """`row` beside its peers; hidden where the edition has peers for others but none for it."""
        if row.peers is not None and row.score is not None:
            return Comparison(quartiles_of(row.peers), _QUARTERS.get(row.peers.quarter or 0))
        return Comparison(hidden=_("Hidden") if self.peers and row.score is not None else "")


def quartiles_of(figure: PeerFigure) -> Quartiles:
    """Published figures as a document holds them."""
    return Quartiles(figure.q1, figure.median, figure.q3, figure.p10, figure.p90)


def _group(peers: PeerView) -> PeerGroup:
    band = peers.n_band or next((figure.n_band for figure in peers.figures.values()), "")
    return PeerGroup(peers.cohort_label, band_words(band), peers.edition_name)


def _headline(source: _Source) -> Headline:
    round_, total = source.round, source.table.total
    return Headline(
        score=total.score,
        level=level_of(round_.questionnaire, round_.result.level),
        sentence=_sentence(source),
        coverage=round_.result.coverage or Fraction(0),
        evidenced=confidence(round_.result).evidenced,
        previous=total.before,
        previous_round=round_.previous.name if round_.previous else "",
        change=total.delta,
        measured_on=_measured_on(source.table),
        comparison=source.comparison(total),
        capped_by=round_.result.maturity.capped_by,
        withheld=withheld_reason(total.node, round_.questionnaire),
    )


def _sentence(source: _Source) -> str:
    """What to remember; the score itself where nothing stands out."""
    if source.result.score is None:
        return _("The score is withheld")
    return reading_sentence(source.table) or _("The total is %(score)s points out of 100") % {
        "score": points(source.result.score)
    }


def _measured_on(table: Table) -> str:
    if table.comparison is None or not table.comparison.left_out:
        return ""
    return ngettext(
        "Change measured on the %(num)s criterion scored in both rounds.",
        "Change measured on the %(num)s criteria scored in both rounds.",
        len(table.comparison.common),
    ) % {"num": len(table.comparison.common)}


def _dimensions(source: _Source) -> Iterator[DimensionRow]:
    for dimension, group in zip(source.round.questionnaire.dimensions, source.table.groups, strict=True):
        row = group.row
        yield DimensionRow(
            code=row.code,
            label=dimension.label.in_(current()),
            weight=_weight(source, dimension, row.node),
            score=row.score,
            contribution=row.node.contribution,
            previous=row.before,
            change=row.delta,
            comparison=source.comparison(row),
            low_comparability=row.node.low_comparability,
        )


def _weight(source: _Source, dimension: Dimension, node: Node) -> Fraction:
    """Its share of the total among what has a score; without a total, its share as declared."""
    if source.result.score is not None:
        return node.share or Fraction(0)
    return dimension.weight / sum(
        (each.weight for each in source.round.questionnaire.dimensions), Fraction(0)
    )


def _elements(source: _Source) -> Iterator[ElementRow]:
    for group in source.table.groups:
        for row in group.elements:
            yield ElementRow(
                dimension=group.row.code,
                code=row.code,
                label=_label(row),
                short=short_name(row),
                score=row.score,
                previous=row.before if row.score is not None else None,
                change=row.delta,
                comparison=source.comparison(row),
                withheld=withheld_reason(row.node, source.round.questionnaire),
            )


def _label(row: Row) -> str:
    return row.part.label.in_(current()) if row.part else ""


def _criteria(source: _Source) -> Iterator[CriterionRow]:
    for criterion in source.round.questionnaire.criteria:
        answer = source.result.node(criterion.code).answer
        if answer is None or answer.state is State.HIDDEN:
            continue
        before = source.nodes_before.get(criterion.code)
        yield CriterionRow(
            element=criterion.element_code,
            code=criterion.code,
            label=criterion.label.in_(current()),
            state=AnswerState(answer.state.value),
            level=answer.level,
            previous_level=before.level if before else None,
            evidence=EvidenceGrade(answer.grade.value),
            core=criterion.is_core,
            note=answer.reason or value_words(criterion, answer.plain_value),
        )


def _strength(row: Row, round_: Round) -> Strength:
    return Strength(row.code, _label(row), _what_shows_it(row, round_), row.node.level)


def _what_shows_it(row: Row, round_: Round) -> str:
    """The fact that makes a strength: ahead of peers, else risen, else simply high."""
    if row.gap is not None and row.gap > 0:
        return ngettext(
            "%(num)s point above the median", "%(num)s points above the median", row.gap
        ) % {"num": row.gap}  # fmt: skip
    if row.delta and round_.previous:
        words = {"delta": signed(row.delta), "name": round_.previous.name}
        return _("%(delta)s points since %(name)s") % words
    return _("%(score)s points out of 100") % {"score": points(row.score)}


def _priorities(source: _Source) -> Iterator[Priority]:
    for one in priorities(source.round.questionnaire, source.result, source.table):
        lever = one.levers[0].title.in_(current()) if one.levers else ""
        yield Priority(one.row.code, _label(one.row), one.row.node.level, one.row.gap, one.gain, lever)


def _gates(source: _Source) -> Iterator[Gate]:
    for standing in source.result.maturity.gates:
        level = levels_of(source.round.questionnaire)[standing.level - 1]
        yield Gate(level, standing.at_least, standing.failing)


def _pyramid(source: _Source) -> Iterator[PyramidStep]:
    pyramid = source.round.questionnaire.pyramid
    if pyramid is None or source.result.pyramid is None:
        return
    for number, (step, standing) in enumerate(
        zip(pyramid.steps, source.result.pyramid.steps, strict=True), start=1
    ):
        yield PyramidStep(number, step.name.in_(current()), standing.mean, standing.reached)


def _evidence(result: Result) -> EvidenceBalance | None:
    if result.score is None or result.supported is None:
        return None
    grades = confidence(result).grades
    return EvidenceBalance(
        result.score,
        result.supported,
        tuple((EvidenceGrade(grade.value), count) for grade, count in grades.items()),
    )
