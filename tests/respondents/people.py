"""The people of the machine: each with a browser, the pages they have open, and the letters they wrote.

They know what their pages told them and nothing else. A letter is one save, as a browser sends it.
"""

import io
import re
import zipfile
from dataclasses import dataclass, field
from uuid import UUID

from httpx import Response

from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from tests.conftest import Visitor
from tests.respondents.record import WORDS, Letter, Record, Said, Verdict

STATUS = {Verdict.CONFLICT: 409, Verdict.LATE: 423}
_CHANGING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64,}|\d\d[:h]\d\d"
)


@dataclass
class Desk:
    """One page somebody has open: the revision it is based on, and the saves it never heard back from."""

    rev: int = 0
    tried: list[UUID] = field(default_factory=list)


@dataclass
class Person:
    """Somebody at a browser. Without a role they are a stranger to the house."""

    key: str
    name: str
    browser: Visitor
    role: Role | None
    desks: dict[tuple[str, str], Desk] = field(default_factory=dict)
    letters: list[tuple[Record, Letter]] = field(default_factory=list)
    refused: dict[tuple[str, str], tuple[int, Said]] = field(default_factory=dict)
    """Conflicts on the screen, by round and criterion: the other revision, and what one had written."""

    @property
    def runs(self) -> bool:
        """Whether they open answers, agree and submit."""
        return self.role in (Role.OWNER, Role.LEAD)

    @property
    def answers(self) -> bool:
        return self.role not in (None, Role.READER)

    def desk(self, record: Record, code: str) -> Desk:
        return self.desks.setdefault((record.slug, code), Desk(record.first_seen(code)))

    def write(self, record: Record, code: str, said: Said, keep: int | None = None) -> Letter:
        """A letter from the page they have open. From now on the page knows that it may have arrived."""
        desk = self.desk(record, code)
        letter = Letter(self.key, code, said, new_id(), desk.rev, tuple(desk.tried[-20:]), keep)
        desk.tried.append(letter.op)
        self.letters.append((record, letter))
        return letter

    def hear(self, record: Record, letter: Letter, answer: Response) -> None:
        """What the page does with the answer to its letter."""
        desk, page = self.desk(record, letter.code), (record.slug, letter.code)
        if answer.status_code == 200:
            desk.rev, desk.tried = told(answer, letter.code), []
            self.refused.pop(page, None)
        elif answer.status_code == 409:
            self.refused[page] = (standing(answer), letter.said)

    async def send(self, house: str, record: Record, letter: Letter) -> Response:
        """The letter as htmx sends it: in the background, while one goes on typing."""
        fields = await self.form(letter)
        return await self.browser.patch(
            f"{house}/e/{record.slug}/q/{letter.code}", data=fields, headers={"hx-request": "true"}
        )

    async def submit(self, house: str, record: Record, letter: Letter, **more: str) -> Response:
        """The letter as a page without scripts sends it."""
        fields = await self.form(letter) | more
        return await self.browser.post(f"{house}/e/{record.slug}/q/{letter.code}", data=fields)

    async def form(self, letter: Letter) -> dict[str, str]:
        """All fields of the form, hidden ones too."""
        if "csrftoken" not in self.browser.cookies:
            await self.browser.get("/fr/")
        hidden = {
            "_csrf_token": self.browser.cookies["csrftoken"], "op": str(letter.op), "rev": str(letter.rev),
            "tried": " ".join(map(str, letter.tried)),
        }  # fmt: skip
        keep = {} if letter.keep is None else {"keep": str(letter.keep)}
        return hidden | keep | letter.said.fields()


# --- reading what came back -----------------------------------------------------------------------------------------


def told(answer: Response, code: str) -> int:
    """The revision a page tells its reader to base the next save on."""
    found = re.search(rf'id="rev-{re.escape(code)}" name="rev" value="(\d+)"', answer.text)
    assert found, f"no revision for {code} in {answer.text[:400]}"
    return int(found[1])


def standing(answer: Response) -> int:
    """The revision of the other version on a conflict screen."""
    found = re.search(r'data-keep="(\d+)"', answer.text)
    assert found, f"no other version in {answer.text[:400]}"
    return int(found[1])


def words_on(answer: Response) -> set[str]:
    """Every word of anybody's that a page or a file holds; a workbook is unpacked first."""
    if answer.content[:2] != b"PK":
        return set(WORDS.findall(answer.text))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        return set(
            WORDS.findall(" ".join(book.read(name).decode("utf-8", "ignore") for name in book.namelist()))
        )


def unchanging(answer: Response) -> str:
    """A page without what differs each time it is asked for: ids, fingerprints, tokens, hours."""
    return _CHANGING.sub("…", answer.text)
