"""The pages of signing in elsewhere."""
