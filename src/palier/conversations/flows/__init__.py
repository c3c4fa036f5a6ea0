"""What people do in a conversation; each function works in its caller’s transaction."""
