"""What granian asks for the web application: `--factory palier.cli.web:create_app`."""

from importlib import import_module
from typing import TYPE_CHECKING

from palier.foundation.quick_start import quickly

if TYPE_CHECKING:
    from litestar import Litestar


def create_app() -> "Litestar":
    """The application of the environment's settings."""
    with quickly():
        app: Litestar = import_module("palier.app").create_app()
        return app
