"""Who may give which role to whom, and how long invitations last."""

import re
from collections.abc import Iterable
from datetime import timedelta

from palier.foundation.permissions import Role

MEMBER_ROLES = (Role.OWNER, Role.LEAD, Role.CONTRIBUTOR, Role.READER)
"""Roles of a member. A consultant has none: they act by mandate."""

INVITED_FOR = timedelta(days=7)
"""How long an invitation can be accepted."""

MOST_AT_ONCE = 50
"""Invitations sent in one go."""


class LastOwner(Exception):
    """Somebody must stay who can do everything for the organisation."""


class RoleOutOfReach(Exception):
    """The actor's own role does not let them give or take that one."""


def roles_given_by(giver: Role) -> tuple[Role, ...]:
    """The roles that somebody with the role `giver` may give: an owner all, a lead all but owner."""
    match giver:
        case Role.OWNER:
            return MEMBER_ROLES
        case Role.LEAD:
            return MEMBER_ROLES[1:]
        case _:
            return ()


def check_change(giver: Role, before: Role, after: Role | None, owners: int) -> None:
    """Whether `giver` may turn a member's role `before` into `after` (None: remove them) among `owners` owners.

    Raises RoleOutOfReach or LastOwner.
    """
    within_reach = roles_given_by(giver)
    if before not in within_reach or (after is not None and after not in within_reach):
        raise RoleOutOfReach
    if before is Role.OWNER and after is not Role.OWNER and owners <= 1:
        raise LastOwner


def addresses_in(text: str) -> list[str]:
    """The addresses of a pasted list, in lower case, each once: split at blanks, commas, semicolons, and unwrapped
    from "Name <address>"."""
    wrapped = re.findall(r"<([^<>\s]+@[^<>\s]+)>", text)
    words: Iterable[str] = wrapped or re.split(r"[\s,;]+", text)
    return list(dict.fromkeys(word.strip().lower() for word in words if word.strip()))
