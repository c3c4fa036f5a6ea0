"""Who is acting, for which organisation and with which role: the first argument of every flow."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from palier.foundation.permissions import Permission, Role, grants
from palier.foundation.rights import EVERYTHING, Rights


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in, before any organisation is chosen."""

    person_id: UUID
    name: str
    email: str
    locale: str = "fr"
    theme: str = "auto"
    time_zone: str = "Europe/Paris"
    shortcuts: bool = True
    session_id: UUID | None = None
    method: str = ""
    """How the session began: a value of `accounts.rules.Method`; empty outside a session."""
    provider_id: UUID | None = None
    """The identity provider whose word the session began on."""
    proved_at: datetime | None = None
    """When the person last proved who they are in this session."""
    second_factor_at: datetime | None = None
    """When a second factor was last part of that proof."""
    networks: tuple[str, ...] = ()
    """The addresses of the networks whose staff the person is on: the way back, never a right."""
    on_duty_at: datetime | None = None
    """On the platform's staff: when this session last opened one of its pages. None for everybody else."""
    rights: Rights = EVERYTHING
    """What the person's own offer holds: a consultant's."""

    @property
    def staff(self) -> bool:
        """Whether the person is on the platform's staff; what they may do then asks for more (network.rules.visiting)."""
        return self.on_duty_at is not None

    @property
    def initials(self) -> str:
        """At most two letters that stand for the person."""
        return "".join(word[0] for word in self.name.split() if word[0].isalpha())[:2].upper() or "?"


@dataclass(frozen=True, slots=True)
class Organisation:
    """The organisation acted for: just enough to scope queries and to head a page."""

    id: UUID
    slug: str
    name: str
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for an organisation with a role. Every tenant query starts from one."""

    person: Person
    organisation: Organisation
    role: Role
    mandate_id: UUID | None = None
    visit_id: UUID | None = None
    """The visit under which somebody of the platform's staff reads here."""
    visit_until: datetime | None = None
    rights: Rights = EVERYTHING
    """What the organisation's offer holds."""

    @property
    def person_id(self) -> UUID:
        return self.person.person_id

    @property
    def organisation_id(self) -> UUID:
        return self.organisation.id

    def may(self, permission: Permission) -> bool:
        """Whether this actor's role grants `permission` (docs/permissions.md)."""
        return permission in grants(self.role)


@dataclass(frozen=True, slots=True)
class NetworkActor:
    """A person acting for a network's staff: sees participation and counts, never answers."""

    person: Person
    network_id: UUID
    network_slug: str
    network_name: str
    accent: str = ""
    """The network's own colour, for the head of its pages."""
    has_logo: bool = False
    rights: Rights = EVERYTHING
    """What the network's offer holds."""

    @property
    def person_id(self) -> UUID:
        return self.person.person_id


@dataclass(frozen=True, slots=True)
class StaffActor:
    """A person acting for the platform's staff: sees that organisations exist and how the machinery runs, never answers."""

    person: Person

    @property
    def person_id(self) -> UUID:
        return self.person.person_id


@dataclass(frozen=True, slots=True)
class OnDuty:
    """The worker acting for one organisation or one network, on its own account: no person stands behind it."""

    organisation_id: UUID | None = None
    network_id: UUID | None = None
