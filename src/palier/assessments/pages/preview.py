"""A questionnaire of one's own as those who answer will see it, before anybody does. Nothing is saved here."""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.assessments.pages.wording import grades
from palier.assessments.rules.drafts import Draft
from palier.assessments.value_wording import VALUES, fields_for
from palier.foundation.database import reading
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import page
from palier.questionnaires import store
from palier.questionnaires.flows.offering import built
from palier.questionnaires.owners import Owner
from palier.questionnaires.pages.own import provide_owner
from palier.questionnaires.rules import Questionnaire


async def begin(owner: NamedDependency[Any], questionnaire: FromPath[UUID]) -> Redirect:
    """The first criterion."""
    asked = await _questionnaire(owner, questionnaire)
    return Redirect(f"{_path(owner, questionnaire)}/q/{asked.criteria[0].code}", status_code=303)


async def criterion(
    request: Request, owner: NamedDependency[Any], questionnaire: FromPath[UUID], code: FromPath[str]
) -> Template:
    """One criterion, as its answering page shows it to whoever answers first."""
    asked = await _questionnaire(owner, questionnaire)
    try:
        found = asked.criterion(code)
    except KeyError:
        raise NotFoundException from None
    return page(
        request, "assessments/preview.html", nav="assessments", owner=owner, questionnaire=asked, criterion=found,
        element=asked.element_of(code), answer=Draft(), before=None, errors={}, grades=grades(), fields=fields_for(found, None), **VALUES,
        previous=asked.previous(code), following=asked.next(code), round=_path(owner, questionnaire), row_id=questionnaire,
    )  # fmt: skip


async def _questionnaire(owner: Owner, questionnaire_id: UUID) -> Questionnaire:
    async with reading(owner.tenant):
        row = await store.own(owner, questionnaire_id)
    if row.content is None:
        raise NotFoundException
    return built(row)


def _path(owner: Owner, questionnaire: UUID) -> str:
    return f"{owner.base}/questionnaires/{questionnaire}/preview"


def _doors(path: str, permission: Permission) -> list[HTTPRouteHandler]:
    known: dict[str, Any] = {
        "opt": needs(permission),
        "dependencies": {"owner": Provide(provide_owner, sync_to_thread=False)},
    }
    return [get(path, **known)(begin), get(f"{path}/q/{{code:str}}", **known)(criterion)]


PAGES = [
    *_doors("/o/{org:str}/questionnaires/{questionnaire:uuid}/preview", Permission.READ),
    *_doors("/n/{net:str}/questionnaires/{questionnaire:uuid}/preview", Permission.MANAGE_NETWORK),
]
