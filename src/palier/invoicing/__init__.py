"""Our own invoices: numbered, frozen, as a PDF that holds its Factur-X."""
