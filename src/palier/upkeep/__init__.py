"""The upkeep room: copies to come back to, and what is wrong with an installation."""
