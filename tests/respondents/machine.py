"""Several people answer a round over HTTP, at random: together or each alone, on time or late, heard or not.

Every rule is something a person does. After each, the database holds what `record.Record` says it ought to: no answer
lost, none twice, none changed once submitted; and no page tells anybody a word that is not theirs to read.
"""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from palier.foundation.audit import broken_links
from palier.foundation.database import reading
from palier.foundation.permissions import Role
from tests.conftest import plant_member
from tests.respondents.house import ANSWERING, ANYBODY, HOUSEHOLD, LEVEL, PLACE, RARELY
from tests.respondents.people import unchanging
from tests.respondents.record import Said
from tests.respondents.reopening import Reopening

ROUND_PAGES = (
    "", "/q/{code}", "/s/{section}", "/results", "/data.json", "/check", "/history", "/data.csv", "/why/{code}",
    "/results/{section}", "/results.csv", "/consensus", "/consensus/{code}", "/receipt", "/submit", "/consensus/medians",
    "/proposals", "/data", "/data.xlsx", "/team", "/reopen",
)  # fmt: skip
HOUSE_PAGES = ("", "/assessments", "/search?q=mot", "/people", "/compare")
QUIET = ("", *["/q/{code}"] * 3, "/s/{section}", "/results", "/data.json", "/history", "/why/{code}")
"""Pages that tell somebody who has not answered nothing at all of others' answers, not even that they exist."""


class Answering(Reopening):
    """Everything: answering, deciding, living and looking around."""

    thorough = False
    """Whether every page of every criterion is looked at when a round ends, and not every sixth."""

    @rule(really=RARELY)
    def hugo_leaves_or_comes_back(self, really: bool) -> None:
        if "hugo" in self.gone:
            self.do(self.returns())
        elif really:
            self.do(self.leaves())

    async def leaves(self) -> None:
        sql = "select id from membership where organisation_id = $1 and person_id = $2"
        seat = await self.database.fetchval(sql, self.owner.organisation_id, self.members["hugo"].person_id)
        await self.database.execute(
            "update session set proved_at = $1", self.day
        )  # such an act asks for a recent proof
        answer = await self.people["claire"].browser.send_form(f"{self.house}/people/members/{seat}/remove")
        assert answer.status_code == 303
        self.gone.add("hugo")
        self.note("left")

    async def returns(self) -> None:
        await plant_member(self.owner, self.members["hugo"], Role.CONTRIBUTOR)
        self.gone.discard("hugo")

    # --- looking ------------------------------------------------------------------------------------------------------

    @rule(who=ANYBODY, page=st.sampled_from(ROUND_PAGES), place=PLACE)
    def looks_around(self, who: str, page: str, place: int) -> None:
        self.do(self.looks(who, self.address(page, self.code(place))))

    @rule(who=ANYBODY, page=st.sampled_from(HOUSE_PAGES))
    def looks_around_the_house(self, who: str, page: str) -> None:
        self.do(self.looks(who, f"{self.house}{page}"))

    @rule(who=ANSWERING, watcher=st.sampled_from(["sophie", "malik", "claire"]), place=PLACE, choice=LEVEL, page=st.sampled_from(QUIET))  # fmt: skip
    def saves_behind_the_back_of(self, who: str, watcher: str, place: int, choice: str, page: str) -> None:
        """While everybody answers alone, a page is the same whatever others saved where one has not answered."""
        code = self.code(place)
        if (watcher, code) in self.record.given or watcher == who:
            watcher = "sophie"  # who reads, and never answers
        if self.record.blind and who not in self.gone:
            self.do(self.saves_behind(who, watcher, code, self.said(who, choice), self.address(page, code)))

    async def saves_behind(self, who: str, watcher: str, code: str, said: Said, address: str) -> None:
        self.people[watcher].browser.cookies.delete(
            "notice"
        )  # a word left from before shows on one page only
        before = unchanging(await self.looks(watcher, address))
        await self.saves_as(who, code, said)
        after = unchanging(await self.looks(watcher, address))
        lines = zip(before.splitlines(), after.splitlines(), strict=False)
        differ = next((two for two in lines if two[0] != two[1]), None)
        assert before == after, f"{watcher} can tell on {address} that {who} saved {said}: {differ}"
        self.note("behind the back")

    def teardown(self) -> None:
        """At the end of a sound run somebody goes through many pages, and the house's chain of entries is whole."""
        if getattr(self, "sound", False):
            self.run(self.last_look())

    async def last_look(self) -> None:
        who, every = list(HOUSEHOLD)[self.houses % len(HOUSEHOLD)], 1 if self.thorough else 6
        pages = [
            self.address(page, code) for page in ROUND_PAGES for code in self.record.codes if "{" in page
        ]
        pages += [self.address(page) for page in ROUND_PAGES if "{" not in page]
        pages += [f"{self.house}{page}" for page in HOUSE_PAGES]
        for address in pages[self.houses // len(HOUSEHOLD) % every :: every]:
            await self.looks(who, address)
        async with reading(self.owner):
            assert await broken_links(self.owner.organisation_id) == []


class Alone(Answering):
    """A round that everybody answers alone first: blind, then opened, then agreed on."""

    alone = True


class Together(Answering):
    """A round with one shared answer to each criterion."""
