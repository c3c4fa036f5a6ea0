"""The format of a questionnaire file, said once: it checks files and makes the JSON Schema.

What one place of a file means for another (weights that add up, levers that name a criterion) is in
`consistency`. Source: docs/method.md#format.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from palier.questionnaires.building import LONGEST_SHORT, NUMBER, SIGNED_NUMBER
from palier.questionnaires.rules import Aggregation, Direction, Grade, Missing
from palier.questionnaires.rules.kinds import Curve, Kind
from palier.questionnaires.shapes import (
    LOCALE,
    ByName,
    Choice,
    Localised,
    Problem,
    Record,
    Rows,
    Shape,
    Truth,
    Variant,
    Whole,
    Words,
)

FORMAT = 1
ID = r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)?"
OPTION_ID = r"[a-z0-9][a-z0-9_\-]*"
CODE = r"[A-Z][A-Z0-9]*(\.[A-Z0-9]+)*"
VERSION = r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"


def _words_of(kind: Iterable[StrEnum]) -> tuple[str, ...]:
    return tuple(word.value for word in kind)


CODE_TEXT = Words(CODE, "a code such as SX1.1.1")
NUMBER_TEXT = Words(NUMBER, 'a number such as "20", "2.5" or "2/3"')
SENTENCE = Localised(Words())
SENTENCES = Localised(Rows(Words(), least=1))
SIGNED_TEXT = Words(SIGNED_NUMBER, 'a number such as "20", "-2.5" or "2/3"')
METHOD = Choice(_words_of(Aggregation))
LEVEL = Whole(1, 10)

KPI = Record({"name": SENTENCE, "unit": SENTENCE, "direction": Choice(_words_of(Direction))}, {})
STEP = Record({"criterion": CODE_TEXT, "from": LEVEL, "to": LEVEL}, {})
LEVER = Record(
    {
        "id": Words(r"[A-Za-z0-9][A-Za-z0-9.\-]*", "an id such as SX1.1-a"),
        "title": SENTENCE,
        "steps": Localised(Rows(Words(), least=3, most=5)),
        "effort": Whole(1, 5),
        "months": Whole(1, 60),
        "serves": Rows(STEP, least=1),
        "kpi": KPI,
    },
    {"requires": Rows(Words())},
)
MISSING = Choice(_words_of(Missing))
DISPLAY = Record({"max": NUMBER_TEXT, "decimals": Whole(0, 3)}, {})
NODE: dict[str, Shape] = {"weight": NUMBER_TEXT, "missing": MISSING, "display": DISPLAY}
"""What any node of the tree may say of itself."""

OPTION = Record(
    {"id": Words(OPTION_ID, "an id such as a or web-form"), "label": SENTENCE},
    {"weight": SIGNED_TEXT, "exclusive": Truth()},
)
ROW = Record({"id": Words(OPTION_ID, "an id such as r1"), "label": SENTENCE}, {"weight": NUMBER_TEXT})
ANSWER = Variant(
    "kind",
    {
        Kind.CHOICE: Record({}, {}),
        Kind.RANGE: Record(
            {"from": SIGNED_TEXT, "to": SIGNED_TEXT},
            {"inverted": Truth(), "step": NUMBER_TEXT, "unit": SENTENCE},
        ),
        Kind.OPTIONS: Record({"options": Rows(OPTION, least=1, most=60)}, {}),
        Kind.MATRIX: Record({"rows": Rows(ROW, least=1, most=60)}, {}),
        Kind.PDCA: Record({}, {}),
        Kind.RESULTS: Record({}, {"comparison": Truth()}),
        Kind.LADDER: Record({}, {}),
        Kind.KPI: Record(
            {"floor": SIGNED_TEXT, "goal": SIGNED_TEXT},
            {"curve": Choice(_words_of(Curve)), "unit": SENTENCE},
        ),
        Kind.NPS: Record({}, {}),
    },
)
CRITERION = Record(
    {"code": CODE_TEXT, "label": SENTENCE},
    {
        "covers": SENTENCE,
        "levels": SENTENCES,
        "evidence": Localised(Rows(Words(), most=4)),
        "tags": Rows(Words(r"[A-Z][A-Z0-9]*", "a tag such as K or Y1")),
        "scale": Words(),
        "answer": ANSWER,
        "shown_if": Rows(Record({"criterion": CODE_TEXT, "level": LEVEL}, {}), least=1),
        "matches": Rows(CODE_TEXT, least=1),
        **NODE,
    },
)
ELEMENT = Record(
    {
        "code": CODE_TEXT,
        "label": SENTENCE,
        "criteria": Rows(CRITERION, least=1),
    },
    {
        "short": Localised(Words(longest=LONGEST_SHORT)),
        "levers": Rows(LEVER, most=4),
        "aggregation": METHOD,
        **NODE,
    },
)
DIMENSION = Record(
    {"code": CODE_TEXT, "label": SENTENCE, "elements": Rows(ELEMENT, least=1)},
    {"aggregation": METHOD, "scale": Words(), **NODE},
)
CODES = Rows(CODE_TEXT)
QUESTIONNAIRE = Record(
    {
        "format": Whole(FORMAT, FORMAT),
        "id": Words(ID, "an id such as SX"),
        "version": Words(VERSION, "a version such as 1.0.0"),
        "title": SENTENCE,
        "introduction": SENTENCE,
        "licence": Words(),
        "sources": Rows(Record({"name": Words(), "note": SENTENCE}, {}), least=1),
        "locales": Rows(Words(LOCALE, "a locale such as fr"), least=1),
        "minutes": Whole(1, 600),
        "scales": ByName(
            Record({"values": Rows(NUMBER_TEXT, least=2), "labels": SENTENCES, "meaning": SENTENCES}, {})
        ),
        "levels": Rows(Record({"level": LEVEL, "from": NUMBER_TEXT, "name": SENTENCE}, {}), least=2),
        "dimensions": Rows(DIMENSION, least=1),
    },
    {
        "display": DISPLAY,
        "aggregation": METHOD,
        "missing": MISSING,
        "coverage": Record({"node": NUMBER_TEXT, "total": NUMBER_TEXT}, {}),
        "low_comparability": NUMBER_TEXT,
        "reliability": NUMBER_TEXT,
        "changes": Record(
            {
                "since": Words(VERSION, "a version such as 1.0.0"),
                "same": CODES,
                "changed": CODES,
                "new": CODES,
                "dropped": CODES,
            },
            {},
        ),
        "gates": Rows(Record({"level": LEVEL, "tag": Words(), "at_least": NUMBER_TEXT}, {}), least=1),
        "pyramid": Record(
            {"at_least": NUMBER_TEXT, "steps": Rows(Record({"tag": Words(), "name": SENTENCE}, {}), least=1)},
            {},
        ),
        "evidence_caps": Record({grade.value: NUMBER_TEXT for grade in Grade}, {}),
    },
)


def shape_problems(data: Any) -> Iterator[Problem]:
    """Everything in `data` that does not have the shape of a questionnaire file."""
    declared = data.get("locales") if isinstance(data, Mapping) else None
    listed = declared if isinstance(declared, list) else []
    locales = frozenset(item for item in listed if isinstance(item, str))
    yield from QUESTIONNAIRE.check(data, (), locales)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a questionnaire file, for editors that complete and check."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Palier questionnaire",
        **QUESTIONNAIRE.schema(),
    }
