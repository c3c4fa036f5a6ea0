"""Which passwords are taken."""

from palier.accounts import guessing
from palier.accounts.rules import PasswordFault, length_fault, normalised_password


class PasswordRefused(Exception):
    """The password cannot be chosen; `fault` says why."""

    def __init__(self, fault: PasswordFault) -> None:
        super().__init__(fault)
        self.fault = fault


async def check(password: str, *about: str) -> None:
    """Raises PasswordRefused for one that is too short, too long, or easy to guess knowing `about`."""
    text = normalised_password(password)
    fault = length_fault(text)
    if fault is None and await guessing.is_guessable(text, *about):
        fault = PasswordFault.GUESSABLE
    if fault:
        raise PasswordRefused(fault)
