"""Whether a provider is used, and what must stand before it may be the only way in."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from palier.foundation.permissions import Role
from palier.network.rules.membership import MEMBER_ROLES

NEWCOMER_ROLES = tuple(role for role in MEMBER_ROLES if role is not Role.OWNER)
"""What somebody may become by the provider's word alone. An owner is made by an owner."""

ATTEMPT = timedelta(minutes=10)
"""How long somebody may stay away at their provider."""


class State(StrEnum):
    """What the provider is to the organisation's people."""

    OFF = "off"
    OPTIONAL = "optional"
    """One way in among others."""
    ENFORCED = "enforced"
    """The only way in, but for spare keys."""


class Obstacle(StrEnum):
    """Why a state cannot be chosen yet."""

    NO_PROVIDER = "no provider"
    NOT_TESTED = "not tested"
    NO_DOMAIN = "no domain"
    NO_SPARE_KEY = "no spare key"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands: a provider, somebody who came back from it, a proved domain, an owner with a password and a spare key."""

    provider: bool
    tested: bool
    domain: bool
    spare_key: bool


def obstacles(wanted: State, ready: Readiness) -> list[Obstacle]:
    """What is missing for `wanted`, in the order in which to see to it. Nothing is ever missing to switch off."""
    if wanted is State.OFF:
        return []
    if not ready.provider:
        return [Obstacle.NO_PROVIDER]
    needed = [(Obstacle.NOT_TESTED, ready.tested)]
    if wanted is State.ENFORCED:
        needed += [(Obstacle.NO_DOMAIN, ready.domain), (Obstacle.NO_SPARE_KEY, ready.spare_key)]
    return [obstacle for obstacle, stands in needed if not stands]


class Purpose(StrEnum):
    """Why somebody was sent to the provider."""

    ENTER = "enter"
    AGAIN = "again"
    """To prove once more who they are."""
    TRIAL = "trial"
    """An owner tries the connection; nothing changes."""
    LINK = "link"
    """They came back, and are to sign in to their account so that the two be linked."""


class Way(StrEnum):
    """How somebody who comes back from a provider goes on."""

    ENTER = "enter"
    """Known by issuer and subject."""
    CONNECT = "connect"
    """Their account is found by a proved address, and linked."""
    CREATE = "create"
    """An account is made for them."""
    ASK_TO_LINK = "ask to link"
    """They may have an account; they sign in to it to show that it is theirs."""
    NOT_INVITED = "not invited"


def way_in(*, known: bool, proved: bool, account: bool, guarded: bool, welcome: bool) -> Way:
    """How to go on.

    `known`: issuer and subject are linked to a person. `proved`: the provider stands for the address and the
    organisation proved its domain. `account`: somebody has that address; `guarded`: with a second factor of their
    own, which no provider's word replaces, or as somebody else there already. `welcome`: a role awaits newcomers, or
    an invitation this address.
    """
    if known:
        return Way.ENTER
    if not proved or (account and guarded):
        return Way.ASK_TO_LINK
    if account:
        return Way.CONNECT
    return Way.CREATE if welcome else Way.NOT_INVITED
