"""A stored result computed again from what is kept, and held against what was stored.

The answers are those in its tree. Source: docs/method.md#record.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules.answers import State
from palier.scoring.rules.engine import score
from palier.scoring.rules.record import FREE_TEXT, hash_of, hashed_part
from palier.scoring.rules.result import TOTAL

HASH, RECORD, DEFINITION = "hash", "record", "definition"
"""Where a difference is that stands at no node."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is stored and what comes out now, at one place: a node and its field, or the result as a whole."""

    node: str
    field: str
    stored: str
    recomputed: str

    def __str__(self) -> str:
        place = f"{self.node} {self.field}".strip()
        return f"{place}: stored {self.stored}, recomputed {self.recomputed}"


def differences(
    questionnaire: Questionnaire, stored: Mapping[str, Any], stored_hash: str
) -> list[Difference]:
    """Every place where `stored` (as `to_plain` wrote it) is not what `questionnaire` gives now.

    Words people wrote are no figures and are not compared. What cannot be computed is one difference.
    """
    try:
        answers = list(answers_of(stored))
        result = score(questionnaire, answers, stored.get("scope", ()))
        kept = {**stored, "total": _without_words(stored["total"])}
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        return [Difference(RECORD, "", "something else", f"nothing ({' '.join(str(error).split())})")]
    plain = hashed_part(result)
    found = [] if plain == kept else list(_in_record(kept, plain))
    recomputed_hash = hash_of(plain)
    if recomputed_hash != stored_hash:
        found.append(Difference(HASH, "", stored_hash, recomputed_hash))
    return found


def answers_of(stored: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The answers in a stored tree, as rows for the engine. Raises KeyError, TypeError, ValueError."""
    for leaf in _leaves(stored["total"]):
        answer = leaf["answer"]
        if answer["state"] == State.HIDDEN:
            continue
        row = {"code": answer["code"], "state": answer["state"], "level": answer["level"],
               "reason": answer["reason"], "evidence": answer["grade"]}  # fmt: skip
        if "value" in answer:
            row["value"] = json.loads(answer["value"])
        yield row


def _leaves(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if node["answer"] is not None:
        yield node
    for child in node["children"]:
        yield from _leaves(child)


def _without_words(node: Mapping[str, Any]) -> dict[str, Any]:
    """A stored node and all below it as `hashed_part` would write them: words stand in answers only."""
    answer = node["answer"]
    said = answer and {name: part for name, part in answer.items() if name not in FREE_TEXT}
    return {**node, "answer": said, "children": [_without_words(child) for child in node["children"]]}


def _in_record(stored: Mapping[str, Any], plain: Mapping[str, Any]) -> Iterator[Difference]:
    """Differences of the whole, then node by node."""
    yield from _in_fields("", stored, plain, leave_out={"total"})
    yield from _in_nodes(stored.get("total"), plain["total"])


def _in_nodes(stored: Any, plain: Mapping[str, Any]) -> Iterator[Difference]:
    code = TOTAL if plain["kind"] == TOTAL else plain["code"]
    if not isinstance(stored, Mapping):
        yield Difference(code, "", _shown(stored), "a node")
        return
    yield from _in_fields(code, stored, plain, leave_out={"children"})
    children = stored.get("children")
    before: Sequence[Any] = children if isinstance(children, list) else []
    if len(before) != len(plain["children"]):
        yield Difference(code, "children", str(len(before)), str(len(plain["children"])))
    for old, new in zip(before, plain["children"], strict=False):
        yield from _in_nodes(old, new)


def _in_fields(
    node: str, stored: Mapping[str, Any], plain: Mapping[str, Any], leave_out: set[str]
) -> Iterator[Difference]:
    for field in dict.fromkeys([*plain, *stored]):
        if field not in leave_out and stored.get(field) != plain.get(field):
            yield Difference(node, field, _shown(stored.get(field)), _shown(plain.get(field)))


def _shown(part: Any) -> str:
    """A part of a record in words: figures as they are, groups as JSON."""
    return part if isinstance(part, str) else json.dumps(part, ensure_ascii=False, sort_keys=True)
