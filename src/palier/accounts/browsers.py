"""Browsers that people have signed in with before, known by a cookie of their own.

Two things rest on it. Somebody who guesses an account's password uses up the tries of unknown browsers, never those of
its owner's browser, so nobody can lock them out (OWASP's device cookies). And a first sign-in with a browser is told to
its owner. The cookie opens nothing.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from palier.accounts.store import KnownBrowser
from palier.foundation.actor import Person
from palier.foundation.clock import now
from palier.foundation.database import reading, select
from palier.foundation.identifiers import fingerprint, new_id
from palier.foundation.later import Later

if TYPE_CHECKING:
    from litestar import datastructures
    from litestar.datastructures import Cookie
else:
    datastructures = Later("litestar.datastructures")  # the worker has no pages, and no need of Litestar

COOKIES = ("__Host-browser", "browser")
_KEPT = 31_536_000
_NOBODY = Person(UUID(int=0), "", "")


async def is_known(person: Person | None, secret: str) -> bool:
    """Whether `person` has signed in with the browser that presents `secret`. Nobody costs the same work."""
    who = person or _NOBODY
    async with reading(who):
        return await KnownBrowser.filter(person_id=who.person_id, fingerprint=fingerprint(secret)).exists()


async def meet(person: Person, before: str, session_secret: str, user_agent: str) -> bool:
    """Know the browser from now on, in the caller's transaction; whether it is new to somebody who had others."""
    rows = await select(
        "select meet_browser($1, $2, $3, $4, $5, $6) as new",
        new_id(), person.person_id, fingerprint(before) if before else "", fingerprint(_secret(session_secret)),
        user_agent[:200], now(),
    )  # fmt: skip
    return bool(rows[0]["new"])


def presented(cookies: Mapping[str, str], *, secure: bool) -> str:
    """The secret a browser presents; empty when it presents none."""
    return cookies.get(COOKIES[0] if secure else COOKIES[1], "")


def cookie(session_secret: str, *, secure: bool) -> "Cookie":
    """The cookie by which the browser of a new session is known at its next sign-in."""
    name = COOKIES[0] if secure else COOKIES[1]
    return datastructures.Cookie(
        key=name,
        value=_secret(session_secret),
        httponly=True,
        secure=secure,
        samesite="lax",
        path="/",
        max_age=_KEPT,
    )


def _secret(session_secret: str) -> str:
    """Made from the session's, so that whoever sets its cookie can set this one; it leads back to nothing."""
    return fingerprint(f"browser of {session_secret}")
