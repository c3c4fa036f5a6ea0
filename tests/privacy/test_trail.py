"""Owners read who did what; others do not."""

from palier.foundation import audit
from palier.foundation.database import transaction


async def test_owners_read_the_trail_and_nobody_else_does(visit, claire, malik, sophie, nora, cast):
    async with transaction(claire):
        await audit.record(
            claire, "network.role_changed", f"person {malik.person_id}", before="reader", after="contributor"
        )
    async with visit(claire) as browser:
        page = (await browser.get("/o/transports-du-val/trail")).text
        assert "Rôle d’un membre modifié" in page
        assert "Malik Ouali" in page
        assert "Contributeur" in page
        assert 'href="/o/transports-du-val/trail"' in (await browser.get("/o/transports-du-val/people")).text
    for other, status in ((malik, 403), (sophie, 403), (nora, 404)):
        async with visit(other) as browser:
            assert (await browser.get("/o/transports-du-val/trail")).status_code == status
