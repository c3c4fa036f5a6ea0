"""What is read across organisations, through the database's own doors only; and territory groups."""
