"""Offers and rights: pure."""
