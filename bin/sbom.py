"""The bill of materials of what runs: the locked packages and the front-end files, as CycloneDX 1.6 (`make sbom`).

cyclonedx-py reads the virtual environment, which knows licences; what only the tests need is left out by the lock.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist" / "sbom.cdx.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    program = [str(Path(sys.executable).parent / "cyclonedx-py"), "environment", sys.prefix]
    options = [
        "--pyproject",
        str(ROOT / "pyproject.toml"),
        "--mc-type",
        "application",
        "--output-reproducible",
        "-o",
        "-",
    ]
    bill = json.loads(subprocess.run([*program, *options], check=True, capture_output=True).stdout)
    lock = (ROOT / "requirements" / "main.txt").read_text()
    kept = {plain(name) for name in re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE)}
    for part in bill["components"]:
        part["licenses"] = part.get("licenses") or said_licences(part["name"])
    bill["components"] = [part for part in bill["components"] if plain(part["name"]) in kept] + front_end()
    known = {part["bom-ref"] for part in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    bill["dependencies"] = [
        one | {"dependsOn": [ref for ref in one.get("dependsOn", []) if ref in known]}
        for one in bill.get("dependencies", []) if one["ref"] in known
    ]  # fmt: skip
    target.write_text(json.dumps(bill, indent=1, sort_keys=True) + "\n")
    sys.stdout.write(f"{target}: {len(bill['components'])} parts\n")
    return 0


def said_licences(name: str) -> list[dict[str, object]]:
    """What a package says where it names no licence by its identifier: words of its own, or its licence's title."""
    package = metadata.distribution(name)
    files = package.metadata.get_all("License-File") or []
    texts = (package.read_text(f"licenses/{file}") or "" for file in files)
    words = package.metadata.get("License") or next(texts, "")
    return [{"license": {"name": words.partition("\n")[0]}}] if words else []


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def front_end() -> list[dict[str, object]]:
    """What browsers are served of others: htmx and the fonts, from the lock of npm."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    return [
        {
            "type": "library", "name": name, "version": packages[f"node_modules/{name}"]["version"], "bom-ref": f"npm-{name}",
            "purl": f"pkg:npm/{name}@{packages[f'node_modules/{name}']['version']}",
            "licenses": [{"expression": packages[f"node_modules/{name}"].get("license", "OFL-1.1")}],
        }
        for name in wanted
    ]  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
