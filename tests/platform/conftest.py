"""Gaëlle Le Goff is on the platform's staff, with a second factor unless a story says otherwise."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from httpx import ASGITransport
from litestar import Litestar

from palier.accounts import sessions
from palier.foundation import actor as acting
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from tests.conftest import Visitor, plant_person

AtWork = Callable[..., AbstractAsyncContextManager[Visitor]]


@pytest.fixture
def put_on_staff(owner: Any) -> Callable[[acting.Person], Awaitable[None]]:
    async def put(person: acting.Person) -> None:
        await owner.execute(
            "insert into platform_staff (id, person_id, since, granted_by, note, removed_by) values ($1, $2, now(), 'test', '', '')",
            new_id(), person.person_id,
        )  # fmt: skip

    return put


@pytest.fixture
async def gaelle(stage: Litestar, put_on_staff: Any) -> acting.Person:
    person = await plant_person("Gaëlle Le Goff", "gaelle@palier.example.org")
    await put_on_staff(person)
    return person


@pytest.fixture
def at_work(stage: Litestar) -> AtWork:
    """A browser of somebody who signed in with, or without, a second factor."""

    @asynccontextmanager
    async def open_browser(person: acting.Person, *, second_factor: bool = True) -> AsyncIterator[Visitor]:
        async with Visitor(
            transport=ASGITransport(app=stage),
            base_url="http://palier.test",
            headers={"accept-language": "fr"},
        ) as browser:
            await browser.sign_in(person, second_factor=second_factor)
            yield browser

    return open_browser


@pytest.fixture
async def staff(gaelle: acting.Person, owner: Any) -> acting.StaffActor:
    """Gaëlle at work, with a session the database knows: for flows that no page stands before."""
    async with transaction(None):
        await sessions.open_session(gaelle.person_id, "test", second_factor=True)
    session = await owner.fetchval("select id from session where person_id = $1", gaelle.person_id)
    return acting.StaffActor(replace(gaelle, session_id=session))
