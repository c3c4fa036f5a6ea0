"""A campaign of a network too large for one page: the page names those who are waited for, and says that there are more."""

from dataclasses import dataclass, field
from uuid import UUID

from palier.association.flows.campaigning import MOST_LISTED, Taking
from palier.foundation.identifiers import new_id


@dataclass(frozen=True)
class Member:
    id: UUID = field(default_factory=new_id)
    organisation_id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class Round:
    submitted_at: object


def taking(members: list[Member], submitted: int) -> Taking:
    """A campaign whose first members have submitted."""
    rounds = {member.organisation_id: Round("yesterday") for member in members[:submitted]}
    return Taking(None, members, rounds, None, {})  # type: ignore[arg-type]


def test_a_network_that_fits_is_shown_whole_and_in_its_order():
    members = [Member() for _ in range(MOST_LISTED)]
    assert taking(members, 3).listed == members


def test_of_a_larger_one_those_who_have_not_submitted_are_named_first():
    members = [Member() for _ in range(3 * MOST_LISTED)]
    assert taking(members, MOST_LISTED).listed == members[MOST_LISTED : 2 * MOST_LISTED]


def test_when_all_have_submitted_the_first_are_named():
    members = [Member() for _ in range(MOST_LISTED + 1)]
    assert taking(members, len(members)).listed == members[:MOST_LISTED]
