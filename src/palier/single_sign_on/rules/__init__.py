"""Pure rules of signing in elsewhere."""
