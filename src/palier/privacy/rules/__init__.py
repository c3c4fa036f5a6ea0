"""Pure rules of what is held about people."""
