"""Ways into the site with a browser: signed in as somebody, or as nobody."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext

from palier.accounts import sessions
from palier.foundation import actor as acting
from palier.foundation.database import transaction


@dataclass(frozen=True, slots=True)
class Door:
    """Opens browser contexts, signed in as somebody or as nobody."""

    site: str
    chromium: Browser
    opened: list[BrowserContext] = field(default_factory=list)

    async def open(
        self, who: acting.Actor | acting.Person | None = None, **options: object
    ) -> BrowserContext:
        """A context of its own (cookies, storage); `options` are Playwright's."""
        settings = {"locale": "fr-FR", "reduced_motion": "reduce", "base_url": self.site} | options
        context = await self.chromium.new_context(**settings)  # type: ignore[arg-type]
        context.set_default_timeout(45_000)
        self.opened.append(context)
        if who is not None:
            person = who.person if isinstance(who, acting.Actor) else who
            async with transaction(None):
                secret = await sessions.open_session(person.person_id, "chromium")
            await context.add_cookies([{"name": "session", "value": secret, "url": self.site}])
        return context


SignInAs = Callable[..., Awaitable[BrowserContext]]
