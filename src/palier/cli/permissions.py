"""`palier permissions`: who may do what, as one readable page (docs/permissions.md), written from what the code declares."""

import argparse
import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from palier.app import create_app
from palier.foundation import permissions
from palier.foundation.permissions import Permission, Role, grants
from palier.foundation.settings import ROOT, read_settings

PAGE = ROOT / "docs" / "permissions.md"

_HEAD = """\
# Who may do what
`palier permissions --write` writes this page from what the code declares; tests compare the two, and try every address of it
as everybody (`tests/security/test_rights.py`).

## Where a person stands
| a person is | by | and is there |
|---|---|---|
| owner, lead, contributor, reader | membership of the organisation | what the table below says, in this organisation alone |
| consultant | a mandate of the organisation, until its last day or until revoked | the same, for this client alone |
| visitor | a visit of the platform's staff: a reason, an end, a line in the organisation's trail | reads |
| network staff | the network's list | sees participation, counts and published figures of the network; never an answer or a score |
| staff of the platform | `palier staff` on the server, and a second factor | `/admin`; an organisation only by a visit |
| member of another organisation, former member, ended mandate, unknown address | | told the same 404 |
| nobody signed in | | sent to sign in, on every address but the public ones |

A right is the role's; some acts ask more of the moment: a sensitive act asks for a recent proof of identity (below, *), a submitted
round takes no answers, an organisation that signs in by its own provider is open to sessions that began there.

"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The page goes to the terminal, or where it lives."""
    parser.add_argument("--write", action="store_true", help="write docs/permissions.md instead of printing")


def run(arguments: argparse.Namespace) -> int:
    """Print or write the page."""
    if arguments.write:
        PAGE.write_text(written(), encoding="utf-8")
    else:
        print(written(), end="")
    return 0


def written() -> str:
    """The whole page."""
    return _HEAD + "\n".join([*_grants(), "", *_addresses()]) + "\n"


def _grants() -> Iterator[str]:
    roles = [*Role]
    meaning = _said_of(Permission)
    yield "## What a role grants"
    yield "| permission | " + " | ".join(roles) + " | to |"
    yield "|---" * (len(roles) + 2) + "|"
    for permission in Permission:
        cells = ["yes" if permission in grants(role) else "" for role in roles]
        yield f"| {permission} | " + " | ".join(cells) + f" | {meaning.get(permission.name, '')} |"


def _addresses() -> Iterator[str]:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path, method, opt in declared():
        need, mark = str(opt.get("permission") or opt.get("audience")), "\\*" if opt.get("fresh") else ""
        held = f" ({opt['feature']})" if opt.get("feature") else ""
        found[need][re.sub(r":\w+}", "}", path)].append(method + mark + held)
    yield "## What each address asks for"
    yield "A method marked \\* asks for a recent proof of identity as well; where something is sold, one followed by a name in"
    yield "brackets asks for an offer that holds it ([offers.md](offers.md))."
    for need in [*Permission, "signed in", "public"]:
        yield f"\n### {need}"
        yield from (f"- `{path}` {' '.join(sorted(found[need][path]))}" for path in sorted(found[need]))
    if unknown := found.keys() - {*Permission, "signed in", "public", "asset"}:
        raise ValueError(f"routes ask for what nobody knows: {sorted(unknown)}")


def declared() -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Address, method and options of every route."""
    for route in create_app(read_settings()).routes:
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items():
            if method not in ("OPTIONS", "HEAD"):
                yield route.path, str(method), handler.opt


def _said_of(enumeration: type) -> dict[str, str]:
    """What the source says below each member of an enumeration."""
    tree = ast.parse(inspect.getsource(permissions))
    body = next(n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name == enumeration.__name__)
    said = {}
    for line, below in pairwise(body):
        if isinstance(line, ast.Assign) and isinstance(below, ast.Expr):
            said[ast.unparse(line.targets[0])] = " ".join(str(ast.literal_eval(below.value)).split())
    return said
