"""The pages of a round’s team."""
