"""The pages of a document as pictures, to be looked at before it is made."""

from dataclasses import dataclass

MOST_PICTURES = 12
"""Pages drawn of a document; the rest is counted."""

PICTURE_WIDTH = 700
"""Pixels across a page: its text can be read, and twelve of them weigh less than half a megabyte."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The first pages as PNG files, and how many pages there are. `height` is a page's, in pixels."""

    sheets: tuple[bytes, ...]
    pages: int
    height: int

    @property
    def width(self) -> int:
        """A page's width in pixels."""
        return PICTURE_WIDTH

    @property
    def weight(self) -> int:
        """Bytes of all of them."""
        return sum(len(sheet) for sheet in self.sheets)
