"""What a network's staff does, and its members for themselves."""
