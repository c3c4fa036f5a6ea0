"""The questionnaire exactly as a round uses it, whatever became of its file: kept whole when the round opens.

They only read, but for `keep_definition`: call them inside `reading(actor)` or `transaction(actor)`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from palier.assessments.store import Assessment, UsedDefinition
from palier.foundation.clock import now
from palier.foundation.kept import Kept
from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.catalogue import (
    ChangedQuestionnaire,
    UnknownQuestionnaire,
    definition,
    find_questionnaire,
)
from palier.questionnaires.flows.offering import published_content
from palier.questionnaires.rules import Questionnaire

_definitions: Kept[tuple[str, tuple[str, ...]], Questionnaire] = Kept(64)
"""Questionnaires by the hash of their content and the dimensions asked."""


class LostDefinition(LookupError):
    """The file of a round changed before its content was kept: an operator restores the file."""


class Asks(Protocol):
    """Whatever asks a questionnaire: a round, or as much of one as was read."""

    @property
    def questionnaire(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def definition_hash(self) -> str: ...

    @property
    def scope(self) -> Iterable[str]: ...


async def definition_of(assessment: Assessment) -> Questionnaire:
    """The questionnaire as `assessment` uses it, within its scope. Raises LostDefinition."""
    return await definition_by(
        assessment.questionnaire, assessment.version, assessment.definition_hash, assessment.scope
    )


async def definition_by(
    code: str, version: str, content_hash: str, scope: Iterable[str] = ()
) -> Questionnaire:
    """The questionnaire whose content has `content_hash`, within `scope` (codes of dimensions; none: the whole).

    The file serves while its content is the same; else what was kept does. Raises LostDefinition.
    """
    key = (content_hash, tuple(scope))
    return _definitions.get(key) or _definitions.put(
        key, (await _whole(code, version, content_hash)).within(key[1])
    )


def definition_at_hand(asks: Asks) -> Questionnaire | None:
    """The questionnaire of a round where no query is needed: it was read before, or its file serves."""
    key = (asks.definition_hash, tuple(asks.scope))
    if known := _definitions.get(key):
        return known
    try:
        found = find_questionnaire(asks.questionnaire, asks.version, content_hash=asks.definition_hash)
    except (UnknownQuestionnaire, ChangedQuestionnaire):
        return None
    return _definitions.put(key, found.within(key[1]))


def definition_from(asks: Asks, content: Mapping[str, Any]) -> Questionnaire:
    """The questionnaire of a round from what was kept of it under its hash."""
    scope = tuple(asks.scope)
    return _definitions.put((asks.definition_hash, scope), questionnaire_from(content).within(scope))


async def _whole(code: str, version: str, content_hash: str) -> Questionnaire:
    try:
        return find_questionnaire(code, version, content_hash=content_hash)
    except (UnknownQuestionnaire, ChangedQuestionnaire):
        kept = await UsedDefinition.get_or_none(hash=content_hash)
    if kept is None:
        raise LostDefinition(f"{code}/{version} {content_hash}")
    return questionnaire_from(kept.content)


async def keep_definition(questionnaire: Questionnaire) -> None:
    """Keep the whole questionnaire, so that its results can be computed again for ever; in the caller's transaction.

    Raises ChangedQuestionnaire when this version was used before with another content, and UnknownQuestionnaire when
    there is neither a file nor a published questionnaire of one's own with this content.
    """
    if await _is_kept(questionnaire):
        return
    row = UsedDefinition(
        hash=questionnaire.content_hash, questionnaire=questionnaire.id, version=questionnaire.version,
        content=await _content(questionnaire), first_used_at=now(),
    )  # fmt: skip
    await UsedDefinition.bulk_create([row], ignore_conflicts=True)
    if not await _is_kept(questionnaire):
        raise ChangedQuestionnaire(f"{questionnaire.key} was used with another content")


async def _is_kept(questionnaire: Questionnaire) -> bool:
    return await UsedDefinition.exists(hash=questionnaire.content_hash)


async def _content(questionnaire: Questionnaire) -> Mapping[str, Any]:
    try:
        find_questionnaire(questionnaire.id, questionnaire.version, content_hash=questionnaire.content_hash)
    except UnknownQuestionnaire:
        return await published_content(questionnaire)
    return definition(questionnaire.id, questionnaire.version)
