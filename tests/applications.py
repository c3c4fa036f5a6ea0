"""The application on other settings than the run's own, made once a process: making one takes more than a second."""

from functools import cache

from litestar import Litestar

from palier.app import create_app
from palier.foundation.settings import Settings


@cache
def application(settings: Settings) -> Litestar:
    """As `app`, which all tests share as well: what it keeps is in the database, which every test finds empty."""
    return create_app(settings)
