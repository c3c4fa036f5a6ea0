"""What is done with a round’s team."""
