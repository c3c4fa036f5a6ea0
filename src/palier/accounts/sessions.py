"""Browser sessions: made at sign-in with a fresh secret, kept by fingerprint, touched at most every five minutes."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from palier.accounts import store
from palier.accounts.rules import LIFETIME, Method
from palier.foundation.clock import now
from palier.foundation.database import only_reading, select, transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret
from palier.foundation.later import Later

if TYPE_CHECKING:
    from litestar import datastructures
    from litestar.datastructures import Cookie
else:
    datastructures = Later("litestar.datastructures")  # the worker has no pages, and no need of Litestar

COOKIES = ("__Host-session", "session")
"""The cookie's name on https, and on plain http (a developer's machine)."""

_TOUCH_EVERY = timedelta(minutes=5)
_touching: set[asyncio.Task[None]] = set()


async def open_session(
    person_id: UUID, user_agent: str, method: Method = Method.PASSWORD, *, second_factor: bool = False,
    provider_id: UUID | None = None,
) -> str:  # fmt: skip
    """A new session for `person_id`, in the caller's transaction; the secret for its cookie."""
    secret, moment = new_secret(), now()
    await store.Session.create(
        id=new_id(), person_id=person_id, fingerprint=fingerprint(secret), user_agent=user_agent[:200],
        method=method, provider_id=provider_id, seen_at=moment, expires_at=moment + LIFETIME,
        proved_at=None if method is Method.DEMONSTRATION else moment,
        second_factor_at=moment if second_factor else None,
    )  # fmt: skip
    return secret


async def renew(session_id: UUID, *, proved: bool = False, second_factor: bool = False) -> str:
    """Another secret for a living session, in the caller's transaction; the one before opens nothing any more.

    `proved` when its person has just proved who they are, `second_factor` when a second factor was part of that.
    """
    secret, moment = new_secret(), now()
    proof = {"proved_at": moment} if proved else {}
    factor = {"second_factor_at": moment} if second_factor else {}
    await store.Session.filter(id=session_id).update(fingerprint=fingerprint(secret), **proof, **factor)
    return secret


async def close_session(session_id: UUID) -> None:
    """End one session, in the caller's transaction."""
    await store.Session.filter(id=session_id).delete()


async def close_every_session(person_id: UUID) -> None:
    """End all sessions of a person (password changed), in the caller's transaction."""
    await store.Session.filter(person_id=person_id).delete()


def presented(cookies: Mapping[str, str], *, secure: bool) -> str | None:
    """The secret a browser presents. On https the unprefixed name is not read: a neighbouring site could set it."""
    return cookies.get(COOKIES[0] if secure else COOKIES[1])


def cookie(secret: str, *, secure: bool) -> "Cookie":
    """The cookie that carries `secret`; an empty one ends it."""
    name = COOKIES[0] if secure else COOKIES[1]
    age = int(LIFETIME.total_seconds()) if secret else 0
    return datastructures.Cookie(
        key=name, value=secret, httponly=True, secure=secure, samesite="lax", path="/", max_age=age
    )


def seen_lately(seen_at: datetime) -> bool:
    """Whether nothing need be noted yet of somebody last seen at `seen_at`."""
    return now() - seen_at < _TOUCH_EVERY


def touch_later(session_id: UUID, seen_at: datetime) -> None:
    """Note that the session is alive, outside the request (the one write a GET may cause: docs/architecture.md)."""
    if seen_lately(seen_at):
        return
    task = asyncio.create_task(_touch(session_id))
    _touching.add(task)
    task.add_done_callback(_touching.discard)


async def _touch(session_id: UUID) -> None:
    only_reading.set(False)
    async with transaction(None):
        await select("update session set seen_at = now() where id = $1 returning id", session_id)
