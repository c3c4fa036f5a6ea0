"""What few requests need is loaded by the first that does: a start does not wait for it, an idle process does not hold it.

A spreadsheet, a calendar or a provider's tokens cost their libraries a tenth of a second and some megabytes in every process.
A file that touches one names it twice: to the type checker as the module it is, to the process as a `Later`.
"""

from importlib import import_module
from typing import Any


class Later:
    """Stands for the module `name`, which is imported when something of it is first asked for."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, wanted: str) -> Any:
        module = import_module(self.__name__)
        self.__dict__ = module.__dict__  # from now on as quick as the module itself, and as much alive
        return getattr(module, wanted)
