"""Looking at a document before it is made: its first pages as pictures, kept nowhere but in this process's memory."""

import asyncio
from collections import OrderedDict
from uuid import UUID

from palier.assessments.rules.peers import Peers
from palier.foundation import files
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.reports.flows.building import draw_up
from palier.reports.keys import content_key
from palier.reports.press import Press
from palier.reports.rules.kinds import Document
from palier.reports.rules.pictures import Pictures
from palier.reports.rules.wishes import Wish

MOST_WORK = 8.0
"""Seconds of computing a preview may take, so that nobody's holds up the next for long; the document itself has more."""

MOST_WAITING = 6
"""Previews that wait or are being drawn in one process; the next one is asked to come back."""

MOST_KEPT = 24_000_000
"""Bytes of pictures kept in memory, the oldest going first."""


class Busy(Exception):
    """Too many previews are asked for at once."""


class Superseded(Exception):
    """The same person has asked for another preview meanwhile: nobody waits for this one."""


class Previewer:
    """Draws previews one at a time. What was drawn is found again by its content: who may see the data, may see the pages."""

    def __init__(self, press: Press | None = None, most_waiting: int = MOST_WAITING) -> None:
        self._press = press or Press(workers=1, work=MOST_WORK)
        self._most_waiting = most_waiting
        self._kept: OrderedDict[str, Pictures] = OrderedDict()
        self._turn = asyncio.Semaphore(1)
        self._asked: dict[UUID, object] = {}
        self._waiting = 0

    async def show(self, actor: Actor, wish: Wish, peers: Peers, shelf: files.Shelf) -> Pictures:
        """The pages of the document `wish` asks for. Nothing is written.

        Raises DoesNotExist, NotSubmitted, OtherRound, PrintingFailed, Busy, and Superseded where the same person asked again.
        """
        async with reading(actor):
            draft = await draw_up(actor, wish, peers, shelf)
        key = content_key(draft.document, wish.locale)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        return await self._drawn(actor.person_id, key, draft.document, wish.locale)

    async def _drawn(self, person: UUID, key: str, document: Document, locale: str) -> Pictures:
        """In turn; whoever asks again while waiting gives up the place of the question before."""
        if self._waiting >= self._most_waiting:
            raise Busy
        asked = self._asked[person] = object()
        self._waiting += 1
        try:
            async with self._turn:
                if self._asked.get(person) is not asked:
                    raise Superseded
                return self._keep(key, self._kept.get(key) or await self._press.picture(document, locale))
        finally:
            self._waiting -= 1
            if self._asked.get(person) is asked:
                del self._asked[person]

    def _keep(self, key: str, pictures: Pictures) -> Pictures:
        self._kept[key] = pictures
        while sum(one.weight for one in self._kept.values()) > MOST_KEPT and len(self._kept) > 1:
            self._kept.popitem(last=False)
        return pictures

    def stop(self) -> None:
        """End the process that draws."""
        self._press.stop()
