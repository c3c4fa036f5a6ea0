"""Who brings questionnaires: an organisation or a network, each with a tag of its own in their codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.permissions import Permission

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No sign that could be read as another over the telephone."""

TAG_SIGNS = 5
LONGEST_ID = 18
"""Signs of an id before the tag: with it a code has 24 at most."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whoever acts on questionnaires: somebody of an organisation, or of a network's staff."""

    tenant: Actor | NetworkActor

    @property
    def id(self) -> UUID:
        """The organisation or the network."""
        if isinstance(self.tenant, Actor):
            return self.tenant.organisation_id
        return self.tenant.network_id

    @property
    def columns(self) -> dict[str, UUID]:
        """The owner as columns of a row."""
        return {"organisation_id" if isinstance(self.tenant, Actor) else "network_id": self.id}

    @property
    def base(self) -> str:
        """Where the owner's pages live."""
        if isinstance(self.tenant, Actor):
            return f"/o/{self.tenant.organisation.slug}"
        return f"/n/{self.tenant.network_slug}"

    @property
    def person(self) -> Person:
        return self.tenant.person

    @property
    def may_write(self) -> bool:
        """Whether this person may bring, publish and withdraw."""
        return isinstance(self.tenant, NetworkActor) or self.tenant.may(Permission.MANAGE_QUESTIONNAIRES)

    @property
    def sandbox(self) -> bool:
        """Whether everything here is erased within a day."""
        return isinstance(self.tenant, Actor) and self.tenant.organisation.sandbox

    @property
    def tag(self) -> str:
        """Five signs drawn from the random part of the owner's id."""
        rest, signs = self.id.int & (2**62 - 1), ""
        for _ in range(TAG_SIGNS):
            rest, place = divmod(rest, len(LETTERS))
            signs += LETTERS[place]
        return signs

    def tagged(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """`data` under the owner's code: id QV, or QV with another owner's tag, becomes QV-7K2Q9.

        Two owners thus never meet, and none meets a shipped questionnaire.
        """
        return {**data, "id": f"{data['id'].partition('-')[0]}-{self.tag}"}
