"""What watching costs each request, in CPU microseconds: `python -m benchmarks.watching`.

An application that does nothing is asked again and again, plainly and watched, in turns within one run; each request tells
of as many statements as a usual page sends. What stands beside the plain one is the whole price, whatever the page.
"""

import asyncio
import io
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time
from typing import Any

from palier.foundation import logs, metrics, tracing, watch
from palier.foundation.watching import watched

STATEMENTS = 8
_REQUESTS, _TURNS = 200, 15
_SCOPE = {"type": "http", "method": "GET", "path_template": "/o/{org}/people", "headers": [], "state": {}}
_SQL = "select set_config('app.org', '01a20571-b5e0-734c-9b5a-eb1a04a317ba', true) from organisation where id = $1"


async def _page(scope: Any, receive: Any, send: Any) -> None:
    for _ in range(STATEMENTS):
        watch.noted(_SQL, perf_counter())
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def _plain(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def _nowhere(message: Any) -> None:
    """The answer goes to nobody."""


async def _cost(app: Callable[..., Any]) -> float:
    began = thread_time()
    for _ in range(_REQUESTS):
        await app(dict(_SCOPE), None, _nowhere)
    return (thread_time() - began) / _REQUESTS * 1e6


async def costs(folder: Path) -> dict[str, float]:
    """CPU microseconds a request, medians over the turns, by what is switched on."""
    counting, spans = metrics.Metrics(folder), tracing.Tracing("benchmark", "web")
    kinds: dict[str, tuple[Any, list[watch.Watcher], bool]] = {
        "not watched": (_plain, [], False),
        "by default": (watched(_page), [], False),
        "with metrics": (watched(_page), [counting], False),
        "with an access log": (watched(_page), [], True),
        "with traces, all sampled": (watched(_page), [spans], False),
    }
    found: dict[str, list[float]] = {name: [] for name in kinds}
    for turn in range(_TURNS):
        for name, (app, watchers, access) in list(kinds.items())[:: 1 if turn % 2 else -1]:
            watch.watchers[:], watch.wishes.access, watch.wishes.slow = watchers, access, 0.5
            found[name].append(await _cost(app))
    watch.watchers.clear()
    counting.close()
    return {name: median(values) for name, values in found.items()}


def main() -> None:
    """Print the table."""
    handler = logging.StreamHandler(io.StringIO())
    handler.addFilter(logs._tell)
    handler.setFormatter(logs.Json())
    access = logging.getLogger("palier.access")
    access.handlers, access.propagate = [handler], False
    access.setLevel(logging.INFO)
    logging.getLogger("opentelemetry").setLevel(
        logging.CRITICAL + 1
    )  # no receiver here: what is left over is dropped
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(costs(Path(folder) / "metrics" / "here"))
    for name, cost in found.items():
        print(f"{name:28} {cost:8.1f} µs")


if __name__ == "__main__":
    main()
