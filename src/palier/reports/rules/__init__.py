"""What a document says, as plain data: nothing here draws, translates or fetches."""
