"""Whose address counts behind routers."""

import pytest

from palier.foundation.forwarding import client_of
from palier.foundation.settings import SettingError, read_settings

OURS = ("10.0.0.0/8", "192.0.2.7")


@pytest.mark.parametrize(("peer", "forwarded", "client"), [
    ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # no router of ours: nobody's word is taken
    ("10.0.0.1", "", "10.0.0.1"),
    ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
    ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # what stands left was written by the client
    ("10.0.0.1", "6.6.6.6, 198.51.100.1, 192.0.2.7, 10.2.3.4", "198.51.100.1"),
    ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
    ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
    ("testclient", "198.51.100.1", "testclient"),
])  # fmt: skip
def test_the_last_hop_that_is_no_router_of_ours_counts(peer: str, forwarded: str, client: str) -> None:
    assert client_of(peer, forwarded, OURS) == client


def test_without_the_setting_nothing_is_believed() -> None:
    assert client_of("10.0.0.1", "198.51.100.1", ()) == "10.0.0.1"


def test_a_router_that_is_no_address_stops_the_start() -> None:
    with pytest.raises(SettingError, match="PALIER_FORWARDED_ALLOW_IPS"):
        read_settings({"PALIER_FORWARDED_ALLOW_IPS": "router.example"})
