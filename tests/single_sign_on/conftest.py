"""Providers live by the real clock."""

from collections.abc import Iterator

import pytest

from palier.foundation import clock


@pytest.fixture(autouse=True)
def the_hour_it_is() -> Iterator[None]:
    clock.freeze(None)
    yield
    clock.freeze(None)
