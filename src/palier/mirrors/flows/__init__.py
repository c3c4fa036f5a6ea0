"""What people do with a mirror: set it up, answer it, read it."""
