"""The questionnaires somebody may choose: the shipped ones, their own, and those of their networks.

They only read: call them inside `reading(actor)` or `transaction(actor)`.
"""

from collections.abc import Mapping
from typing import Any

from palier.foundation.actor import Actor, NetworkActor
from palier.foundation.kept import Kept
from palier.questionnaires.building import questionnaire_from
from palier.questionnaires.catalogue import (
    UnknownQuestionnaire,
    find_questionnaire,
    latest,
    latest_of_each,
    versions,
)
from palier.questionnaires.owners import Owner
from palier.questionnaires.rules import Questionnaire, Text
from palier.questionnaires.rules.versions import numbered
from palier.questionnaires.store import OwnQuestionnaire, OwnState, owned_by, published_for

_built: Kept[str, Questionnaire] = Kept(64)
"""Questionnaires by the hash of their content."""


async def offered(tenant: Actor | NetworkActor) -> tuple[Questionnaire, ...]:
    """The highest version of each questionnaire that may be used now: shipped first, then own, by code."""
    highest: dict[str, dict[str, Any]] = {}
    for row in sorted(await published_for(tenant), key=lambda one: (one["code"], numbered(one["version"]))):
        highest[row["code"]] = row
    return (*latest_of_each(), *[await _published(row) for row in highest.values()])


async def offered_as(tenant: Actor | NetworkActor, code: str) -> Questionnaire:
    """The highest version of `code` that `tenant` may use now. Raises UnknownQuestionnaire."""
    if "-" not in code:
        return latest(code)
    rows = [row for row in await published_for(tenant) if row["code"] == code]
    if not rows:
        raise UnknownQuestionnaire(code)
    return await _published(max(rows, key=lambda one: numbered(one["version"])))


async def _published(row: Mapping[str, Any]) -> Questionnaire:
    if known := _built.get(row["hash"]):
        return known
    whole = await OwnQuestionnaire.get(id=row["id"])
    return built(whole)


def built(row: OwnQuestionnaire) -> Questionnaire:
    """The questionnaire of a row whose file has no faults."""
    return _built.get(row.hash) or _built.put(row.hash, questionnaire_from(row.content))


async def check_offered(questionnaire: Questionnaire) -> None:
    """Raises UnknownQuestionnaire for one of somebody's own that is not offered now: withdrawn since it was chosen."""
    if "-" in questionnaire.id:
        await published_content(questionnaire)


async def published_content(questionnaire: Questionnaire) -> Mapping[str, Any]:
    """The plain data of a published questionnaire of one's own. Raises UnknownQuestionnaire."""
    row = await OwnQuestionnaire.get_or_none(
        code=questionnaire.id, version=questionnaire.version, hash=questionnaire.content_hash,
        state=OwnState.PUBLISHED,
    )  # fmt: skip
    if row is None:
        raise UnknownQuestionnaire(questionnaire.key)
    content: Mapping[str, Any] = row.content
    return content


async def own_titles(tenant: Actor | NetworkActor) -> dict[str, Text]:
    """The titles of everything an owner ever published, by code."""
    rows = await owned_by(Owner(tenant)).exclude(state=OwnState.DRAFT)
    return {
        row.code: Text(tuple(row.title.items()))
        for row in sorted(rows, key=lambda one: numbered(one.version))
    }


async def asked_in(code: str, major: int, version: str = "") -> Questionnaire | None:
    """What a campaign asks: `version` of `code`, or the newest in one major; None where there is no file for it.

    Withdrawn ones of an owner are included, for those who may still read them.
    Says what things are called, to staff and in documents: never what may be chosen now.
    """
    if "-" not in code:
        shipped = [one for one in versions(code) if numbered(one)[0] == major]
        return find_questionnaire(code, version if version in shipped else shipped[-1]) if shipped else None
    rows = await OwnQuestionnaire.filter(code=code, version__startswith=f"{major}.").exclude(
        state=OwnState.DRAFT
    )
    exact = [one for one in rows if one.version == version]
    return built(max(exact or rows, key=lambda one: numbered(one.version))) if rows else None
