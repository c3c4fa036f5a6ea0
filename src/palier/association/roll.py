"""The register of a network: everybody its staff knows, on Palier or not yet, as one list."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from palier.association.rules.member_file import COLUMNS, key_of
from palier.association.rules.merging import Known
from palier.network.store import NetworkMember, Organisation, RegisterEntry

ATTRIBUTES = ("sector", "size", "country", "legal_kind")
"""What must be known of a member for it to find its peers."""

VALUES = (*COLUMNS, "family")


class Place(StrEnum):
    """How far somebody in the register is."""

    MEMBER = "member"
    ASKS = "asks"
    """On Palier, asked to join, not verified."""
    INVITED = "invited"
    EXPECTED = "expected"
    """Known to the staff, neither invited nor on Palier."""


@dataclass(frozen=True, slots=True)
class Registered:
    """Somebody of the register. `values`: what the staff wrote down, else what the member declared."""

    id: UUID
    values: Mapping[str, str]
    member: NetworkMember | None
    entry: RegisterEntry | None
    frozen: bool = False
    listed: bool = False

    @property
    def name(self) -> str:
        return self.values["name"]

    @property
    def missing(self) -> list[str]:
        """Attributes without which no narrower peers are found."""
        return [name for name in ATTRIBUTES if not self.values[name]]

    @property
    def confirmed(self) -> bool:
        """Whether the staff set or confirmed what chooses the peers."""
        return self.entry is not None and self.entry.confirmed_at is not None

    @property
    def place(self) -> Place:
        if self.member:
            return Place.MEMBER if self.member.verified_at else Place.ASKS
        return Place.INVITED if self.entry and self.entry.invited_at else Place.EXPECTED


def registered(
    entries: Iterable[RegisterEntry],
    members: Iterable[NetworkMember],
    frozen: Collection[UUID] = (),
    listed: Collection[UUID] = (),
) -> list[Registered]:
    """The two lists as one, in order of name. A member with the SIREN or the name of an entry that is nobody's yet is that one."""
    written = list(entries)
    tied = {entry.organisation_id: entry for entry in written if entry.organisation_id}
    loose = {entry.key: entry for entry in written if not entry.organisation_id}
    found = []
    for member in members:
        of, one = member.organisation_id, member.organisation
        entry = (
            tied.get(of)
            or loose.pop(key_of(one.name, one.registration), None)
            or loose.pop(key_of(one.name), None)
        )
        found.append(Registered(member.id, _values(entry, one), member, entry, of in frozen, of in listed))
    here = {one.entry.id for one in found if one.entry}
    found += [
        Registered(entry.id, _values(entry, None), None, entry) for entry in written if entry.id not in here
    ]
    return sorted(found, key=lambda one: one.name.casefold())


def _values(entry: RegisterEntry | None, organisation: Organisation | None) -> dict[str, str]:
    return {
        name: str(getattr(entry, name, "") or getattr(organisation, name, "") or "") for name in VALUES
    } | ({"name": organisation.name} if organisation else {})


def known(found: Iterable[Registered]) -> list[Known]:
    """The register as a file is compared with it."""
    return [
        Known(
            str(one.id),
            one.entry.key if one.entry else key_of(one.name, one.values["registration"]),
            one.values,
            one.frozen,
            one.member is not None,
        )
        for one in found
    ]
