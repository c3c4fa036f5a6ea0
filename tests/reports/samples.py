"""Documents to print in tests: Transports du Val and its consultant, in either language, short or very long."""

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from palier.reports.rules.action_sheets import ActionSheet, Aim, Reading, Step
from palier.reports.rules.documents import (
    Action,
    ActionPlanDocument,
    ActionStatus,
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
    Issuer,
    Kpi,
    Level,
    Logo,
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

AS_OF = datetime(2026, 11, 27, 16, 32, tzinfo=UTC)
GRADES = tuple(EvidenceGrade)
NAMES = {
    "fr": ("Initial", "Émergent", "Structuré", "Maîtrisé", "Exemplaire"),
    "en": ("Initial", "Emerging", "Structured", "Managed", "Exemplary"),
}
SHORT = {
    "fr": ("Leadership", "Culture", "Expériences", "Opérations", "Résultats"),
    "en": ("Leadership", "Culture", "Experiences", "Operations", "Results"),
}
OWNERS = ("Malik Ouali", "Sophie Denis", "Théo Blanc", "Claire Lambert", "")


@cache
def questionnaire() -> dict[str, Any]:
    """Labels and weights of a real tree, in both languages."""
    loaded: dict[str, Any] = json.loads(
        (Path(__file__).parent / "cases" / "service_excellence.json").read_text("utf-8")
    )
    return loaded


def levels(locale: str) -> tuple[Level, ...]:
    return tuple(Level(n + 1, name, Fraction(20 * n)) for n, name in enumerate(NAMES[locale]))


def logo(colour: str = "#0B6E4F") -> Logo:
    out = io.BytesIO()
    picture = Image.new("RGBA", (420, 120), (0, 0, 0, 0))
    picture.paste(colour, (0, 0, 120, 120))
    picture.paste(colour, (150, 40, 420, 80))
    picture.save(out, "PNG")
    return Logo(out.getvalue(), "image/png")


def cover(locale: str, **changes: Any) -> Cover:
    names = {
        "fr": ("Excellence de service 2026", "Cabinet Horizon Service"),
        "en": ("Service excellence 2026", "Horizon Service Partners"),
    }[locale]
    issuer = Issuer(names[1], "Hugo Martin", logo(), "#0B5A53")
    return replace(
        Cover("Transports du Val", questionnaire()["title"][locale], names[0], AS_OF, issuer), **changes
    )


def provenance() -> Provenance:
    return Provenance(
        "SX",
        "1.0.0",
        "5f2a" * 16,
        "CC BY-NC-SA 4.0",
        ("ISO 23592:2021", "ISO/TS 19387:2025"),
        "1.0",
        "b81c" * 16,
        "90de" * 16,
    )


def _wave(n: int, low: int, high: int) -> int:
    """A figure between `low` and `high` that looks measured and never changes."""
    return low + (n * 37 + n * n * 11) % (high - low + 1)


def _comparison(n: int, score: Fraction, locale: str) -> Comparison:
    if n == 6:
        return Comparison(
            hidden={"fr": "Masqué : groupe trop petit", "en": "Hidden: group too small"}[locale]
        )
    median = _wave(n, 48, 62)
    box = Quartiles(median - 9, median, median + 8, median - 17, median + 19)
    ranks = ((box.q1, Quarter.BOTTOM), (box.median, Quarter.SECOND), (box.q3, Quarter.THIRD))
    return Comparison(box, next((quarter for edge, quarter in ranks if score < edge), Quarter.TOP))


def results(locale: str, actions: int = 12, **changes: Any) -> ResultsAndPlan:
    """A whole document with every part filled."""
    tree = questionnaire()["dimensions"]
    elements, criteria, dimensions = [], [], []
    for dimension in tree:
        for element in dimension["elements"]:
            n = len(elements)
            score = Fraction(_wave(n, 310, 820), 10)
            previous = score - Fraction(_wave(n + 3, -30, 110), 10)
            short = element[locale][:18].rstrip(" ,")
            elements.append(
                ElementRow(
                    dimension["code"],
                    element["code"],
                    element[locale],
                    short,
                    score,
                    previous,
                    score - previous,
                    _comparison(n, score, locale),
                )
            )
            criteria += [
                _criterion(element["code"], row, len(criteria) + k, locale)
                for k, row in enumerate(element["criteria"])
            ]
        mine = [row for row in elements if row.dimension == dimension["code"]]
        score = sum((row.score or Fraction(0) for row in mine), Fraction(0)) / len(mine)
        weight = Fraction(dimension["weight"], 100)
        dimensions.append(
            DimensionRow(
                dimension["code"],
                dimension[locale],
                weight,
                score,
                score * weight,
                score - 3,
                Fraction(3),
                _comparison(len(dimensions), score, locale),
                SHORT[locale][len(dimensions)],
            )
        )
    total = sum((row.contribution or Fraction(0) for row in dimensions), Fraction(0))
    return replace(
        ResultsAndPlan(
            cover(locale),
            _headline(total, locale),
            levels(locale),
            tuple(dimensions),
            tuple(elements),
            tuple(criteria),
            provenance(),
            peers=PeerGroup(
                {"fr": "Transport de voyageurs, France", "en": "Passenger transport, France"}[locale],
                {"fr": "40 à 79 organisations", "en": "40 to 79 organisations"}[locale],
                "2026",
            ),
            strengths=_strengths(criteria, locale),
            priorities=_priorities(criteria, locale),
            gates=(
                Gate(levels(locale)[3], Fraction(50)),
                Gate(levels(locale)[4], Fraction(75), ("SX1.2.3", "SX3.2.2")),
            ),
            pyramid=_pyramid(locale),
            evidence=EvidenceBalance(
                total, total - Fraction(63, 10), tuple(zip(GRADES, (2, 9, 14, 7, 2), strict=True))
            ),
            plan=plan(locale, actions, total),
        ),
        **changes,
    )


def _headline(total: Fraction, locale: str) -> Headline:
    sentence = {
        "fr": "La relation avec les voyageurs est solide. L’innovation de service et la mesure des résultats restent en retrait.",
        "en": "The relationship with travellers is solid. Service innovation and the measurement of results lag behind.",
    }[locale]
    before = {"fr": "Excellence de service 2025", "en": "Service excellence 2025"}[locale]
    standing = Comparison(Quartiles(47, 55, 64), Quarter.THIRD)
    return Headline(
        total,
        levels(locale)[int(total // 20)],
        sentence,
        Fraction(97, 100),
        Fraction(71, 100),
        total - Fraction(31, 10),
        before,
        Fraction(31, 10),
        comparison=standing,
    )


def _criterion(element: str, row: dict[str, Any], n: int, locale: str) -> CriterionRow:
    if n == 11:
        reason = {
            "fr": "Aucun prestataire en contact avec les voyageurs.",
            "en": "No supplier is in contact with travellers.",
        }[locale]
        return CriterionRow(element, row["code"], row[locale], AnswerState.NOT_APPLICABLE, note=reason)
    if n == 20:
        return CriterionRow(element, row["code"], row[locale], AnswerState.NOT_KNOWN)
    level = _wave(n, 1, 5)
    return CriterionRow(
        element,
        row["code"],
        row[locale],
        AnswerState.ANSWERED,
        level,
        max(1, level - n % 2),
        GRADES[_wave(n, 0, 4)],
        row["core"],
    )


def _strengths(criteria: list[CriterionRow], locale: str) -> tuple[Strength, ...]:
    reason = {"fr": "quart supérieur, +2 niveaux depuis 2025", "en": "top quarter, +2 levels since 2025"}[
        locale
    ]
    best = [row for row in criteria if row.level == 5][:3]
    return tuple(Strength(row.code, row.label, reason, row.level) for row in best)


def _priorities(criteria: list[CriterionRow], locale: str) -> tuple[Priority, ...]:
    lever = {"fr": "Cartographier un parcours par trimestre", "en": "Map one journey per quarter"}[locale]
    worst = [row for row in criteria if row.level in {1, 2}][:5]
    return tuple(
        Priority(row.code, row.label, row.level, -12 + 2 * n, Fraction(81 - 9 * n, 100), lever)
        for n, row in enumerate(worst)
    )


def _pyramid(locale: str) -> tuple[PyramidStep, ...]:
    names = {
        "fr": ("Service tenu", "Service réparé", "Service individualisé", "Service surprenant"),
        "en": ("Core service", "Customer feedback", "Individual service", "Surprising service"),
    }
    return tuple(
        PyramidStep(n + 1, name, Fraction(720 - 70 * n, 10), n < 2) for n, name in enumerate(names[locale])
    )


def plan(locale: str, actions: int, score: Fraction | None = Fraction(562, 10)) -> Plan:
    title = {"fr": "Plan d’action 2027", "en": "Action plan 2027"}[locale]
    aim = None if score is None else score + Fraction(48, 10)
    return Plan(
        title,
        tuple(action(n, locale) for n in range(actions)),
        score,
        levels(locale)[2],
        aim,
        levels(locale)[3],
    )


_WORDS = {
    "fr": (
        "Écart de 2 niveaux, poids fort : les voyageurs attendent une réponse en cinq jours, ils l’ont en douze.",
        (
            "Nommer un pilote et réunir les trois services concernés",
            "Décrire le parcours et ses moments de vérité avec douze voyageurs",
            "Tester pendant six semaines, mesurer, décider",
        ),
        Kpi("Délai moyen de réponse", "12", "5", "8", "jours"),
    ),
    "en": (
        "Gap of 2 levels, high weight: travellers expect an answer within five days, they get it in twelve.",
        (
            "Name a lead and bring the three departments together",
            "Describe the journey and its moments of truth with twelve travellers",
            "Try it for six weeks, measure, decide",
        ),
        Kpi("Mean time to answer", "12", "5", "8", "days"),
    ),
}


def action(n: int, locale: str) -> Action:
    elements = [
        element
        for dimension in questionnaire()["dimensions"]
        for element in dimension["elements"]
        if element["lever"]
    ]
    element = elements[n % len(elements)]
    why, steps, kpi = _WORDS[locale]
    status = tuple(ActionStatus)[_wave(n, 0, 2)]
    start = date(2026, 9, 1) + timedelta(days=_wave(n, 0, 90))
    return Action(
        f"A{n + 1}",
        element["lever"][locale],
        tuple(row["code"] for row in element["criteria"][:2]),
        status,
        why,
        steps[: 1 + n % 3],
        OWNERS[n % 5],
        "Claire Lambert" if n % 3 == 0 else "",
        start,
        None if n % 11 == 10 else start + timedelta(days=_wave(n, 30, 300)),
        {ActionStatus.PLANNED: 0, ActionStatus.DONE: 100}.get(status, _wave(n, 10, 90)),
        kpi if n % 2 == 0 else None,
        _wave(n, 1, 5),
        Fraction(_wave(n, 2, 90), 100),
    )


def action_plan(locale: str, actions: int = 5, **changes: Any) -> ActionPlanDocument:
    return replace(
        ActionPlanDocument(cover(locale), plan(locale, actions), levels(locale), provenance()), **changes
    )


def action_sheet(locale: str, n: int = 0, **changes: Any) -> ActionSheet:
    """An action with everything a sheet can hold."""
    told = action(n, locale)
    rows = questionnaire()["dimensions"][0]["elements"][0]["criteria"][:2]
    sheet = ActionSheet(
        cover(locale), plan(locale, 0).title, replace(told, steps=(), due=date(2026, 12, 1)),
        tuple(Step(text, place == 0) for place, text in enumerate(_WORDS[locale][1])),
        tuple(Aim(row["code"], _WORDS[locale][0][:60], 2, 3) for row in rows),
        (Reading(date(2026, 10, 1), "12"), Reading(date(2026, 11, 1), "8")), 57, "Outil de suivi", _WORDS[locale][0],
        _WORDS[locale][0], "Do", "4/5", "12 000 EUR", "Guichet, Téléphone", "Budget", ("Nommer un pilote",), date(2027, 1, 5),
        provenance(),
    )  # fmt: skip
    return replace(sheet, **changes)


def crowded_sheet(words: str, lines: int = 40) -> ActionSheet:
    """A sheet whose every text is `words` and whose every list has so many lines."""
    whole = action_sheet("fr")
    kpi = Kpi(words[:160], "12", "5", "8", words[:40])
    told = replace(
        whole.action, title=words[:200], why=words, owner=words[:120], sponsor=words[:120], kpi=kpi
    )
    face = replace(whole.cover, organisation=words[:150], questionnaire=words[:150], round=words[:60])
    return replace(
        whole, cover=face, action=told, plan_title=words[:160], steps=(Step(words[:500]),) * lines,
        aims=(Aim("SX1.1.1", words[:300], 1, 2),) * lines, cause=words, evidence=words, blocked=words[:500],
        after=(words[:200],) * lines, kpi_source=words[:200], readings=(Reading(date(2026, 1, 1), "1"),) * lines,
        channels=words[:120],
    )  # fmt: skip


def with_words(document: Any, words: str) -> Any:
    """`document` with every text of a person replaced by `words`."""
    texts = {
        "why": words,
        "owner": words,
        "sponsor": words,
        "title": words,
        "steps": (words, words),
        "kpi": Kpi(words, words, words, words, words),
    }
    actions = tuple(replace(action, **texts) for action in document.plan.actions)
    issuer = replace(document.cover.issuer, name=words, person=words, logo=None)
    face = replace(document.cover, organisation=words, questionnaire=words, round=words, issuer=issuer)
    document = replace(document, cover=face, plan=replace(document.plan, title=words, actions=actions))
    if not isinstance(document, ResultsAndPlan):
        return document
    return replace(
        document,
        headline=replace(document.headline, sentence=words, previous_round=words),
        elements=tuple(replace(row, label=words) for row in document.elements),
        criteria=tuple(replace(row, label=words, note=words) for row in document.criteria),
        strengths=tuple(replace(row, label=words, reason=words) for row in document.strengths),
        priorities=tuple(replace(row, label=words, lever=words) for row in document.priorities),
        peers=PeerGroup(words, words, words, words),
    )
