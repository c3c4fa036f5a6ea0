"""What is done for signing in elsewhere."""
