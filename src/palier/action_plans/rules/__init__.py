"""What a plan is worth and what to suggest next: pure."""
