"""Beside a criterion, how many practices other organisations tell about it, whoever keeps them (`app.py` connects)."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Practised(Protocol):
    """Asks how many practices the organisation may read, by "questionnaire/criterion": {"SX/SX1.1.1": 2}."""

    async def __call__(self, actor: Any) -> Mapping[str, int]:
        """`actor` is who looks. Call inside `reading(actor)`."""
