"""The peer on loopback, to click through: `python -m tests.billing.stripe_peer --port 12111 --webhook http://127.0.0.1:8000/webhooks/stripe`.

Events are posted as they happen. `/_/` lists what can be made to happen; `/_/forward?days=31` lets time pass.
"""

import argparse
import asyncio
import inspect
import time
from typing import Any

import httpx
import uvicorn

from tests.billing.stripe_peer import spec
from tests.billing.stripe_peer.app import Peer
from tests.billing.stripe_peer.happenings import HAPPENINGS
from tests.billing.stripe_peer.post import Post
from tests.billing.stripe_peer.refusals import Refusal
from tests.billing.stripe_peer.world import World


class Loopback(Peer):
    """A peer whose clock runs, that brings its events itself and takes orders at `/_/`."""

    def __init__(self, world: World, key: str, post: Post, webhook: str) -> None:
        super().__init__(world, key)
        self.post, self.webhook = post, webhook
        self._round = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()

    async def answer(self, request: httpx.Request) -> Any:
        name = request.url.path.removeprefix("/_/")
        ours = name != request.url.path
        answer = (
            _happen(self.world, name, dict(request.url.params)) if ours else await super().answer(request)
        )
        if self.webhook and self.post.waiting():
            task = asyncio.create_task(self._bring())
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return answer

    async def _bring(self) -> None:
        async with self._round, httpx.AsyncClient(trust_env=False) as client:
            for event in self.post.take():
                try:
                    answer = await self.post.hand(client, self.webhook, event)
                    print(event["type"], answer.status_code, flush=True)
                except httpx.TransportError as error:
                    print(event["type"], repr(error), flush=True)


def _happen(world: World, name: str, told: dict[str, str]) -> Any:
    if name not in HAPPENINGS:
        lines = [f"/_/{key} {_told_to(act)}: {act.__doc__}" for key, act in HAPPENINGS.items()]
        return 200, "text/plain; charset=utf-8", "\n".join(lines).encode(), {}
    try:
        HAPPENINGS[name](world, **told)
    except (Refusal, TypeError, ValueError, AssertionError, IndexError) as error:
        return 400, "text/plain", f"{error}\n".encode(), {}
    return 200, "text/plain", b"done\n", {}


def _told_to(act: Any) -> str:
    """The words a happening takes, those that may be left out in brackets."""
    words = list(inspect.signature(act).parameters.values())[1:]
    return " ".join(word.name if word.default is word.empty else f"[{word.name}]" for word in words)


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description="A Stripe for the tests, on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--key", default="sk_test_palier")
    parser.add_argument("--secret", default="whsec_palier_now", help="signs the events")
    parser.add_argument("--webhook", default="", help="where events are posted")
    given = parser.parse_args()
    if not spec.available():
        raise SystemExit(spec.MISSING)
    world = World(time.time, base=f"http://127.0.0.1:{given.port}")
    peer = Loopback(world, given.key, Post(world, given.secret), given.webhook)
    uvicorn.run(peer, host="127.0.0.1", port=given.port, log_level="warning", lifespan="off")


if __name__ == "__main__":
    main()
