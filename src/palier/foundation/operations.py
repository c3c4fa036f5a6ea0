"""Forms that must count once: a hidden operation id makes a double click or a resent page harmless."""

from uuid import UUID

from palier.foundation.database import select


class AlreadyDone(Exception):
    """This very form was carried out before. `location` is where its answer led."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


async def claim(operation: UUID, person: UUID, location: str) -> None:
    """Mark the form `operation` as carried out, in the transaction that carries it out.

    Raises AlreadyDone when it was, by the same person; a stranger's id is treated as unknown.
    """
    sql = "insert into operation (id, person_id, location, at) values ($1, $2, $3, now()) on conflict do nothing returning id"
    if await select(sql, operation, person, location):
        return
    rows = await select("select location from operation where id = $1 and person_id = $2", operation, person)
    raise AlreadyDone(rows[0]["location"] if rows else location)
