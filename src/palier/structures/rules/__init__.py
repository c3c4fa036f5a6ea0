"""Consents and shared figures: pure."""
