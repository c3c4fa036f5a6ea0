"""The forms of a conversation, the same under every topic: what they send, what they are told, what they need to be shown."""

from typing import Any
from uuid import UUID

from litestar import Request

from palier.conversations.rules.mentions import LONGEST
from palier.conversations.store import Comment
from palier.conversations.wording import initials
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.language import number


async def calls_of(request: Request) -> list[UUID]:
    """The people ticked under "Notify"; what is no id is nobody."""
    chosen = []
    for value in (await request.form()).getall("call", []):
        try:
            chosen.append(UUID(value))
        except (ValueError, AttributeError, TypeError):
            continue
    return chosen


def unsayable() -> str:
    """Why a comment was not taken."""
    return _("Write a comment of at most %(most)s characters") % {"most": number(LONGEST)}


def said_words(row: Comment) -> str:
    """That it is there, and how many were written to."""
    if not row.called:
        return _("Your comment is there.")
    return _("Your comment is there. A message goes to: %(names)s, unless refused.") % {
        "names": ", ".join(row.called.values())
    }


def nothing_typed() -> dict[str, Any]:
    """What the card of comments needs besides `talk`, `place` and `may_talk`: nothing typed and nothing wrong."""
    return {
        "new_op": new_id, "initials": initials, "longest_comment": LONGEST, "talk_errors": {}, "typed_comment": "",
        "typed_calls": (),
    }  # fmt: skip
