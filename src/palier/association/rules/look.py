"""Whether a network's colour is seen on the pages of both themes, and what an SVG file gives itself away by."""

from palier.network.rules.colour import contrast

SEEN = 3.0
"""The least ratio of a shape to its background (WCAG 2.2, 1.4.11): the colour is drawn, no text has it."""

GROUNDS = {"light": "#ffffff", "dark": "#161b22"}
"""What the head of a page is drawn on, by theme: `--surface` of the style sheet."""


def faint_on(accent: str) -> dict[str, float]:
    """The themes on which `accent` ("#2f8f87") is too hard to see, with its contrast ratio there, 1 to 21."""
    ratios = {theme: contrast(accent, ground) for theme, ground in GROUNDS.items()}
    return {theme: ratio for theme, ratio in ratios.items() if ratio < SEEN}


def is_svg(data: bytes) -> bool:
    """Whether a file begins as an SVG drawing does, whatever it is called."""
    return b"<svg" in data[:4096].lower()
