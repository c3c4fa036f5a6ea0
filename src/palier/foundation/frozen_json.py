"""JSON of columns that are written once: the same text is the same object, read once. Nobody changes it in place."""

import json
from typing import Any

from palier.foundation.kept import Kept

_read: Kept[str, Any] = Kept(256)


def frozen_json(text: str | bytes) -> Any:
    """What `text` says. Raises ValueError."""
    words = text if isinstance(text, str) else text.decode()
    known = _read.get(words)
    return _read.put(words, json.loads(words)) if known is None else known
