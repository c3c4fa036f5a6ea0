"""What a mirror asks and what its figures say: pure."""
