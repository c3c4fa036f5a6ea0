"""What the staff's pages about money call things."""

OVERDUE = "overdue"
"""Not a state of its own: issued, not paid, and past its day."""
