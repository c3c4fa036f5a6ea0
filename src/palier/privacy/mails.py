"""The letters about data that was asked for, and about what is going to be erased."""

from datetime import datetime

from palier.accounts import store as accounts
from palier.foundation import mail
from palier.foundation.actor import Actor, Person
from palier.foundation.language import day, speaking


async def parcel_ready(person: accounts.Person, organisation: str, address: str, until: datetime) -> None:
    """The data can be fetched; `organisation` is empty where it is the person's own."""
    with speaking(person.locale, person.time_zone):
        await mail.write(
            person.email, "privacy/mails/parcel_ready", name=person.name, organisation=organisation,
            address=address, until=day(until),
        )  # fmt: skip


async def person_going(person: Person, due: datetime, stop: str) -> None:
    """The account is deleted on that day unless the link is used. It is the last letter."""
    with speaking(person.locale, person.time_zone):
        await mail.write(
            person.email, "privacy/mails/person_going", name=person.name, due=day(due), stop=stop
        )


async def organisation_going(actor: Actor, owner: accounts.Person, due: datetime, stop: str) -> None:
    """An owner learns who closes the organisation, when, and how to stop it."""
    with speaking(owner.locale, owner.time_zone):
        await mail.write(
            owner.email, "privacy/mails/organisation_going", name=owner.name, by=actor.person.name,
            organisation=actor.organisation.name, due=day(due), stop=stop,
        )  # fmt: skip


async def organisation_staying(actor: Actor, owner: accounts.Person) -> None:
    """An owner learns that the organisation is not erased after all."""
    with speaking(owner.locale, owner.time_zone):
        await mail.write(
            owner.email, "privacy/mails/organisation_staying", name=owner.name, by=actor.person.name,
            organisation=actor.organisation.name,
        )  # fmt: skip
