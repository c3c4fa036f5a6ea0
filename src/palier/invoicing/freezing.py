"""A document as the database keeps it: plain data, once, and read back to the letter."""

from typing import Any

import msgspec

from palier.invoicing.rules.documents import Document


def frozen(document: Document) -> dict[str, Any]:
    """The document as JSON data."""
    data: dict[str, Any] = msgspec.to_builtins(document)
    return data


def thawed(data: dict[str, Any]) -> Document:
    """The document that was frozen. Raises msgspec.ValidationError for anything else."""
    return msgspec.convert(data, Document)
