"""Parts of pages that say the same to everybody who reads them, kept as they were rendered.

A frozen result is read far more often than it changes, which is never. What is kept is used only while all that its
template is given equals what it was given then: nothing of the reader, of the address or of the moment can show in it.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from markupsafe import Markup

from palier.foundation import language, templates
from palier.foundation.kept import Kept

Context = Mapping[str, Any]


class Fragment:
    """One template, rendered at most once for the same facts, language and time zone while it is among the last `most`."""

    def __init__(self, template: str, most: int) -> None:
        self._template = template
        self._kept: Kept[Hashable, tuple[Any, Markup]] = Kept(most)

    def show(self, about: Hashable, facts: Any, context: Callable[[], Context]) -> Markup:
        """The markup about `about`. `facts`: all that `context` is made of; a whole context is its own facts."""
        key = (about, language.current(), language.time_zone())
        known = self._kept.get(key)
        if known is None or known[0] != facts:
            # No reader's word becomes markup here: a template of ours escaped them.
            known = self._kept.put(key, (facts, Markup(templates.render(self._template, **context()))))  # noqa: S704
        return known[1]
