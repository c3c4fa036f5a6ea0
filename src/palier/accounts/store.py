"""People, their sessions, the links mailed to them, and the letters they want."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from palier.foundation.clock import now
from palier.foundation.identifiers import new_id

_BROWSER_KEPT = timedelta(days=365)
"""A browser nobody came back with for so long is forgotten."""


class Person(Model):
    """Somebody with an e-mail address. `password_hash` is empty until a password is chosen."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    email = fields.CharField(max_length=254, unique=True)  # lower case
    name = fields.CharField(max_length=120)
    password_hash = fields.CharField(max_length=200, default="")
    email_confirmed_at = fields.DatetimeField(null=True)
    locale = fields.CharField(max_length=10, default="fr")
    theme = fields.CharField(max_length=10, default="auto")
    time_zone = fields.CharField(max_length=40, default="Europe/Paris")
    shortcuts = fields.BooleanField(default=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "person"


class Session(Model):
    """A browser signed in. Only the fingerprint of the cookie is kept."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person: Any = fields.ForeignKeyField("palier.Person", related_name="sessions")
    fingerprint = fields.CharField(max_length=64, unique=True)
    user_agent = fields.CharField(max_length=200, default="")
    method = fields.CharField(max_length=20, default="password", db_default="password")
    provider_id = fields.UUIDField(null=True)  # whose word the session began on, with method "provider"
    proved_at = fields.DatetimeField(null=True)  # when the person last proved who they are
    second_factor_at = fields.DatetimeField(null=True)  # when a second factor was last part of that
    created_at = fields.DatetimeField(auto_now_add=True)
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = table_description = "session"


class MailedLink(Model):
    """A single-use link sent by mail: confirm an address, choose a new password, sign in."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person: Any = fields.ForeignKeyField("palier.Person", related_name="links")
    purpose = fields.CharField(max_length=20)  # palier.accounts.links.Purpose
    fingerprint = fields.CharField(max_length=64, unique=True)
    asker = fields.CharField(max_length=64, default="", db_default="")  # of the browser it works in; "" any
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "mailed_link"


class AuthenticatorApp(Model):
    """An app that shows a new code every thirty seconds. It counts once a code of it was given back.

    `secret` is sealed; `last_step` is the half minute of the last code taken: none is taken twice.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    person: Any = fields.OneToOneField("palier.Person", related_name="authenticator_app")
    person_id: UUID
    secret = fields.CharField(max_length=400)
    last_step = fields.BigIntField(default=0)
    created_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField(null=True)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "authenticator_app"


class RecoveryCode(Model):
    """One of the codes for the day the telephone is lost. Only the fingerprint is kept."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person: Any = fields.ForeignKeyField("palier.Person", related_name="recovery_codes")
    fingerprint = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "recovery_code"


class Passkey(Model):
    """A key pair of which a device or a password manager keeps the secret half; ours only checks signatures."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person: Any = fields.ForeignKeyField("palier.Person", related_name="passkeys")
    credential_id = fields.CharField(max_length=1400, unique=True)  # base64url
    public_key = fields.BinaryField()  # COSE
    sign_count = fields.BigIntField(default=0)
    name = fields.CharField(max_length=60)
    created_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "passkey"


class PendingProof(Model):
    """Somebody half-way through proving who they are; the secret of a short-lived cookie leads here.

    `person` is unknown while a passkey is asked for that will name them.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    fingerprint = fields.CharField(max_length=64, unique=True)
    purpose = fields.CharField(max_length=20)  # palier.accounts.steps.Purpose
    person: Any = fields.ForeignKeyField("palier.Person", related_name="pending_proofs", null=True)
    person_id: UUID
    method = fields.CharField(max_length=20, default="")  # how the first half was proved
    challenge = fields.BinaryField(null=True)  # what a passkey has to sign
    expires_at = fields.DatetimeField()

    class Meta:
        table = table_description = "pending_proof"


class KnownBrowser(Model):
    """A browser that somebody has signed in with before. Only the fingerprint of its cookie is kept."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    person: Any = fields.ForeignKeyField("palier.Person", related_name="known_browsers")
    fingerprint = fields.CharField(max_length=64)
    user_agent = fields.CharField(max_length=200, default="")
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()

    class Meta:
        table = table_description = "known_browser"
        unique_together = (("person", "fingerprint"),)


class LetterChoice(Model):
    """Whether an address still wants letters on a topic; the link in each of them names the row.

    `topic` is a network's id for its campaign messages, or the name of a reminder.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    topic = fields.CharField(max_length=60)
    email = fields.CharField(max_length=254)
    fingerprint = fields.CharField(max_length=64, unique=True)
    refused_at = fields.DatetimeField(null=True)

    class Meta:
        table = table_description = "letter_choice"
        unique_together = (("topic", "email"),)


class SignInAttempt(Model):
    """A failed sign-in, counted to slow guessing down. `key` is a fingerprint of an address or an account."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    key = fields.CharField(max_length=64, db_index=True)
    at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = table_description = "sign_in_attempt"


# --- named queries ------------------------------------------------------------------------------------------


async def person_by_email(email: str) -> Person | None:
    """Whoever has this address (lower case)."""
    return await Person.get_or_none(email=email)


async def attempts_since(key: str, since: datetime) -> int:
    """How many tries `key` has used since then."""
    return await SignInAttempt.filter(key=key, at__gt=since).count()


async def usable_link(fingerprint: str, purpose: str) -> MailedLink | None:
    """The link with this fingerprint, with its person, when it can still be used."""
    links = MailedLink.filter(fingerprint=fingerprint, purpose=purpose, used_at=None, expires_at__gt=now())
    return await links.select_related("person").first()


async def add_person(email: str, name: str, password_hash: str, locale: str) -> Person:
    """Whoever has this address: a new person unless there is one, even when two sign up at once."""
    person = Person(id=new_id(), email=email, name=name, password_hash=password_hash, locale=locale)
    await Person.bulk_create([person], ignore_conflicts=True)
    return await Person.get(email=email)


async def sessions_of(person_id: UUID) -> list[Session]:
    """The person's live sessions, the one seen last first."""
    return await Session.filter(person_id=person_id, expires_at__gt=now()).order_by("-seen_at")


async def links_since(person_id: UUID, purpose: str, since: datetime) -> bool:
    """Whether a link for `purpose` was issued after `since`."""
    return await MailedLink.filter(person_id=person_id, purpose=purpose, created_at__gt=since).exists()


async def forget_what_is_over(before: datetime) -> None:
    """Delete tries, links and sessions that ended before then; and, for the worker alone, what outlived its use."""
    await SignInAttempt.filter(at__lt=before).delete()
    await MailedLink.filter(expires_at__lt=before).delete()
    await Session.filter(expires_at__lt=before).delete()
    await PendingProof.filter(expires_at__lt=before).delete()
    await KnownBrowser.filter(seen_at__lt=before - _BROWSER_KEPT).delete()
