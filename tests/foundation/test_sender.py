"""Whose name a letter bears, and what a name can never do to its headers."""

import email
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from palier.foundation import clock
from palier.foundation.mail import message_of, shown_name
from palier.foundation.settings import read_settings
from palier.foundation.store import Mail

SETTINGS = replace(
    read_settings({"PALIER_DATA_DIR": "/nowhere", "PALIER_SECRET": "x" * 40, "PALIER_DATABASE_URL": "postgres://x@localhost/x"}),
    mail_from="Palier <palier@example.org>", data_directory=Path("/nowhere"),
)  # fmt: skip


def sent(sender: str, **values: str) -> EmailMessage:
    """The message as a mail server reads it."""
    row = Mail(
        id=UUID(int=7), kind="x", recipient="claire@example.org", locale="fr", subject="Bonjour", text="Texte\n",
        created_at=clock.now(), sender=sender, **({"html": "", "refuse": ""} | values),
    )  # fmt: skip
    read = email.message_from_bytes(bytes(message_of(SETTINGS, row)), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


@pytest.mark.parametrize(
    "name",
    [
        "Cercle des Services",
        "Réseau « excellence » : les uns, les autres",
        "Bank (x), [y]; z: é",
        "ООО «Сервис»",
    ],
)
def test_a_letter_bears_the_network_s_name_and_keeps_our_address(name: str) -> None:
    (address,) = sent(name)["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "palier@example.org")


@pytest.mark.parametrize(
    "name",
    [
        "A\r\nBcc: victim@example.org", "A\nX-Spam: no\n\nbody", "A\u2028Bcc: x@example.org", "A\x00\x0bB",
        '"A" <boss@example.org>', "boss@example.org", "=?utf-8?q?A=0D=0ABcc=3A_x=40example=2Eorg?=",
        "\u202egro.elpmaxe@ssob", "A\\", '"', "x" * 1000,
    ],
)  # fmt: skip
def test_no_name_adds_a_header_or_another_address(name: str) -> None:
    message = sent(name)
    plain = sent("Réseau")
    assert [key for key, _ in message.items()] == [key for key, _ in plain.items()]
    (address,) = message["From"].addresses
    assert address.addr_spec == "palier@example.org"
    assert not set(address.display_name) & set('@<>"\r\n\0\u2028\u202e')
    assert len(address.display_name) <= 80


@pytest.mark.parametrize("name", ["", " \r\n", "\u202e"])
def test_without_a_name_a_letter_is_ours(name: str) -> None:
    assert sent(name)["From"] == "Palier <palier@example.org>"


def test_a_name_is_cleaned_before_it_is_kept() -> None:
    assert shown_name("  Cercle\tdes \u200bServices\n") == "Cercle des Services"


def test_a_letter_nobody_has_to_get_names_the_button_of_mail_programs() -> None:
    message = sent("Réseau", refuse="https://palier.example/letters/x", html="<p>Texte</p>")
    assert message["List-Unsubscribe"] == "<https://palier.example/letters/x>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "List-Unsubscribe" not in sent("Réseau")
