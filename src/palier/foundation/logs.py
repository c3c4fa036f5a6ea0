"""How log lines look, and what never stands in one: no person, no address, no words of anybody.

Our own messages are sentences of ours with ids and numbers in them. Errors are told by their kind and the lines of code
they came through, never by their words, which quote what somebody typed; a library's message by its first line, before
anything was put into it.
"""

import json
import logging
import re
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from pythonjsonlogger.json import JsonFormatter

from palier.foundation import watch

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_MOST_FRAMES, _MOST_ERRORS = 12, 5
_LONGEST_MESSAGE = 3_000
_EXTRAS = ("status", "milliseconds", "statements", "outcome")
_SILENT = ("procrastinate", "asyncpg.pool")
"""The queue writes the arguments of jobs into its lines; what became of a job is said by `jobs` instead."""


def begin(*, as_json: bool) -> None:
    """From now on every line of this process looks like ours. Called by processes, never by tests of other things."""
    handler = logging.StreamHandler()
    handler.addFilter(_tell)
    handler.setFormatter(Json() if as_json else Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("palier").setLevel(logging.INFO)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    for name in ("_granian", "granian.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def _tell(record: logging.LogRecord) -> bool:
    """What is being done when the line is written."""
    work = watch.current.get()
    record.request = work.number if work else ""
    record.route = work.route if work else ""
    record.organisation = work.organisation if work else ""
    return True


def facts(record: logging.LogRecord) -> dict[str, object]:
    """What a line tells: strings and numbers, empty ones left out."""
    told: dict[str, object] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": _message(record),
    }
    for name in ("request", "route", "organisation", *_EXTRAS):
        if (value := getattr(record, name, "")) not in ("", None):
            told[name] = value
    if record.exc_info and record.exc_info[1] is not None:
        told |= _error(record.exc_info[1])
    return told


class Json(JsonFormatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(facts(record), ensure_ascii=False, separators=(",", ":"))


class Text(logging.Formatter):
    """One line for eyes."""

    def format(self, record: logging.LogRecord) -> str:
        told = facts(record)
        first = f"{told.pop('time')} {told.pop('level')} {told.pop('logger')}: {told.pop('message')}"
        return " ".join([first, *(f"{name}={value}" for name, value in told.items())])


def _message(record: logging.LogRecord) -> str:
    ours = record.name == "palier" or record.name.startswith("palier.")
    text = record.getMessage() if ours else (str(record.msg).splitlines() or [""])[0]
    return _CONTROL.sub(" ", text)[:_LONGEST_MESSAGE]


def _error(error: BaseException) -> dict[str, object]:
    """The kinds of an error and of those behind it, where it was raised, and what the database calls it."""
    kinds: list[str] = []
    behind: BaseException | None = error
    told: dict[str, object] = {}
    while behind is not None and len(kinds) < _MOST_ERRORS:
        kinds.append(type(behind).__name__)
        for name in ("sqlstate", "constraint_name"):
            if isinstance(value := getattr(behind, name, None), str):
                told[name] = value
        behind = behind.__cause__ or behind.__context__
    return {"error": " < ".join(kinds), "at": " > ".join(_frames(error.__traceback__)), **told}


def _frames(traceback: TracebackType | None) -> list[str]:
    """The lines of code an error came through, the innermost last."""
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        place = Path(code.co_filename)
        frames.append(f"{place.parent.name}/{place.name}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    return frames[-_MOST_FRAMES:]
