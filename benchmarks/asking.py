"""What is asked of the servers over and over: the floors and the save in turns, then the pages, then signing in."""

import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks import load
from benchmarks.exports import Exported, workbook
from benchmarks.load import SEE_OTHER, Ask
from benchmarks.measuring import CROWD, Bench, Line, in_turns, middle, say, share
from benchmarks.people import signing_in
from benchmarks.product import Visitor, open_copy, saver, serving, settings_for, sign_in
from palier.foundation.embedded_postgres import Cluster
from palier.foundation.settings import Settings

HELLO, UPSERT, ALIKE, SAVED = (
    "Bare hello", "Bare one-row upsert", "One-row upsert through the framework", "Save an answer",
)  # fmt: skip
SIGNED_IN = "Sign in"


@dataclass(frozen=True, slots=True)
class Asked:
    """All lines, the first of them the bare hello; how the save stands beside the two floors, in per cent of their
    requests per second; the workbook."""

    lines: Sequence[Line]
    save_over_alike: float
    save_over_bare: float
    exported: Exported


def ask_all(settings: Settings, cluster: Cluster) -> Asked:
    """Start the servers, ask, stop them."""
    with ExitStack() as servers:
        bare = _served(servers, settings, cluster, "benchmarks.floor:create_app")
        alike = _served(servers, settings, cluster, "benchmarks.floor_in_framework:create_app")
        product = Bench(settings.port, servers.enter_context(serving(settings)).pid, cluster)
        say("copies of the demo")
        savers = [_saver_in_copy(settings, number) for number in range(CROWD)]
        turns = in_turns([
            lambda: bare.measure(UPSERT, [load.always(load.get(f"/upsert/{row}")) for row in range(CROWD)]),
            lambda: alike.measure(ALIKE, [load.always(_bare_save(row)) for row in range(CROWD)]),
            lambda: product.measure(SAVED, savers),
        ])  # fmt: skip
        upserts, alikes, saves = (list(lines) for lines in zip(*turns, strict=True))
        hello = bare.measure(HELLO, [load.always(load.get("/hello"))] * CROWD)
        pages, exported = _pages_and_more(settings, product)
        return Asked(
            [hello, middle(upserts), middle(alikes), middle(saves), *pages],
            share(saves, alikes), share(saves, upserts), exported,
        )  # fmt: skip


def _served(servers: ExitStack, settings: Settings, cluster: Cluster, factory: str) -> Bench:
    """A floor, on a port of its own beside the product."""
    own = settings_for(settings.data_directory, settings.database_url)
    return Bench(own.port, servers.enter_context(serving(own, factory)).pid, cluster)


def _bare_save(row: int) -> bytes:
    """The form of a save (see `product.saver`), to a server that only writes its row."""
    fields = {
        "_csrf_token": "0" * 128, "op": "00000000-0000-0000-0000-000000000000", "rev": "1", "answer": str(row % 5 + 1),
        "rationale": "Rituels tenus chaque mois, affichés dans les équipes.", "grade": "declared",
    }  # fmt: skip
    return load.send("PATCH", f"/row/{row}", "", urlencode(fields).encode())


def _pages_and_more(settings: Settings, product: Bench) -> tuple[list[Line], Exported]:
    director, home = sign_in(settings)
    lines = [
        product.measure_page(name, path, director) for name, path in page_addresses(director, home).items()
    ]
    with signing_in(settings, CROWD) as people:
        lines.append(product.measure(SIGNED_IN, people, success=SEE_OTHER, near=True))
    say("workbook")
    return lines, workbook(product, director, home)


def _saver_in_copy(settings: Settings, number: int) -> Ask:
    visitor, home = open_copy(settings, number)
    return saver(visitor, _first(visitor, _open_round(visitor, home), r"/q/[\w.]+"))


def _open_round(visitor: Visitor, home: str) -> str:
    return _first(visitor, f"{home}/assessments", r"/e/[\w-]+(?=\")", newest=True)


def page_addresses(visitor: Visitor, home: str) -> dict[str, str]:
    """What is read, by name."""
    opened = _open_round(visitor, home)
    frozen = _first(visitor, f"{home}/assessments", r"/e/[\w-]+(?=/results)", newest=True)
    return {
        "Criterion page": _first(visitor, opened, r"/q/[\w.]+"),
        "Questionnaire list": f"{home}/assessments/new",
        "Task list of a round": opened,
        "Results page": f"{frozen}/results",
        "Benchmark page": f"{frozen}/benchmark",
        "Plan board": _first(visitor, f"{home}/plans", r"/plans/(?!new)[\w-]+"),
    }


def _first(visitor: Visitor, page: str, address: str, *, newest: bool = False) -> str:
    """The first link on `page` under the same organisation that looks like `address`, or the highest."""
    organisation = "/".join(page.split("/")[:3])
    found = re.findall(rf"{re.escape(organisation)}(?:/e/[\w-]+(?=/q))?{address}", visitor.read(page))
    if not found:
        raise SystemExit(f"no link like {address} on {page}: has the page changed?")
    return max(found) if newest else str(found[0])
