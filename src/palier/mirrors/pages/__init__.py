"""The pages of a mirror: of the organisation that asks, and of whoever answers."""
