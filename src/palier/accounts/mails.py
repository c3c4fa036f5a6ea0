"""The letters around an account, each in its reader's language. Those about its safety cannot be refused."""

from datetime import datetime

from palier.accounts import store
from palier.accounts.rules import CONFIRM_WITHIN, RESET_WITHIN, SIGN_IN_WITHIN
from palier.foundation import actor as acting
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


async def sign_in(person: store.Person, secret: str, site: str) -> None:
    """The link that signs in, in the browser that asked for it."""
    with speaking(person.locale):
        await mail.write(
            person.email, "accounts/mails/sign_in", name=person.name, address=f"{site}/signin/link/{secret}",
            minutes=int(SIGN_IN_WITHIN.total_seconds() // 60),
        )  # fmt: skip


async def password_changed(person: store.Person, site: str) -> None:
    """A word to the owner whenever the password changes."""
    with speaking(person.locale):
        await mail.write(
            person.email, "accounts/mails/password_changed", name=person.name, forgotten=f"{site}/forgotten"
        )


async def new_browser(person: acting.Person, browser: str, at: datetime, site: str) -> None:
    """Somebody signed in with a browser that was never used for this account."""
    with speaking(person.locale, person.time_zone):
        await mail.write(
            person.email, "accounts/mails/new_browser", name=person.name, browser=browser, at=at,
            security=f"{site}/account/security", forgotten=f"{site}/forgotten",
        )  # fmt: skip


async def factor_changed(person: acting.Person, what: str, site: str) -> None:
    """A way to prove who one is came or went; `what` names it: "app added", "passkey removed", "codes renewed", ..."""
    with speaking(person.locale):
        await mail.write(
            person.email, "accounts/mails/factor_changed", name=person.name, what=what,
            security=f"{site}/account/security", forgotten=f"{site}/forgotten",
        )  # fmt: skip
