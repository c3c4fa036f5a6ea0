"""The organisation’s evidence, page by page."""
