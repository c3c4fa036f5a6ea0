"""Drawings as SVG text: the same function serves the page and the PDF."""
