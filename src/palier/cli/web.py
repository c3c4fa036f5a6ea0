"""What granian asks for the web application: `--factory palier.cli.web:create_app`."""

from importlib import import_module
from typing import Any

from palier.cli.children import never_outlive_the_supervisor
from palier.foundation.quick_start import quickly


def create_app() -> Any:
    """The application of the environment's settings: an ASGI callable."""
    never_outlive_the_supervisor()
    with quickly():
        return import_module("palier.app").create_app()
