"""The code a document carries so that anybody can check it: made before the pages, which print it. Pure."""

from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter is taken for a figure, none spells a word by chance."""

LENGTH = 16
"""Characters of a code: 80 bits, which nobody guesses through a page that counts tries."""

_GROUP = 4
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True, slots=True)
class Seal:
    """What a document says of its own checking: its code and the address of the page that knows it.

    `issuer` is what that page, open to everybody, calls whoever signs: a house and never a person; empty where there is
    no house. `page` is empty where nobody said at which address the product is read.
    """

    code: str
    page: str = ""
    issuer: str = ""

    @property
    def shown(self) -> str:
        """The code as people read it aloud: four groups of four."""
        return "-".join(self.code[start : start + _GROUP] for start in range(0, len(self.code), _GROUP))

    @property
    def address(self) -> str:
        """Where this very document is confirmed."""
        return f"{self.page}/{self.shown}" if self.page else ""


def typed_code(text: str) -> str:
    """The code somebody meant by `text`, whatever the case, the spaces and the hyphens; "" where it cannot be one."""
    plain = "".join(letter for letter in text.upper() if letter.isalnum()).translate(_MISREAD)
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else ""
