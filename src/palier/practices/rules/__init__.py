"""Practices as plain data: what one tells, which come first for a reader, and which can be suggested."""
