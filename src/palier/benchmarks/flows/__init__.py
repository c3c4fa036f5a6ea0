"""Taking contributions in, publishing editions, and telling a viewer where an organisation stands."""
