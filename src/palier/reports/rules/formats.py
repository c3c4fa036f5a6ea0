"""The form of the file a kind of document is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is named and announced."""

    suffix: str
    media_type: str


PDF = Format("pdf", "application/pdf")
SLIDES = Format("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation")


def format_of(kind: str) -> Format:
    """The format of the kind of document written down as `kind`."""
    return SLIDES if kind == "slides" else PDF
