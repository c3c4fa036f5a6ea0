"""What a territory group is, and how the shared figures of its members stand side by side."""

from enum import StrEnum


class TerritoryKind(StrEnum):
    """What holds the members together."""

    MUNICIPALITY = "municipality"
    INTERCOMMUNAL = "intercommunal"
    DEPARTMENT = "department"
    REGION = "region"
    LIVING_AREA = "living_area"
    OTHER = "other"
