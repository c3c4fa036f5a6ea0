"""What members of a network share: good practices, what they say of them, and the network's own levers."""
