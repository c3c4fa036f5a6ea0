"""What an invoice says and what it adds up to: pure."""
