"""What people do with organisations, colleagues, mandates and networks."""
