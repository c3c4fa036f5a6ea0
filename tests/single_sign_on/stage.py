"""An organisation whose people sign in at a provider of ours: what the stories of this room begin with."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from httpx import ASGITransport, Response
from litestar import Litestar

from palier.accounts import passwords
from palier.foundation.actor import Actor, Person
from palier.foundation.identifiers import fingerprint
from palier.foundation.settings import Settings
from palier.single_sign_on import relying
from palier.single_sign_on.rules.states import State
from tests.applications import application
from tests.conftest import PASSWORD, Cast, Visitor
from tests.single_sign_on.name_servers import Names
from tests.single_sign_on.providers import CLIENT, SECRET, Staged

VALLEY = "/o/transports-du-val"
SETTINGS = f"{VALLEY}/settings/sign-on"


@dataclass
class Story:
    """The application that may call 127.0.0.1, the provider, the name server, the cast, and the database as its owner sees it."""

    app: Litestar
    staged: Staged
    names: Names
    cast: Cast
    owner: asyncpg.Connection
    people: dict[str, Any] = field(default_factory=dict)

    @asynccontextmanager
    async def browser(self, who: Actor | Person | None = None) -> AsyncIterator[Visitor]:
        """A browser signed in by a password a moment ago, or as nobody."""
        person = who.person if isinstance(who, Actor) else who
        async with Visitor(
            transport=ASGITransport(app=self.app),
            base_url="http://palier.test",
            headers={"accept-language": "en"},
        ) as browser:
            if person:
                await browser.sign_in(person)
            yield browser

    async def change(self, browser: Visitor, act: str, **fields: Any) -> Response:
        """One form of the settings page."""
        return await browser.send_form(f"{SETTINGS}/{act}", fields)

    async def describe(self, browser: Visitor, **more: Any) -> Response:
        """The provider, as an owner types it in."""
        fields = {
            "preset": "generic", "name": "Comptes du Val", "issuer": self.staged.issuer, "client_id": CLIENT,
            "client_secret": SECRET,
        }  # fmt: skip
        return await self.change(browser, "provider", **(fields | more))

    async def there_and_back(self, browser: Visitor, left: Response, subject: str) -> Response:
        """A person signs in at the provider, and their browser brings the answer back."""
        return await browser.get(self.way_back(left, subject))

    def way_back(self, left: Response, subject: str) -> str:
        """The address with which the provider sends the person back."""
        place = urlsplit(self.staged.authorise(address_in(left), subject))
        return f"{place.path}?{place.query}"

    async def sign_on(self, browser: Visitor, subject: str, house: str = "transports-du-val") -> Response:
        """The whole way in by the organisation's own door."""
        left = await browser.send_form(f"/sso/to/{house}", {"next": VALLEY})
        return await self.there_and_back(browser, left, subject)

    async def prove(self, browser: Visitor, domain: str = "exemple.fr") -> Response:
        """A domain, named and proved by DNS."""
        await self.change(browser, "domains", domain=domain)
        row = await self.owner.fetchrow(
            "select * from sign_on_domain where domain = $1 order by created_at desc", domain
        )
        self.names.texts[f"_palier.{domain}"] = f"palier-domain={row['token']}"
        return await self.change(browser, f"domains/{row['id']}/look")

    async def ready(self, state: State = State.OPTIONAL, role: str = "", **more: Any) -> None:
        """Everything an owner has to do, done: Claire holds a password and a spare key, exemple.fr is proved."""
        claire = self.cast.people["claire"]
        await self.choose_password(claire)
        async with self.browser(claire) as browser:
            assert (await self.describe(browser, **more)).status_code == 303
            left = await self.change(browser, "try")
            assert "works" in (await self.there_and_back(browser, left, "claire-there")).text
            assert (await self.prove(browser)).status_code == 303
            await self.change(browser, "spare-keys", person=str(claire.person_id))
            await self.change(browser, "newcomers", role=role)
            assert (await self.change(browser, "state", state=state)).status_code == 303

    async def choose_password(self, person: Person) -> None:
        """The password everybody has in the tests."""
        await self.owner.execute(
            "update person set password_hash = $2 where id = $1",
            person.person_id,
            await passwords.hashed(PASSWORD),
        )

    async def session(self, browser: Visitor) -> asyncpg.Record | None:
        """The session of a browser, as the database has it."""
        sql = (
            "select s.*, p.email from session s join person p on p.id = s.person_id where s.fingerprint = $1"
        )
        return await self.owner.fetchrow(sql, fingerprint(browser.cookies.get("session") or ""))

    async def verbs(self) -> list[str]:
        """What the audit trail of everybody says, in order."""
        return [
            row["verb"] for row in await self.owner.fetch("select verb from audit_entry order by at, seq")
        ]


def address_in(left: Response) -> str:
    """Where a page that goes on by itself goes on to."""
    assert left.status_code == 200, left.text[:600]
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', left.text)
    assert found, left.text
    return html.unescape(found.group(1))


def story_of(
    settings: Settings, staged: Staged, names: Names, cast: Cast, owner: asyncpg.Connection
) -> Story:
    """A story that begins: the provider knows nobody, the organisation has none."""
    relying._known.clear()
    allowed = replace(
        settings,
        public_url="http://palier.test",
        outbound_allow=("127.0.0.1",),
        name_server=f"127.0.0.1:{names.port}",
    )
    return Story(application(allowed), staged, names, cast, owner)
