"""The pages of units and of territory groups."""
