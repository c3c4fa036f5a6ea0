"""What the benchmark's forms share."""

from collections.abc import Mapping
from uuid import UUID

from palier.foundation.identifiers import new_id


def op_of(raw: Mapping[str, str]) -> UUID:
    """The form's operation id; a fresh one where somebody tampered with it."""
    try:
        return UUID(raw.get("op", ""))
    except ValueError:
        return new_id()
