"""Under whose name, logo and colour a document goes out."""

from dataclasses import dataclass
from enum import StrEnum


class Letterhead(StrEnum):
    """Whose sign stands at the head. Who prepared the document is printed in every case, and never changes with it."""

    FIRM = "firm"
    """The consultant's firm alone."""
    BOTH = "both"
    """The firm's name and colour, with the client's logo beside."""
    CLIENT = "client"
    """The client's name, logo and colour."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a document is signed. An organisation that signs for itself has one letterhead: its own."""

    letterhead: Letterhead = Letterhead.BOTH
    logos: bool = True
    """Whether logos are drawn; where not, names are printed."""
    accent: str = ""
    """The colour of this document alone, as "#1e4d92"; empty for that of the letterhead."""


HOUSE_LOOK = Look()
"""What nobody chose anything about."""
