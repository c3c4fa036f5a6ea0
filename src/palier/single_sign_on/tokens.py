"""Signed tokens of a provider: who signed them, for whom, until when."""

import warnings
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey, import_key
from joserfc.jws import JWSRegistry

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""The only ones believed: never `none`, and never HS256, whose key would be the client secret."""

_LEEWAY = 60
"""Seconds two clocks may differ."""

_SHORTEST_RSA = 2048


class TokenRefused(Exception):
    """A token is not what it should be. The reason is for our log and an owner's trial, never for strangers."""


class UnknownKey(TokenRefused):
    """Signed with a key that the set we hold does not have: the provider may have changed its keys."""


class _Registry(JWSRegistry):
    """Providers put certificates and marks of their own into the header; `crit` is still obeyed."""

    max_header_length = 8_192


_REGISTRY = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


def keys_in(published: Any) -> KeySet:
    """The public keys for signatures in a published set; kinds we do not use are left out. Raises TokenRefused."""
    entries = published.get("keys") if isinstance(published, dict) else None
    keys: list[Key] = [key for entry in entries or [] if isinstance(entry, dict) and (key := _key(entry))]
    if not keys:
        raise TokenRefused("the provider publishes no key for signatures")
    return KeySet(keys)


def _key(entry: dict[str, Any]) -> RSAKey | ECKey | OKPKey | None:
    if entry.get("kty") not in ("RSA", "EC", "OKP") or entry.get("use", "sig") != "sig":
        return None
    public = {
        name: value for name, value in entry.items() if name not in ("d", "p", "q", "dp", "dq", "qi", "x5c")
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)  # a short key is refused here, not warned about
            key = import_key(public)
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    if isinstance(key, RSAKey) and key.raw_value.key_size < _SHORTEST_RSA:
        return None
    return key if isinstance(key, (RSAKey, ECKey, OKPKey)) else None


def read(token: str, keys: KeySet) -> dict[str, Any]:
    """The claims of a token signed by one of `keys` with one of `ALGORITHMS`. Raises TokenRefused or UnknownKey."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", SecurityWarning
            )  # the name EdDSA is deprecated, what it names is not
            return dict(jwt.decode(token, keys, registry=_REGISTRY).claims)
    except JoseError as error:
        if error.error == "invalid_key_id":
            raise UnknownKey(str(error)) from error
        raise TokenRefused(f"signature: {error}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise TokenRefused(f"unreadable: {type(error).__name__}") from error


def check_id_token(
    claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, at: datetime
) -> None:
    """Whether an ID token is from this issuer, for us, for this very sign-in, and alive (OpenID Connect Core 3.1.3.7).

    Raises TokenRefused.
    """
    _check_audience(claims, client_id)
    _check_times(claims, at)
    if claims.get("iss") != issuer:
        raise TokenRefused("iss")
    if claims.get("nonce") != nonce:
        raise TokenRefused("nonce")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise TokenRefused("sub")


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or client_id not in named:
        raise TokenRefused("aud")
    party = claims.get("azp")
    if (len(named) > 1 or party is not None) and party != client_id:
        raise TokenRefused("azp")


def _check_times(claims: Mapping[str, Any], at: datetime) -> None:
    moment = at.timestamp()
    for name, required in (("exp", True), ("iat", True), ("nbf", False)):
        value = claims.get(name)
        if value is None and not required:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TokenRefused(name)
        over = value <= moment - _LEEWAY if name == "exp" else value > moment + _LEEWAY
        if over:
            raise TokenRefused(name)


def check_userinfo(claims: Mapping[str, Any], *, issuer: str, client_id: str, subject: str) -> None:
    """Whether what userinfo said is about the same person, and ours where it names an issuer or an audience.

    Raises TokenRefused.
    """
    if claims.get("sub") != subject:
        raise TokenRefused("userinfo is about somebody else")
    if claims.get("iss", issuer) != issuer:
        raise TokenRefused("userinfo iss")
    audience = claims.get("aud", client_id)
    if client_id not in (audience if isinstance(audience, list) else [audience]):
        raise TokenRefused("userinfo aud")


def check_proved_since(claims: Mapping[str, Any], since: datetime) -> None:
    """Whether the provider asked again, as it was told to (`max_age=0`). One that says nothing is taken at its word.

    Raises TokenRefused.
    """
    moment = claims.get("auth_time")
    if moment is None:
        return
    if (
        isinstance(moment, bool)
        or not isinstance(moment, (int, float))
        or moment < since.timestamp() - _LEEWAY
    ):
        raise TokenRefused("auth_time")
