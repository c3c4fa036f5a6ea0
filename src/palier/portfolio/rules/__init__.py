"""The portfolio’s own rules: which clients are shown, in which order."""
