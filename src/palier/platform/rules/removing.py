"""How long a person has to say that it was not them who asked."""

from datetime import timedelta

NOTICE = timedelta(hours=24)
"""Between the asking and the removing of second factors (SQL insists on twenty-three hours)."""
