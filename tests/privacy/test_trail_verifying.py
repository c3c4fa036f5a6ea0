"""Whatever somebody changes behind the product's back is found, and named by chain and number."""

import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from palier.foundation import audit, clock
from palier.foundation.audit import chain_of
from palier.foundation.chains import START, Walk, Wrong, details_hash, entry_hash
from palier.foundation.database import (
    WEB,
    WORKER,
    reading,
    select,
    transaction,
)
from palier.privacy.flows import trail_anchoring as anchoring
from palier.privacy.flows.trail_verifying import Verdict, trail_health, verify, write_down
from palier.privacy.rules.trail_anchors import anchor_of, file_line, read_line
from palier.privacy.rules.trail_tree import Leaf, climbed, path, root, root_of
from palier.privacy.trail_signing import holds, public_key, signed
from tests.privacy.forgetting import forget
from tests.roles import as_the_worker

SECRET = "a secret of the tests that is long enough"
CONTACT = "operator@example.org"


async def plant(owner: asyncpg.Connection, *tenants: Any, each: int = 8) -> None:
    """Chains of `each` entries, with details and without; number 3 of each is erased by a word of it at the end."""
    for tenant in tenants:
        async with transaction(tenant):
            for number in range(each - 1):
                details = {"before": f"é {number}", "after": "“b”"} if number % 3 else {}
                await audit.record(tenant, "plans.renamed", f"plan {number}", **details)
        await forget(owner, chain_of(tenant), 3)


async def anchored_and_verified() -> tuple[anchoring.Read, Verdict]:
    await anchoring.anchor_today(SECRET, CONTACT)
    kept = await anchoring.stored()
    return kept, await verify([anchoring.ledger_of(kept, [SECRET])])


# --- whole ----------------------------------------------------------------------------------------------------------


async def test_whole_chains_hold_with_their_anchors_and_what_was_found_is_kept(settings, claire, nora, owner):
    await plant(owner, claire, nora, None)
    async with as_the_worker(settings):
        kept, verdict = await anchored_and_verified()
        assert (verdict.chains, verdict.entries, verdict.anchors, verdict.faults) == (3, 24, 1, [])
        assert await anchoring.anchor_today(SECRET, CONTACT) is None  # one a day
        async with transaction(claire):
            await audit.record(claire, "plans.renamed", "plan", before="a", after="b")
        clock.freeze(clock.now() + timedelta(days=1))
        second = await anchoring.anchor_today(SECRET, CONTACT)
        assert second.previous == kept[0][0].hash
        assert [leaf.seq for leaf in (await anchoring.stored())[1][1]] == [9]  # only what has grown
        verdict = await verify(
            [anchoring.ledger_of(await anchoring.stored(), [SECRET])], claire.organisation_id
        )
        assert (verdict.chains, verdict.entries, verdict.anchors, verdict.faults) == (1, 9, 2, [])
        await write_down(verdict)
        async with reading(None):
            health = await trail_health()
        assert (health.chains, health.faults, health.told) == (1, 0, [])
    letters = await owner.fetch("select recipient, text from mail where kind = 'trail_anchored'")
    assert len(letters) == 2
    assert any(second.hash in row["text"] for row in letters)


# --- tampered -------------------------------------------------------------------------------------------------------

Villain = Callable[[Any, random.Random, list[UUID]], Awaitable[str]]

_TEXTS = {
    "verb": "plans.deleted", "subject": "plan x", "role": "reader", "details": '{"before": "c"}', "salt": "00",
    "details_hash": "0" * 64, "previous_hash": "1" * 64, "hash": "2" * 64,
}  # fmt: skip


async def edit(owner: Any, chance: random.Random, chains: list[UUID]) -> str:
    """Any column of any entry."""
    column = chance.choice([*_TEXTS, "at", "person_id", "mandate_id", "seq", "chain"])
    chain, seq = chance.choice(chains), chance.randint(1, 8)
    value = {
        "at": "at - interval '1 second'", "person_id": "gen_random_uuid()", "mandate_id": "gen_random_uuid()",
        "seq": "seq + 1000", "chain": "gen_random_uuid()",
    }.get(column) or f"'{_TEXTS[column]}'"  # fmt: skip
    await owner.execute(
        f"update audit_entry set {column} = {value} where chain = $1 and seq = $2", chain, seq
    )
    return f"edited {column} of {seq}"


async def empty(owner: Any, chance: random.Random, chains: list[UUID]) -> str:
    """Details and salt taken away without a word of it."""
    seq = chance.choice([1, 2, 4, 5, 6, 7])
    await owner.execute(
        "update audit_entry set details = '', salt = '' where chain = $1 and seq = $2",
        chance.choice(chains),
        seq,
    )
    return f"emptied {seq}"


async def delete(owner: Any, chance: random.Random, chains: list[UUID]) -> str:
    first, many = chance.randint(1, 8), chance.randint(1, 3)
    await owner.execute(
        "delete from audit_entry where chain = $1 and seq between $2 and $3", chance.choice(chains), first, first + many - 1
    )  # fmt: skip
    return f"deleted {many} from {first}"


async def reorder(owner: Any, chance: random.Random, chains: list[UUID]) -> str:
    one, two = chance.sample(range(1, 9), 2)
    chain = chance.choice(chains)
    await owner.execute("update audit_entry set seq = -1 where chain = $1 and seq = $2", chain, one)
    await owner.execute("update audit_entry set seq = $3 where chain = $1 and seq = $2", chain, two, one)
    await owner.execute("update audit_entry set seq = $2 where chain = $1 and seq = -1", chain, two)
    return f"swapped {one} and {two}"


async def insert(owner: Any, chance: random.Random, chains: list[UUID]) -> str:
    """A forged entry behind the last one, well linked; the head moved along or not."""
    chain = chance.choice(chains)
    row = dict(
        await owner.fetchrow("select * from audit_entry where chain = $1 order by seq desc limit 1", chain)
    )
    forged = row | {"seq": row["seq"] + 1, "previous_hash": START if chance.random() < 0.5 else row["hash"]}
    forged["hash"] = entry_hash(forged)
    await _put(owner, forged)
    if forged["previous_hash"] == START:
        await owner.execute(
            "update audit_head set seq = $2, hash = $3 where chain = $1", chain, forged["seq"], forged["hash"]
        )
    return "inserted"


async def truncate_tail(owner: Any, chance: random.Random, chains: list[UUID]) -> str:
    """The last entries, and often the head too: then only the anchor knows."""
    chain, last = chance.choice(chains), chance.randint(0, 7)
    await owner.execute("delete from audit_entry where chain = $1 and seq > $2", chain, last)
    if chance.random() < 0.7:
        await owner.execute(
            "update audit_head set seq = $2, hash = coalesce((select hash from audit_entry where chain = $1 and seq = $2), $3) where chain = $1",
            chain, last, START,
        )  # fmt: skip
    return f"cut after {last}"


async def drop(owner: Any, chance: random.Random, chains: list[UUID]) -> str:
    """A whole chain with its head, or a head alone."""
    chain = chance.choice(chains)
    await owner.execute("delete from audit_head where chain = $1", chain)
    if chance.random() < 0.5:
        await owner.execute("delete from audit_entry where chain = $1", chain)
    return "dropped"


async def rewrite(owner: Any, chance: random.Random, chains: list[UUID]) -> str:
    """Everything from k on with right hashes, the head too: what a database administrator can do."""
    chain, first = chance.choice(chains), chance.randint(1, 8)
    rows = [
        dict(row)
        for row in await owner.fetch("select * from audit_entry where chain = $1 order by seq", chain)
    ]
    for place, row in enumerate(rows):
        if row["seq"] < first:
            continue
        row["previous_hash"] = rows[place - 1]["hash"] if place else START
        if row["seq"] == first:
            row |= {"verb": "plans.forged"}
        row["hash"] = entry_hash(row)
        await owner.execute(
            "update audit_entry set verb = $3, previous_hash = $4, hash = $5 where chain = $1 and seq = $2",
            chain, row["seq"], row["verb"], row["previous_hash"], row["hash"],
        )  # fmt: skip
    await owner.execute("update audit_head set hash = $2 where chain = $1", chain, rows[-1]["hash"])
    return f"rewritten from {first}"


async def swap_chains(owner: Any, chance: random.Random, chains: list[UUID]) -> str:
    one, two = chance.sample(chains, 2)
    nowhere = UUID(int=1)
    for before, after in ((one, nowhere), (two, one), (nowhere, two)):
        await owner.execute("update audit_entry set chain = $2 where chain = $1", before, after)
        await owner.execute("update audit_head set chain = $2 where chain = $1", before, after)
    return "chains swapped"


async def _put(owner: Any, row: dict[str, Any]) -> None:
    columns = [key for key in row if key != "id"]
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    await owner.execute(
        f"insert into audit_entry ({', '.join(columns)}) values ({places})", *(row[key] for key in columns)
    )


VILLAINS: list[Villain] = [
    edit, edit, edit, empty, delete, reorder, insert, truncate_tail, drop, rewrite, rewrite, swap_chains,
]  # fmt: skip
TAMPERINGS = 150


async def test_a_hundred_and_fifty_tamperings_are_all_seen_where_they_are(settings, claire, nora, owner):
    await plant(owner, claire, nora, None)
    chance = random.Random(20261122)
    chains = [claire.organisation_id, nora.organisation_id, audit.PLATFORM]
    await owner.execute("set session_replication_role = replica")
    async with as_the_worker(settings):
        kept, verdict = await anchored_and_verified()
        assert verdict.faults == []
        ledger = anchoring.ledger_of(kept, [SECRET])
        await owner.execute("create temporary table e as select * from audit_entry")
        await owner.execute("create temporary table h as select * from audit_head")
        for number in range(TAMPERINGS):
            said = await VILLAINS[number % len(VILLAINS)](owner, chance, chains)
            touched = await _touched(owner)
            verdict = await verify([ledger])
            assert verdict.faults, f"{number}: {said} was not seen"
            assert {fault.chain for fault in verdict.faults} & touched, f"{number}: {said} was seen elsewhere"
            await owner.execute(
                "delete from audit_entry; insert into audit_entry select * from e; delete from audit_head; insert into audit_head select * from h"
            )
        assert (await verify([ledger])).faults == []


async def _touched(owner: Any) -> set[UUID]:
    """The chains that are no longer what they were."""
    rows = await owner.fetch(
        "select chain from ((table audit_entry except table e) union all (table e except table audit_entry)) a "
        "union select chain from ((table audit_head except table h) union all (table h except table audit_head)) b"
    )
    return {row["chain"] for row in rows}


async def test_faults_are_named_by_their_number(settings, claire, owner):
    await plant(owner, claire)
    chain = claire.organisation_id
    await owner.execute("set session_replication_role = replica")
    await owner.execute("update audit_entry set subject = 'plan x' where chain = $1 and seq = 2", chain)
    await owner.execute("delete from audit_entry where chain = $1 and seq in (5, 6)", chain)
    async with as_the_worker(settings):
        verdict = await verify()
    found = {(fault.chain, fault.seq, fault.wrong) for fault in verdict.faults}
    assert found == {(chain, 2, Wrong.EDITED), (chain, 5, Wrong.MISSING)}
    assert "transports-du-val" in verdict.told(verdict.faults[0])


async def test_a_full_rewrite_is_seen_by_a_kept_file_even_when_the_anchors_are_rewritten_too(
    settings, claire, nora, owner, tmp_path
):
    await plant(owner, claire, nora)
    await owner.execute("set session_replication_role = replica")
    async with as_the_worker(settings):
        kept, _ = await anchored_and_verified()
        anchoring.write_beside(kept, tmp_path)
        anchoring.write_beside(kept, tmp_path)  # nothing twice
        assert anchoring.kept([tmp_path]) == kept
        await rewrite(owner, random.Random(1), [claire.organisation_id])
        # The administrator makes the table of anchors fit, with a key of their own.
        await owner.execute("delete from audit_anchor_leaf; delete from audit_anchor")
        await anchoring.anchor_today("another secret, as long as it has to be", CONTACT)
        table = anchoring.ledger_of(await anchoring.stored(), [SECRET])
        assert [why for _day, why in table.faults] == ["it is signed with a key that is not ours"]
        beside = anchoring.ledger_of(anchoring.kept([tmp_path]), [SECRET])
        assert beside.faults == []
        faults = (await verify([beside])).faults
        assert {(fault.chain, fault.wrong) for fault in faults} == {(claire.organisation_id, Wrong.REWRITTEN)}


async def test_a_kept_file_that_was_touched_does_not_hold(settings, claire, nora, owner):
    await plant(owner, claire, nora)
    async with as_the_worker(settings):
        await anchoring.anchor_today(SECRET, CONTACT)
        anchor, heads = (await anchoring.stored())[0]
    assert anchoring.ledger_of([(anchor, heads)], [SECRET, "an earlier secret"]).faults == []
    forgeries = [
        (anchor, [replace(heads[0], hash="0" * 64), *heads[1:]]),
        (anchor, heads[1:]),
        (replace(anchor, entries=1), heads),
        (replace(anchor, signature="00" * 64), heads),
        (signed(replace(anchor, entries=1), "somebody else's"), heads),
        (replace(anchor, previous="1" * 64), heads),
    ]
    for forged in forgeries:
        assert anchoring.ledger_of([forged], [SECRET]).faults
        read = read_line(file_line(*forged))
        assert read == forged
    with pytest.raises(ValueError, match="not a line"):
        read_line('{"day": "2026-11-22"}')


# --- the proof of one chain -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 2, 3, 5, 8, 13])
def test_every_leaf_climbs_to_the_root(many):
    leaves = [Leaf(UUID(int=number), number + 1, f"{number:064x}") for number in range(many)]
    digests = [leaf.digest for leaf in leaves]
    assert root_of(leaves[::-1]) == root(digests)
    for index, digest in enumerate(digests):
        assert climbed(digest, path(digests, index)) == root(digests)
    assert climbed("0" * 64, path(digests, 0)) != root(digests)


async def test_owners_download_a_proof_that_others_can_follow(settings, visit, claire, nora, malik, owner):
    await plant(owner, claire, nora, None)
    async with visit(claire) as browser:
        assert "/trail/proof" not in (await browser.get("/o/transports-du-val/trail")).text
        assert (await browser.get("/o/transports-du-val/trail/proof")).status_code == 404
    async with as_the_worker(settings):
        await anchoring.anchor_today(settings.secret, CONTACT)
    async with visit(claire) as browser:
        assert "/trail/proof" in (await browser.get("/o/transports-du-val/trail")).text
        proof = (await browser.get("/o/transports-du-val/trail/proof")).json()
        keys = (await browser.get("/.well-known/palier-anchors.json")).json()
    anchor = anchor_of(proof["anchor"])
    leaf = Leaf(UUID(proof["chain"]), proof["seq"], proof["hash"])
    assert leaf.chain == claire.organisation_id
    assert climbed(leaf.digest, [(step["side"], step["hash"]) for step in proof["path"]]) == anchor.root
    assert holds(anchor)
    assert anchor.public_key == public_key(settings.secret)
    assert anchor.public_key in keys["public_keys"]
    assert str(nora.organisation_id) not in json.dumps(proof)
    async with visit(malik) as browser:
        assert (await browser.get("/o/transports-du-val/trail/proof")).status_code == 403


# --- who may write --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table", ["audit_entry", "audit_head", "audit_anchor", "audit_anchor_leaf", "audit_check"]
)
@pytest.mark.parametrize("act", ["update {} set hash = hash", "delete from {}", "truncate {}"])
async def test_neither_process_may_rewrite_or_remove(settings, claire, owner, table, act):
    for role in (WEB, WORKER):
        with pytest.raises(Exception, match="permission denied|does not exist"):
            async with owner.transaction():
                await owner.execute(f"set local role {role}")
                await owner.execute(act.format(table))
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            assert not await owner.fetchval("select has_table_privilege($1, $2, $3)", role, table, right)


async def test_only_details_are_ever_erased_and_only_with_a_word_of_it(claire, owner):
    await plant(owner, claire)
    chain = claire.organisation_id
    for change in ("details = ''", "details = '', salt = '', subject = ''", "verb = 'x'"):
        with pytest.raises(Exception, match="never changed"):
            async with owner.transaction():
                if change != "details = ''":
                    await owner.execute(f"select set_config('app.forgetting', '{chain}', true)")
                await owner.execute(f"update audit_entry set {change} where chain = $1 and seq = 2", chain)
    assert await forget(owner, chain, 3) is None  # emptied before
    assert await forget(owner, chain, 2, 5, 8)
    async with reading(claire):
        rows = await select("select * from audit_entry where chain = $1 order by seq", chain)
        assert await audit.broken_links(chain) == []
    assert [row["seq"] for row in rows if not row["salt"]] == [2, 3, 5]  # the word of an erasure itself stays
    assert json.loads(rows[-1]["details"]) == {"entries": [2, 5]}
    walk = Walk(chain)
    assert [fault for row in rows[:7] for fault in walk.take(row)] == []
    assert {fault.wrong for fault in walk.end((7, rows[6]["hash"]))} == {Wrong.EMPTIED}
    assert details_hash(rows[0]) == rows[0]["details_hash"]
