"""Flows of upkeep."""
