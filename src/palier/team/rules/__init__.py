"""Pure rules of a round’s team."""
