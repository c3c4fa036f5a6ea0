"""The letters about actions, each in its reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.action_plans import wording
from palier.action_plans.rules.reminders import Kind
from palier.action_plans.store import Action
from palier.foundation import mail
from palier.foundation.language import speaking
from palier.network.store import Organisation


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a letter is for. Without `person_id`, an address without an account. `may_act`: links that change are theirs."""

    person_id: UUID | None
    email: str
    name: str
    locale: str
    time_zone: str
    may_act: bool = False
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Reminded:
    """An action a letter tells of, on the reader's day; `secret` opens its links, if it has any."""

    row: Action
    due_on: date
    today: date
    secret: str = ""

    @property
    def days(self) -> int:
        """Days to its date; below zero once it is late."""
        return (self.due_on - self.today).days

    @property
    def when(self) -> str:
        """Its date, and how far that is: "due on 3 December 2026, in 7 days"."""
        return wording.due_words(self.due_on, self.today)


def topic_of(kind: Kind) -> str:
    """Under which name an address refuses letters of this kind."""
    return f"reminder.{kind.value}"


async def remind(
    kind: Kind, reader: Reader, organisation: Organisation, told: Sequence[Reminded], site: str, way_out: str
) -> None:
    """Tell the owner, or the sponsor, of these actions, in the caller's transaction."""
    template = {
        Kind.SOON: "action_plans/mails/soon",
        Kind.LATE: "action_plans/mails/late",
        Kind.SPONSOR: "action_plans/mails/sponsor",
    }[kind]
    with speaking(reader.locale):
        await mail.write(
            reader.email, template, refuse=_end_of(site, way_out), reader=reader, organisation=organisation.name,
            told=told, home=f"{site}/o/{organisation.slug}", site=site,
        )  # fmt: skip


async def digest(
    reader: Reader, organisation: Organisation, parts: Sequence[Sequence[Reminded]], site: str, way_out: str
) -> None:
    """The week of somebody: late, near, and the late actions of others, in the caller's transaction."""
    late, near, others = parts
    with speaking(reader.locale):
        await mail.write(
            reader.email, "action_plans/mails/digest", refuse=_end_of(site, way_out), reader=reader, late=late,
            near=near, others=others, organisation=organisation.name, home=f"{site}/o/{organisation.slug}", site=site,
        )  # fmt: skip


def _end_of(site: str, way_out: str) -> str:
    return f"{site}/reminders/stop/{way_out}"
