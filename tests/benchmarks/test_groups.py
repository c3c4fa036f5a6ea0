"""A parent and its units are one contributor, whatever they declare and however they left."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from palier.benchmarks.rules import publish
from palier.benchmarks.rules.groups import joined_groups
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from tests.benchmarks.planting import contribute, plant_campaign, plant_network
from tests.benchmarks.planting import publish as publish_campaign


def contribution(member: str, group: str = "") -> dict[str, Any]:
    cell = {
        "family": "transport",
        "sector": "rail",
        "size": "50-249",
        "country": "FR",
        "legal_kind": "company",
    }
    return {"member": member, "group": group, **cell, "scores": {"total": 50}}


RULES = {"k": 5, "priority": ["sector"], "members": 120}
NAMES = st.sampled_from("abcdefgh")


def test_units_bear_the_id_of_their_parent_whatever_they_declare() -> None:
    declared = {"p": "p", "u1": "Groupe A", "u2": "u2", "other": "other", "far": "Groupe A"}
    groups = joined_groups(declared, [("u1", "p"), ("u2", "p")])
    assert groups == {"p": "p", "u1": "p", "u2": "p", "far": "p", "other": "other"}


def test_a_parent_outside_the_network_ties_its_units_together() -> None:
    assert joined_groups({"a": "a", "b": "b"}, [("a", "p"), ("b", "p")]) == {"a": "p", "b": "p"}


@given(st.dictionaries(NAMES, NAMES), st.lists(st.tuples(NAMES, NAMES)))
def test_whoever_is_tied_counts_together_and_nobody_else(
    declared: dict[str, str], parents: list[tuple[str, str]]
) -> None:
    groups = joined_groups(declared, parents)
    assert groups.keys() == declared.keys()
    for unit, parent in parents:
        if unit in groups and parent in groups:
            assert groups[unit] == groups[parent]
    for one in declared:
        for other in declared:
            if declared[one] == declared[other]:
                assert groups[one] == groups[other]
    assert groups == joined_groups(dict(reversed(declared.items())), parents[::-1])
    if not parents:
        assert groups == declared


def test_ten_units_of_one_parent_do_not_make_a_batch_and_the_parent_speaks() -> None:
    units = [contribution(f"unit-{number}", group="parent") for number in range(10)]
    alone = publish(RULES, units, None)
    assert alone.seats == ()
    others = [contribution(f"other-{number}") for number in range(4)]
    with_others = publish(RULES, [*units, *others], None)
    assert [seat.member for seat in with_others.seats if seat.group == "parent"] == ["unit-0"]
    spoken = publish(RULES, [*units, contribution("parent"), *others], with_others)
    assert [seat.member for seat in spoken.seats if seat.group == "parent"] == ["parent"]
    assert {seat.batch for seat in spoken.seats} == {seat.batch for seat in with_others.seats}


async def _tie(owner: Any, unit: UUID, parent: UUID, left: str = "null") -> None:
    await owner.execute(
        "insert into unit (id, organisation_id, parent_id, kind, place, answers_open, made_here, joined_at, joined_name, left_at, left_name) "
        f"values ($1, $2, $3, 'site', '', false, false, now(), 'x', {left}, '')",
        new_id(), unit, parent,
    )  # fmt: skip


async def _seats(owner: Any, campaign: UUID) -> set[UUID]:
    rows = await owner.fetch(
        "select b.organisation_id from batch_member b join edition e on e.id = b.edition_id where e.campaign_id = $1",
        campaign,
    )
    return {row["organisation_id"] for row in rows}


async def test_the_worker_seals_one_seat_for_a_parent_and_leaving_counts_from_the_next_campaign(
    stage: Any, owner: Any, settings: Settings
) -> None:
    network = await plant_network(owner, 28, k=5)
    parent, *units = network.members[:10]
    first = await plant_campaign(owner, network, "2025")
    for unit in units[:-1]:
        await _tie(owner, unit, parent)
    # The last one left while the campaign was running: it still counts with its parent.
    await _tie(owner, units[-1], parent, f"'{first.opens_on + timedelta(days=9)}'")
    newcomers = network.members[20:]
    await contribute(owner, network, first, network.members[:20])
    await publish_campaign(settings, first)
    assert await _seats(owner, first.id) == {parent, *network.members[10:20]}

    second = await plant_campaign(owner, network, "2026")
    await contribute(owner, network, second)
    await publish_campaign(settings, second)
    assert await _seats(owner, second.id) == {parent, units[-1], *network.members[10:20], *newcomers}
