"""Whether evidence holds, and how it is found: no database, no clock."""
