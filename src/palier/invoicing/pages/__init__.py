"""The pages of our own invoices."""
