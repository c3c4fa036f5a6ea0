"""The machine and the versions a measurement was made with. Never a path or a host name."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

PACKAGES = ("granian", "uvloop", "litestar", "jinja2", "asyncpg", "tortoise-orm", "weasyprint", "numpy")


def describe(postgres: str) -> list[str]:
    """One line for each thing that decides how fast it is. `postgres`: the server's own words."""
    memory = psutil.virtual_memory().total / 2**30
    return [
        f"Measured on {datetime.now(UTC):%d %B %Y, %H:%M} UTC at commit {_commit()}",
        f"Processor: {_processor()}, {os.cpu_count()} cores; {memory:.0f} GiB of memory; {platform.system()} {platform.machine()}",
        f"Load at the start (1, 5, 15 minutes): {', '.join(f'{one:.1f}' for one in os.getloadavg())}",
        f"Python {platform.python_version()}, PostgreSQL {postgres}, "
        + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    ]


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or "unknown")


def _commit() -> str:
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "unknown"


def cpu_seconds(pid: int) -> float:
    """What a process and all below it have used so far. Those that ended meanwhile are not counted."""
    root = psutil.Process(pid)
    used = [process.cpu_times() for process in (root, *root.children(recursive=True))]
    return sum(one.user + one.system for one in used)
