"""The pages of the benchmark: a member's position, and what a network's staff does."""
