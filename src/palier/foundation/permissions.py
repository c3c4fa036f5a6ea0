"""Roles, what each may do, and how a route declares what it needs."""

from enum import StrEnum
from functools import cache
from typing import Any


class Role(StrEnum):
    """What a person is for an organisation."""

    OWNER = "owner"
    LEAD = "lead"
    CONTRIBUTOR = "contributor"
    READER = "reader"
    CONSULTANT = "consultant"
    VISITOR = "visitor"
    """Somebody of the platform's staff, during a visit: reads what a reader reads, takes nothing away."""


class Permission(StrEnum):
    """One verb a route may ask for. The table of who holds which is `_GRANTS`."""

    READ = "read"
    """Open the organisation's assessments, results, benchmark, plans and reports."""
    ANSWER = "answer"
    RUN_ASSESSMENT = "run assessment"
    """Open a round, change its dates."""
    SUBMIT = "submit"
    """Commit the organisation: submit and lock, consent to the benchmark."""
    MANAGE_QUESTIONNAIRES = "manage questionnaires"
    """Bring a questionnaire of the organisation's own, publish and withdraw it."""
    EDIT_PLAN = "edit plan"
    SHARE = "share"
    """Write down a practice and comment on others', in one's own name before the network."""
    EXPORT = "export"
    """Have a document made."""
    MANAGE_PEOPLE = "manage people"
    MANAGE_ORGANISATION = "manage organisation"
    """Change the profile, grant and revoke mandates."""
    MANAGE_NETWORK = "manage network"
    """Network staff only; never granted inside an organisation."""
    RUN_PLATFORM = "run platform"
    """Staff of the platform only (`palier staff`), with a second factor; never granted inside an organisation."""


_READER = {Permission.READ, Permission.EXPORT}
_CONTRIBUTOR = _READER | {Permission.ANSWER, Permission.EDIT_PLAN, Permission.SHARE}
_CONSULTANT = _CONTRIBUTOR - {Permission.SHARE} | {Permission.RUN_ASSESSMENT}
_LEAD = (
    _CONTRIBUTOR
    | _CONSULTANT
    | {Permission.SUBMIT, Permission.MANAGE_PEOPLE, Permission.MANAGE_QUESTIONNAIRES}
)
_OWNER = _LEAD | {Permission.MANAGE_ORGANISATION}

_GRANTS = {
    Role.VISITOR: {Permission.READ},
    Role.READER: _READER,
    Role.CONTRIBUTOR: _CONTRIBUTOR,
    Role.CONSULTANT: _CONSULTANT,
    Role.LEAD: _LEAD,
    Role.OWNER: _OWNER,
}


@cache
def grants(role: Role) -> frozenset[Permission]:
    """The permissions of `role` inside an organisation."""
    return frozenset(_GRANTS[role])


def needs(permission: Permission) -> dict[str, Any]:
    """Route option: only actors holding `permission`. Use as `@get("/…", opt=needs(Permission.READ))`."""
    return {"permission": permission}


PUBLIC: dict[str, Any] = {"audience": "public"}
"""Route option: anybody, signed in or not."""

SIGNED_IN: dict[str, Any] = {"audience": "signed in"}
"""Route option: any signed-in person, whatever the organisation."""

FRESH: dict[str, Any] = {"fresh": True}
"""Added to another option, `opt=needs(Permission.X) | FRESH`: the person proves once more who they are when they last
did so more than fifteen minutes ago. A form keeps all that was typed meanwhile, a page is shown after the proof; a
form that carries files is asked to prove first. Sessions of a demonstration are never asked."""
