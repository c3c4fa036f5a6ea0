"""The letter that says what somebody still has to answer, in their own language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from palier.foundation import mail
from palier.foundation.language import current, speaking
from palier.network.store import Colleague, Organisation
from palier.questionnaires.rules import Questionnaire

ROUND = "reminder.round"
"""Under which name an address refuses letters of this kind."""


@dataclass(frozen=True, slots=True)
class Left:
    """One round in the letter: how many of the criteria asked of the reader are left, and where to go on."""

    questionnaire: Questionnaire
    name: str
    left: int
    asked: int
    due_on: date | None
    days: int | None
    """Days to the date; below zero once it is over."""
    address: str

    @property
    def title(self) -> str:
        """The round in the letter's language: "Service excellence 2026"."""
        return f"{self.questionnaire.title.in_(current())} {self.name}"


async def remind(
    reader: Colleague, organisation: Organisation, rounds: Sequence[Left], site: str, way_out: str
) -> None:
    """Tell the reader what is left, in the caller's transaction."""
    with speaking(reader.locale):
        await mail.write(
            reader.email, "team/mails/left", refuse=f"{site}/reminders/stop/{way_out}", reader=reader, rounds=rounds,
            organisation=organisation.name, home=f"{site}/o/{organisation.slug}", site=site,
        )  # fmt: skip
