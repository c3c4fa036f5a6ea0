"""Who may be a unit of whom: pure."""
