"""Whom the other members may write to: what somebody typed for this purpose, nothing taken from accounts."""

from dataclasses import dataclass

LONGEST_NAME, LONGEST_EMAIL = 80, 119


@dataclass(frozen=True, slots=True)
class Contact:
    """A name and an address; either may be empty."""

    name: str = ""
    email: str = ""

    @property
    def kept(self) -> str:
        """Both in one column, a line each."""
        return f"{self.name}\n{self.email}" if self.name or self.email else ""


def contact_in(kept: str) -> Contact:
    """What `Contact.kept` wrote."""
    name, _, email = kept.partition("\n")
    return Contact(name, email)
