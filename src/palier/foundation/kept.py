"""What was computed lately, kept in this process. Only for what cannot change, or can be told to have changed."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """At most `most` values by key. The one asked for longest ago goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """The value, now the last to go."""
        if key not in self._values:
            return None
        value = self._values[key] = self._values.pop(key)
        return value

    def put(self, key: Key, value: Value) -> Value:
        """Keep `value` in place of what was kept under `key`, and hand it back."""
        self._values.pop(key, None)
        self._values[key] = value
        if len(self._values) > self._most:
            del self._values[next(iter(self._values))]
        return value

    def forget(self, key: Key) -> None:
        """Keep nothing under `key`."""
        self._values.pop(key, None)

    def clear(self) -> None:
        """Keep nothing."""
        self._values.clear()
