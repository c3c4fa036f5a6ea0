"""The members' pages of practices."""
