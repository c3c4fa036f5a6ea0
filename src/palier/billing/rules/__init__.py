"""What billing knows by itself: pure."""
