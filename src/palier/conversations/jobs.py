"""What the worker does for conversations: write to those a comment calls, unless they refuse such letters.

Whether an address refuses is known to its owner and to the worker alone (migration 0013, `letter_choice`).
"""

from uuid import UUID

from palier.accounts.flows import letters
from palier.accounts.store import Person
from palier.conversations import mails
from palier.conversations.store import Comment
from palier.foundation.actor import OnDuty
from palier.foundation.database import transaction
from palier.foundation.jobs import Job
from palier.foundation.settings import Settings
from palier.network.store import Organisation


def jobs(settings: Settings) -> list[Job]:
    """The jobs of the room."""

    async def call(organisation: str, comment: str, person: str, title: str, address: str) -> None:
        """One letter. The job is done with the transaction that writes it, or comes again."""
        site = settings.public_url
        async with transaction(OnDuty(UUID(organisation))):
            said = await Comment.get_or_none(id=UUID(comment), organisation_id=UUID(organisation))
            reader = await Person.get_or_none(id=UUID(person))
            if said is None or reader is None:
                return  # taken back, or gone, meanwhile
            way_out = await letters.way_out(mails.MENTION, reader.email, settings.secret)
            if way_out:
                house = await Organisation.get(id=UUID(organisation))
                await mails.called(
                    reader, said, house.name, title, f"{site}{address}", f"{site}/reminders/stop/{way_out}",
                    f"{site}/account/reminders",
                )  # fmt: skip

    return [Job("conversations.call", call, attempts=5)]
