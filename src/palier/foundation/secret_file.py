"""The development secret: a file in the data directory, readable by its owner alone."""

import os
import secrets
from pathlib import Path

_SECRET_BYTES = 48


def development_secret(path: Path) -> str:
    """Made once, so that links and sessions outlive a restart. Several processes may start at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"secret.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(_SECRET_BYTES))
        _keep_the_first(beside, path)
    return path.read_text()


def _keep_the_first(beside: Path, path: Path) -> None:
    """Link refuses to replace, unlike rename: whoever came first decides, and everybody reads the same."""
    try:
        os.link(beside, path)
    except FileExistsError:
        return
    finally:
        beside.unlink()
