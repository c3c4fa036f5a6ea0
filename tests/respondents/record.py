"""What ought to be on record: a round and its answers as the people answering it were promised, kept in memory.

It knows nothing of tables. An answer is replaced only by somebody who saw it; a save counts once, however often its
letter arrives; while everybody answers alone each has a line of their own; what is submitted stays.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

Plain = dict[str, Any]
"""An answer as it is stored with every change."""

BLANK: Plain = {
    "state": "blank", "level": None, "reason": "", "rationale": "", "evidence_grade": "none", "evidence": "",
    "evidence_link": "", "to_review": False,
}  # fmt: skip
WORDS = re.compile(r"mot-[a-z]+-\d+")
"""What everybody writes: no two answers share a word, so a word found tells whose it is and where it was said."""


class Phase(StrEnum):
    """Where a round stands; the values are those of its row."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SUPERSEDED = "superseded"
    GIVEN_UP = "given_up"


class Verdict(StrEnum):
    """What a person is told about a save."""

    SAVED = "saved"
    UNCHANGED = "unchanged"
    REPLAYED = "replayed"
    CONFLICT = "conflict"
    LATE = "late"

    @property
    def stands(self) -> bool:
        return self in (Verdict.SAVED, Verdict.UNCHANGED, Verdict.REPLAYED)


@dataclass(frozen=True)
class Said:
    """What somebody fills in: a choice ("1".."5", "na", "dk", or "" to take it back) and one word of theirs."""

    choice: str
    word: str = ""
    evidence: bool = False
    review: bool = False

    def fields(self) -> dict[str, str]:
        """As the form sends it."""
        return {
            "answer": self.choice, "reason": self.word if self.choice == "na" else "", "rationale": self.word,
            "evidence": self._shown, "link": "", "grade": "none",
        } | ({"review": "yes"} if self.review else {})  # fmt: skip

    def plain(self) -> Plain:
        """As it ought to be stored."""
        level = int(self.choice) if self.choice.isdigit() else None
        return BLANK | {
            "state": "answered" if level else self.choice or "blank", "level": level, "rationale": self.word,
            "reason": self.word if self.choice == "na" else "", "evidence": self._shown, "to_review": self.review,
        }  # fmt: skip

    def __repr__(self) -> str:
        more = [word for word, so in (("with evidence", self.evidence), ("to review", self.review)) if so]
        return " ".join([self.choice or "nothing", self.word, *more]).strip()

    @property
    def _shown(self) -> str:
        return f"voir {self.word}" if self.evidence else ""


@dataclass(frozen=True)
class Letter:
    """One save on its way: it may arrive never, once or several times, now or days later."""

    author: str
    code: str
    said: Said
    op: UUID
    rev: int
    tried: tuple[UUID, ...] = ()
    keep: int | None = None
    """The revision overruled by "keep mine"."""

    def __repr__(self) -> str:
        return f"<{self.author} on {self.code} from {self.base}: {self.said}, op …{str(self.op)[-4:]}>"

    @property
    def base(self) -> int:
        return self.rev if self.keep is None else self.keep


@dataclass(frozen=True)
class Change:
    """One change on record; `op` is None where the form was sent again with other words, as another operation."""

    op: UUID | None
    author: str
    content: Plain


@dataclass
class Line:
    """One answer: what stands, and every change that led there; after a reopening, since then."""

    content: Plain = field(default_factory=lambda: dict(BLANK))
    changes: list[Change] = field(default_factory=list)
    inherited: int = 0
    """Changes before the reopening: revisions go on from there."""

    @property
    def revision(self) -> int:
        return self.inherited + len(self.changes)

    @property
    def answered(self) -> bool:
        return bool(self.content["state"] != "blank")

    def replayed(self, letter: Letter) -> int | None:
        """The revision this very letter led to when it came before."""
        for place, change in enumerate(self.changes, self.inherited + 1):
            if (change.op, change.author, change.content) == (letter.op, letter.author, letter.said.plain()):
                return place
        return None

    def take(self, letter: Letter) -> tuple[Verdict, int]:
        """What becomes of `letter`, and the revision its author is told."""
        if (before := self.replayed(letter)) is not None:
            return Verdict.REPLAYED, before
        if letter.said.plain() == self.content:
            return Verdict.UNCHANGED, self.revision
        last = self.changes[-1] if self.changes else None
        own = last is not None and last.author == letter.author and last.op in letter.tried
        if letter.base != self.revision and not own:
            return Verdict.CONFLICT, self.revision
        known = any(change.op == letter.op for change in self.changes)
        return Verdict.SAVED, self.write(letter.author, letter.said.plain(), None if known else letter.op)

    def write(self, author: str, content: Plain, op: UUID | None = None) -> int:
        """Put `content` on record; its revision."""
        self.content = content
        self.changes.append(Change(op, author, content))
        return self.revision


@dataclass(frozen=True)
class Agreed:
    """One agreement: which revision it wrote, and what everybody had said."""

    code: str
    revision: int
    words: str
    """Why, and what somebody who keeps another view said."""
    voices: tuple[tuple[str, str, int | None, str], ...]
    """Name, state, level and rationale of everybody who had answered."""


@dataclass
class Record:
    """One round; reopened, each of its states is a record of its own."""

    slug: str
    names: dict[str, str]
    codes: tuple[str, ...]
    alone: bool
    opened: bool = False
    phase: Phase = Phase.DRAFT
    supersedes: "Record | None" = None
    why: str = ""
    """Why it was reopened."""
    shared: dict[str, Line] = field(default_factory=dict)
    own: dict[tuple[str, str], Line] = field(default_factory=dict)
    given: set[tuple[str, str]] = field(default_factory=set)
    """Who ever answered which criterion: the price of reading what others said there."""
    agreements: list[Agreed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shared = self.shared or {code: Line() for code in self.codes}

    @property
    def frozen(self) -> bool:
        return self.phase is not Phase.DRAFT

    def first_seen(self, code: str) -> int:
        """The revision a page is based on that was opened as soon as the round was."""
        return 0 if self.blind else self.shared[code].inherited

    @property
    def blind(self) -> bool:
        return self.alone and not self.opened

    def line(self, author: str, code: str) -> Line:
        """The answer that `author` edits."""
        return self.own.setdefault((author, code), Line()) if self.blind else self.shared[code]

    def take(self, letter: Letter) -> tuple[Verdict, int]:
        """What becomes of `letter`."""
        line = self.line(letter.author, letter.code)
        if self.frozen or (self.alone and self.opened):
            return self._late(letter, line)
        verdict = line.take(letter)
        if self.blind and line.answered:
            self.given.add((letter.author, letter.code))
        return verdict

    def _late(self, letter: Letter, line: Line) -> tuple[Verdict, int]:
        """A letter that had come in time is on record, and its author is told so."""
        before = line.replayed(letter)
        if before is not None:
            return Verdict.REPLAYED, before
        mine = self.own.get((letter.author, letter.code), Line())
        if mine.replayed(letter) is not None:
            return Verdict.REPLAYED, line.revision
        return Verdict.LATE, line.revision

    # --- agreeing ---------------------------------------------------------------------------------------------

    def spoken(self, code: str) -> list[tuple[str, Plain]]:
        """Everybody's answer to `code`, the lowest first; those without a level last, by name."""
        if self.supersedes:
            return self.supersedes.spoken(code)
        said = [(who, line.content) for (who, at), line in self.own.items() if at == code and line.answered]
        return sorted(
            said, key=lambda one: (one[1]["level"] is None, one[1]["level"] or 0, self.names[one[0]])
        )

    def open(self, author: str) -> None:
        """Show everybody's answers to everybody, and agree where all said alike."""
        if not self.blind or not any(line.answered for line in self.own.values()):
            return
        self.opened = True
        for code in self.codes:
            spoken = [content for _, content in self.spoken(code)]
            if len({(content["state"], content["level"]) for content in spoken}) == 1:
                reason = "; ".join(
                    dict.fromkeys(content["reason"] for content in spoken if content["reason"])
                )
                first = BLANK | {key: spoken[0][key] for key in ("state", "level")} | {"reason": reason}
                self.agree(author, code, first)

    def agree(self, author: str, code: str, content: Plain, op: UUID | None = None, words: str = "") -> None:
        """Make `content` the organisation's answer, with the words of those who said the same."""
        voices = self.spoken(code)
        whole = with_words(content, [said for _, said in voices])
        line = self.shared[code]
        revision = line.revision if line.content == whole else line.write(author, whole, op)
        said = tuple((self.names[who], one["state"], one["level"], one["rationale"]) for who, one in voices)
        self.agreements.append(Agreed(code, revision, words, said))

    def gaps(self) -> dict[str, int]:
        """The criteria whose answers lie one level apart, with the median: the level at or under it."""
        found = {}
        for code in self.codes:
            spoken = [content for _, content in self.spoken(code)]
            levels = sorted(content["level"] for content in spoken if content["level"])
            split = levels and any(content["state"] == "na" for content in spoken)
            if levels and levels[-1] - levels[0] == 1 and not split and not self.shared[code].answered:
                found[code] = (levels[(len(levels) - 1) // 2] + levels[len(levels) // 2]) // 2
        return found

    def submit(self) -> bool:
        """Commit the organisation, if every criterion has an answer that stands for it; whether it is committed now."""
        if not self.frozen and not self.blind and all(line.answered for line in self.shared.values()):
            self.phase = Phase.SUBMITTED
            if self.supersedes:
                self.supersedes.phase = Phase.SUPERSEDED
        return self.phase in (Phase.SUBMITTED, Phase.SUPERSEDED)

    def reopened(self, slug: str, reason: str) -> "Record":
        """A further state: every answer as it stands, and the changes that are made to it from now on."""
        lines = {code: Line(line.content, [], line.revision) for code, line in self.shared.items()}
        return Record(
            slug, self.names, self.codes, self.alone, self.opened, supersedes=self, shared=lines, why=reason
        )

    @property
    def state(self) -> tuple[str, bool]:
        """Where it stands, and whether individual answers are opened."""
        return self.phase, self.opened

    # --- who may read what ------------------------------------------------------------------------------------

    def readable(self, person: str) -> set[str]:
        """Every word a member may find anywhere."""
        lines = [line.content for line in self.shared.values()]
        for (author, code), line in self.own.items():
            if self.opened or author == person or (person, code) in self.given:
                lines.append(line.content)
        found = (
            words_in(lines) | {self.why} | set(WORDS.findall(" ".join(one.words for one in self.agreements)))
        )
        return found | self.supersedes.readable(person) if self.supersedes else found


def with_words(content: Plain, spoken: list[Plain]) -> Plain:
    """`content` with everybody's evidence and, without a rationale of its own, those of its own side."""
    own_side = [one for one in spoken if (one["state"], one["level"]) == (content["state"], content["level"])]
    rationale = content["rationale"] or "\n\n".join(_once(one["rationale"] for one in own_side))
    return content | {"rationale": rationale, "evidence": "\n".join(_once(one["evidence"] for one in spoken))}


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def words_in(lines: Iterable[Plain]) -> set[str]:
    """The words of these answers."""
    texts = (line[key] for line in lines for key in ("reason", "rationale", "evidence"))
    return set(WORDS.findall(" ".join(texts)))
