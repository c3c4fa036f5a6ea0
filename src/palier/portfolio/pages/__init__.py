"""The consultant’s pages, and those on which a client decides about one."""
