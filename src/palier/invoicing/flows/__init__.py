"""Issuing, crediting, marking as paid."""
