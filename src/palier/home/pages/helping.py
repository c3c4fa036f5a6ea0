"""Help: by task, glossary, keys, and somebody to write to."""

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.foundation.web import page
from palier.home.rules.matching import LONGEST, matches, words_of
from palier.home.wording import glossary, help_topics, shortcuts


@get("/help", opt=PUBLIC)
async def help_page(
    request: Request, settings: NamedDependency[Settings], q: FromQuery[str] = ""
) -> Template:
    """Every task and word, or those that hold what is looked for."""
    question = q.strip()[:LONGEST]
    words = words_of(question)
    topics = [topic for topic in help_topics() if not words or matches(words, topic.title, *topic.lines)]
    entries = [entry for entry in glossary() if not words or matches(words, *entry)]
    return page(
        request, "home/help.html", nav="help", settings=settings, question=question, topics=topics, entries=entries
    )  # fmt: skip


@get("/help/keyboard", opt=PUBLIC)
async def keyboard(request: Request) -> Template:
    """The keys that do something."""
    return page(request, "home/keyboard.html", nav="help", shortcuts=shortcuts())


PAGES = [help_page, keyboard]
