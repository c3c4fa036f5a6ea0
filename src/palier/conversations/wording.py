"""What an entry of the trail tells about a conversation, in words; what was said stays where it was said."""

from typing import Any

from palier.foundation.language import gettext as _
from palier.foundation.language import joined


def initials(name: str) -> str:
    """At most two letters that stand for a person."""
    return "".join(word[0] for word in name.split() if word[0].isalpha())[:2].upper() or "?"


def told(verb: str, details: dict[str, Any]) -> list[str]:
    """One sentence, or two; none for a verb of another room. Details that were erased are left out."""
    match verb:
        case "conversations.commented":
            return [_("Commented"), *_called(details)]
        case "conversations.comment_changed":
            return [_("Changed a comment"), *_called(details)]
        case "conversations.comment_removed":
            return [_("Removed a comment")]
        case "conversations.file_attached":
            return [_("Attached: %(name)s") % {"name": details.get("name") or _("a file")}]
        case "conversations.file_removed":
            return [_("Removed the file: %(name)s") % {"name": details.get("name") or _("a file")}]
        case _:
            return []


def _called(details: dict[str, Any]) -> list[str]:
    names = details.get("called") or []
    return [_("Mentioned: %(names)s") % {"names": joined(names)}] if names else []
