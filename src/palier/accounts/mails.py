"""The letters around an account, each in its reader's language."""

from palier.accounts import store
from palier.accounts.rules import CONFIRM_WITHIN, RESET_WITHIN
from palier.foundation import mail
from palier.foundation.language import speaking


async def confirm_address(person: store.Person, secret: str, site: str) -> None:
    """The link that proves the address, in the caller's transaction."""
    with speaking(person.locale):
        await mail.write(
            person.email, "accounts/mails/confirm_address", name=person.name, address=f"{site}/confirm/{secret}",
            hours=int(CONFIRM_WITHIN.total_seconds() // 3600),
        )  # fmt: skip


async def known_address(person: store.Person, site: str) -> None:
    """Somebody signed up with an address that has an account: its owner alone is told."""
    with speaking(person.locale):
        await mail.write(
            person.email, "accounts/mails/known_address", name=person.name, sign_in=f"{site}/signin",
            forgotten=f"{site}/forgotten",
        )  # fmt: skip


async def reset_password(person: store.Person, secret: str, site: str) -> None:
    """The link to choose a new password."""
    with speaking(person.locale):
        await mail.write(
            person.email, "accounts/mails/reset_password", name=person.name, address=f"{site}/reset/{secret}",
            minutes=int(RESET_WITHIN.total_seconds() // 60),
        )  # fmt: skip


async def password_changed(person: store.Person, site: str) -> None:
    """A word to the owner whenever the password changes."""
    with speaking(person.locale):
        await mail.write(
            person.email, "accounts/mails/password_changed", name=person.name, forgotten=f"{site}/forgotten"
        )
