"""`palier score QUESTIONNAIRE ANSWERS`: the engine alone, without a database, as a table or as JSON."""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from palier.questionnaires.catalogue import (
    BadQuestionnaire,
    UnknownQuestionnaire,
    find_questionnaire,
    latest,
    load,
)
from palier.questionnaires.rules import Dimension, Display, Element, Questionnaire
from palier.scoring.answers_file import BadAnswersFile, read_answers_file
from palier.scoring.result_file import POINTS, displays_of, native_text, result_file, schema
from palier.scoring.rules import Node, Result, score
from palier.scoring.rules.answers import BadAnswer, State
from palier.scoring.rules.record import result_hash, rounded
from palier.scoring.rules.result import TOTAL, Kind, Withheld

WITHHELD = {
    Withheld.NOTHING_APPLICABLE: "nothing applicable",
    Withheld.COVERAGE: "too few answers",
    Withheld.NO_SCORED_CHILD: "no part has a score",
    Withheld.INCOMPLETE_SUM: "a part of the sum is missing",
}
STATES = {
    State.ANSWERED: "",
    State.NA: "not applicable",
    State.DK: "don't know",
    State.BLANK: "blank",
    State.HIDDEN: "not asked",
}
DEPTH = {Kind.TOTAL: 0, Kind.DIMENSION: 0, Kind.ELEMENT: 1, Kind.CRITERION: 2}
LONGEST_LABEL = 48

Displays = Mapping[str, Display]
"""Native scales by the code of their node."""


class _CannotScore(Exception):
    """What was given cannot be used; the message is the one line to print."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is asked, what was answered, and how to say what it is worth."""
    parser.add_argument(
        "questionnaire", nargs="?", metavar="QUESTIONNAIRE", help="SX, SX/1.0.0 or a file.yaml"
    )
    parser.add_argument(
        "answers", nargs="?", type=Path, metavar="ANSWERS", help="a .csv, .xlsx, .json or .yaml file"
    )
    parser.add_argument("--scope", default="", metavar="CODES", help="only these dimensions: SX1,SX3")
    parser.add_argument("--json", action="store_true", help="the exact tree, with the hash of it")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of --json instead")
    parser.add_argument("--locale", default="en", help="language of the labels, such as fr")


def run(arguments: argparse.Namespace) -> int:
    """0 with a result on standard output, 2 with one line on standard error."""
    if arguments.schema:
        print(json.dumps(schema(), indent=2))
        return 0
    try:
        questionnaire, result = _scored(arguments)
    except _CannotScore as error:
        print(f"palier score: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps(result_file(questionnaire, result), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_report(questionnaire, result, arguments.locale)))
    return 0


def _scored(arguments: argparse.Namespace) -> tuple[Questionnaire, Result]:
    if arguments.questionnaire is None or arguments.answers is None:
        raise _CannotScore("name a questionnaire and an answers file: palier score SX answers.csv")
    questionnaire = _questionnaire(arguments.questionnaire)
    scope = [code.strip() for code in arguments.scope.split(",") if code.strip()]
    return questionnaire, _result(questionnaire, arguments.answers, scope)


def _questionnaire(named: str) -> Questionnaire:
    """By file, by id and version, or the latest of an id."""
    try:
        if named.endswith((".yaml", ".yml")):
            return load(Path(named))
        code, _, version = named.partition("/")
        return find_questionnaire(code, version) if version else latest(code)
    except UnknownQuestionnaire as error:
        raise _CannotScore(f"no questionnaire {error}") from error
    except BadQuestionnaire as error:
        more = f" (and {len(error.faults) - 1} more: palier check)" if len(error.faults) > 1 else ""
        raise _CannotScore(f"{error.faults[0]}{more}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise _CannotScore(f"{named} cannot be read: {_why(error)}") from error


def _result(questionnaire: Questionnaire, file: Path, scope: list[str]) -> Result:
    try:
        questionnaire.within(scope)
    except ValueError as error:
        raise _CannotScore(f"--scope: {error}") from error
    try:
        answers = read_answers_file(file)
    except BadAnswersFile as error:
        raise _CannotScore(str(error)) from error
    except OSError as error:
        raise _CannotScore(f"{file} cannot be read: {_why(error)}") from error
    try:
        return score(questionnaire, answers.rows, scope)
    except BadAnswer as error:
        raise _CannotScore(str(answers.fault(error.code, error.reason))) from error


def _why(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "not UTF-8"


def _report(questionnaire: Questionnaire, result: Result, locale: str) -> Iterator[str]:
    """The lines of the report: the total first, then every node with what it brings to its parent."""
    displays = displays_of(questionnaire)
    yield f"{questionnaire.title.in_(locale)} ({questionnaire.key}){_scope(result)}"
    score = f"score {_points(result.score)} of 100{_of_its_own(displays, result)}"
    yield f"{score} · {_level(questionnaire, result, locale)}"
    yield f"supported by evidence {_points(result.supported)} · gap {_points(result.gap)}"
    yield " · ".join([f"coverage {_share(result.coverage)}", *_extras(result)])
    yield ""
    yield _head(displays)
    labels = _labels(questionnaire, locale)
    for node in result.total.walk():
        yield _row(node, labels.get(node.code, "Total"), displays)
    yield ""
    hashes = f"questionnaire {result.content_hash[:16]} · result {result_hash(result)[:16]}"
    yield f"engine {result.engine} · {hashes}"


def _scope(result: Result) -> str:
    return f", only {', '.join(result.scope)}" if result.scope else ""


def _of_its_own(displays: Displays, result: Result) -> str:
    """The total on the model's own scale, where it has one."""
    display = displays.get(TOTAL)
    shown = native_text(display, result.score)
    return f", {shown} of {rounded(display.max, 0)}" if display and shown else ""


def _head(displays: Displays) -> str:
    native = f"{'native':>9}" if displays else ""
    return f"{'':{LONGEST_LABEL + 16}}{'score':>7}{native}{'coverage':>10}{'brings':>8}  state"


def _labels(questionnaire: Questionnaire, locale: str) -> dict[str, str]:
    groups: list[Dimension | Element] = [*questionnaire.dimensions, *questionnaire.elements]
    return {item.code: item.label.in_(locale) for item in [*groups, *questionnaire.criteria]}


def _row(node: Node, label: str, displays: Displays) -> str:
    code = "" if node.kind is Kind.TOTAL else node.code
    indented = "  " * DEPTH[node.kind] + re.sub(r"\s+", " ", f"{code} {label}").strip()
    width = LONGEST_LABEL + 16
    shown = indented if len(indented) < width else indented[: width - 2] + "…"
    native = f"{native_text(displays.get(node.code), node.score) or '':>9}" if displays else ""
    figures = f"{_points(node.score):>7}{native}{_share(node.coverage):>10}"
    return f"{shown:{width}}{figures}{_points(node.contribution):>8}  {_state(node)}".rstrip()


def _state(node: Node) -> str:
    if node.answer:
        why = f" ({node.answer.reason})" if node.answer.reason else ""
        return f"{STATES[node.answer.state]}{why}" if STATES[node.answer.state] else f"level {node.level}"
    reason = WITHHELD[node.withheld] if node.withheld else ""
    return "; ".join(filter(None, [reason, "low comparability" if node.low_comparability else ""]))


def _level(questionnaire: Questionnaire, result: Result, locale: str) -> str:
    if result.level is None:
        return f"no level: {_state(result.total)}"
    capped = f", capped by {', '.join(result.maturity.capped_by)}" if result.maturity.capped_by else ""
    return f"level {result.level}, {questionnaire.level_name(result.level).in_(locale)}{capped}"


def _extras(result: Result) -> Iterator[str]:
    """Balance, weakest element and pyramid, where there are any."""
    if result.balance is not None:
        yield f"balance {rounded(result.balance, 2)}"
    if result.weakest_element:
        yield f"weakest element {result.weakest_element}"
    if result.pyramid:
        yield f"pyramid step {result.pyramid.reached} of {len(result.pyramid.steps)}"


def _points(value: Fraction | None) -> str:
    return "–" if value is None else str(rounded(value, POINTS.decimals))


def _share(value: Fraction | None) -> str:
    return "–" if value is None else f"{rounded(100 * value, 0)} %"
