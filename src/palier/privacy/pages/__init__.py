"""The pages of what is held about people."""
