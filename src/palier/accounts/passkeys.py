"""The border with webauthn: what a browser is asked to sign, and whether it did."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from palier.foundation.later import Later

if TYPE_CHECKING:
    import webauthn
    from webauthn import helpers
    from webauthn.helpers import structs
else:
    webauthn, helpers, structs = (
        Later("webauthn"),
        Later("webauthn.helpers"),
        Later("webauthn.helpers.structs"),
    )


class PasskeyRefused(Exception):
    """The browser's answer does not prove anything to us."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A new key pair: its id (base64url), its public half (COSE), how often it has signed."""

    id: str
    public_key: bytes
    sign_count: int


def creation_options(
    site: str, person_id: UUID, email: str, name: str, known: Iterable[str]
) -> tuple[str, bytes]:
    """What `navigator.credentials.create` is given (JSON), and the challenge in it."""
    options = webauthn.generate_registration_options(
        rp_id=_host(site), rp_name="Palier", user_id=person_id.bytes, user_name=email, user_display_name=name,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED, user_verification=structs.UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(known),
    )  # fmt: skip
    return webauthn.options_to_json(options), options.challenge


def created(site: str, answer: str, challenge: bytes) -> Credential:
    """The key pair a browser made. Raises PasskeyRefused."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_host(site), expected_origin=_origin(site),
            require_user_verification=True,
        )  # fmt: skip
    except _wrong() as wrong:
        raise PasskeyRefused(type(wrong).__name__) from wrong
    return Credential(
        helpers.bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count
    )


def request_options(site: str, known: Iterable[str] = ()) -> tuple[str, bytes]:
    """What `navigator.credentials.get` is given (JSON), and the challenge in it; without `known` ones, any will do."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(site), user_verification=structs.UserVerificationRequirement.REQUIRED,
        allow_credentials=_descriptors(known),
    )  # fmt: skip
    return webauthn.options_to_json(options), options.challenge


def named_in(answer: str) -> tuple[UUID | None, str]:
    """Whom and which credential a browser's answer names, nothing checked yet. Raises PasskeyRefused."""
    try:
        told: dict[str, Any] = json.loads(answer)
        handle = told["response"].get("userHandle")
        return UUID(bytes=helpers.base64url_to_bytes(handle)) if handle else None, str(told["id"])
    except _wrong() as wrong:
        raise PasskeyRefused(type(wrong).__name__) from wrong


def signed(site: str, answer: str, challenge: bytes, public_key: bytes, sign_count: int) -> int:
    """How often the credential has signed, this time included.

    Raises PasskeyRefused: another challenge, site or key, nobody verified in front of the device, or a counter that
    went back, which a copied device gives away.
    """
    try:
        verified = webauthn.verify_authentication_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_host(site), expected_origin=_origin(site),
            credential_public_key=public_key, credential_current_sign_count=sign_count, require_user_verification=True,
        )  # fmt: skip
    except _wrong() as wrong:
        raise PasskeyRefused(type(wrong).__name__) from wrong
    return verified.new_sign_count


def _descriptors(known: Iterable[str]) -> "list[structs.PublicKeyCredentialDescriptor]":
    return [structs.PublicKeyCredentialDescriptor(id=helpers.base64url_to_bytes(one)) for one in known]


def _wrong() -> tuple[type[Exception], ...]:
    """What a forged answer can raise on its way through the library."""
    return (helpers.exceptions.WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


def _host(site: str) -> str:
    return urlsplit(site).hostname or ""


def _origin(site: str) -> str:
    parts = urlsplit(site)
    return f"{parts.scheme}://{parts.netloc}"
