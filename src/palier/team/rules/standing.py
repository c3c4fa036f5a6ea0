"""Where the people of a team stand towards their round."""

from enum import StrEnum


class Standing(StrEnum):
    """Where somebody stands towards the round."""

    HERE = "here"
    READS = "reads"
    """Their role does not let them answer any more."""
    GONE = "gone"
    """They no longer have access."""
    INVITED = "invited"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """Their invitation was taken back."""
