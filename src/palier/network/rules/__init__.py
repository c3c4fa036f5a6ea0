"""What an organisation may be and who may do what to whom in it."""
