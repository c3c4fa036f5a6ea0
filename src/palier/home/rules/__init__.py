"""Finding words in texts, and the example on the first page. Pure."""
