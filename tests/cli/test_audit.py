"""`palier audit verify` says what does not hold, and ends with a status that a script can use."""

import json
import os
import subprocess
import sys
from typing import Any

from palier.foundation import audit
from palier.foundation.database import transaction
from palier.foundation.settings import ROOT
from palier.privacy.flows import trail_anchoring as anchoring
from tests.roles import as_the_worker


def run(settings: Any, *words: str) -> tuple[int, list[str], str]:
    """Status, lines of standard output, standard error."""
    environment = os.environ | {
        "PALIER_DATABASE_URL": str(settings.database_url), "PALIER_DATA_DIR": str(settings.data_directory),
    }  # fmt: skip
    command = [sys.executable, "-m", "palier", "audit", "verify", *words]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=False, text=True)
    return done.returncode, done.stdout.splitlines(), done.stderr


async def test_the_command_walks_one_chain_or_all_and_compares_with_a_kept_file(
    settings, claire, nora, owner, tmp_path
):
    for tenant in (claire, nora, None):
        async with transaction(tenant):
            for number in range(4):
                await audit.record(tenant, "plans.renamed", f"plan {number}", before="a", after="b")
    async with as_the_worker(settings):
        await anchoring.anchor_today(settings.secret, "operator@example.org")
        anchoring.write_beside(await anchoring.stored(), tmp_path)
    assert run(settings, "--anchors", str(tmp_path)) == (0, ["3 chains, 12 entries, 1 anchors, 0 faults"], "")
    assert run(settings, "--chain", "clinique-du-lac")[:2] == (
        0,
        ["1 chains, 4 entries, 1 anchors, 0 faults"],
    )
    assert run(settings, "--chain", "nowhere")[0] == 2

    await owner.execute("set session_replication_role = replica")
    chain = claire.organisation_id
    await owner.execute("delete from audit_entry where chain = $1 and seq = 4", chain)
    await owner.execute(
        "update audit_head set seq = 3, hash = (select hash from audit_entry where chain = $1 and seq = 3) where chain = $1",
        chain,
    )
    status, lines, _ = run(settings)
    assert status == 1
    assert lines[0] == f"transports-du-val ({chain} 4: missing (anchored up to 4))"
    status, lines, _ = run(settings, "--json", "--chain", "transports-du-val")
    assert (status, json.loads(lines[0])["faults"][0]["seq"]) == (1, 4)
