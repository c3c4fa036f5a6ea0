"""Every route says who may come in."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from palier.app import create_app
from palier.foundation.permissions import Permission
from palier.foundation.settings import read_settings


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    return create_app(
        read_settings(
            {
                "PALIER_DATA_DIR": str(tmp_path_factory.mktemp("routes")),
                "PALIER_DATABASE_URL": "postgres://x@localhost/x",
            }
        )
    )


def handlers(house: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in house.routes:
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items():
            if method != "OPTIONS":
                yield route.path, str(method), handler


def test_every_route_declares_its_audience(house: Litestar) -> None:
    silent = [
        (path, method)
        for path, method, h in handlers(house)
        if not ({"permission", "audience"} & h.opt.keys())
    ]
    assert silent == []


def test_an_address_with_an_organisation_needs_a_permission(house: Litestar) -> None:
    wrong = [
        (path, method)
        for path, method, h in handlers(house)
        if "/o/{org" in path and not isinstance(h.opt.get("permission"), Permission)
    ]
    assert wrong == []


def test_an_address_with_a_network_is_for_its_staff(house: Litestar) -> None:
    wrong = [
        (path, method)
        for path, method, h in handlers(house)
        if "/n/{net" in path and h.opt.get("permission") is not Permission.MANAGE_NETWORK
    ]
    assert wrong == []


def test_reading_permissions_never_open_a_changing_route(house: Litestar) -> None:
    changing = {"POST", "PUT", "PATCH", "DELETE"}
    wrong = [
        (path, method)
        for path, method, h in handlers(house)
        if method in changing and h.opt.get("permission") is Permission.READ
    ]
    assert wrong == []
