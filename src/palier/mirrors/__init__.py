"""Mirrored attention: the same themes asked of customers, staff and leaders by a public link, anonymously."""
