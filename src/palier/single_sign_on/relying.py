"""Palier as a relying party of OpenID Connect: discovery, the way there, the code for tokens, who it is.

Every address but the first comes from the provider, and the first from an owner: all are called through
`foundation.outbound`, at public hosts only.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from palier.foundation.clock import now
from palier.foundation.later import Later
from palier.foundation.settings import Settings
from palier.single_sign_on.rules.profiles import PROFILES, Preset

if TYPE_CHECKING:
    import httpx
    from joserfc.jwk import KeySet

    from palier.foundation import outbound
    from palier.single_sign_on import tokens
else:
    httpx, outbound = Later("httpx"), Later("palier.foundation.outbound")
    tokens = Later("palier.single_sign_on.tokens")

_KEPT, _AGAIN_AFTER = timedelta(hours=1), timedelta(seconds=30)
"""How long discovery and keys are kept, and how soon keys may be fetched again for one that is unknown."""

_DOCUMENT = "/.well-known/openid-configuration"


_ERRORS = {
    "access_denied", "account_selection_required", "consent_required", "interaction_required", "invalid_client", "invalid_grant",
    "invalid_request", "invalid_request_object", "invalid_request_uri", "invalid_scope", "login_required",
    "registration_not_supported", "request_not_supported", "request_uri_not_supported", "server_error",
    "temporarily_unavailable", "unauthorized_client", "unsupported_grant_type", "unsupported_response_type",
}  # fmt: skip
"""What OAuth 2 (RFC 6749) and OpenID Connect Core 3.1.2.6 call what can go wrong."""


class ProviderAway(Exception):
    """The provider does not answer, or not as a provider would. `reason` is for owners and our log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderRefused(Exception):
    """The provider or the check of its answer said no. `reason` is for owners and our log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Client:
    """What an organisation registered at its provider; the secret is open here and nowhere else."""

    preset: Preset
    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What was given to somebody on their way: the state is for the address, nonce and verifier come back with them."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the provider says of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    names_itself: bool = False
    """Whether its answers carry `iss` (RFC 9207): then one without it is refused."""


@dataclass(slots=True)
class _Known:
    """What is remembered of an issuer, in this process."""

    metadata: Metadata
    at: datetime
    keys: "KeySet | None" = None
    keys_at: datetime | None = None


_known: dict[str, _Known] = {}


@dataclass(frozen=True, slots=True)
class Returned:
    """Who came back: the checked claims of the ID token and userinfo, and the token itself for signing out."""

    claims: dict[str, Any]
    id_token: str


async def discover(issuer: str, settings: Settings, *, anew: bool = False) -> Metadata:
    """What the provider at `issuer` says of itself. Raises ProviderAway."""
    known = _known.get(issuer)
    if known and not anew and now() - known.at < _KEPT:
        return known.metadata
    document = await _fetch_json(issuer.rstrip("/") + _DOCUMENT, settings)
    metadata = _metadata(document, issuer)
    _known[issuer] = _Known(metadata, now())
    return metadata


def _metadata(document: dict[str, Any], issuer: str) -> Metadata:
    if document.get("issuer") != issuer:
        raise ProviderAway(f"it calls itself {str(document.get('issuer'))[:200]!r}, not {issuer!r}")
    found = {name: str(document.get(name) or "") for name in _ENDPOINTS}
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if urlsplit(found[name]).scheme != urlsplit(issuer).scheme:
            raise ProviderAway(f"it gives no {name}")
    if urlsplit(found["end_session_endpoint"]).scheme != urlsplit(issuer).scheme:
        found["end_session_endpoint"] = ""
    return Metadata(
        issuer, **found, names_itself=document.get("authorization_response_iss_parameter_supported") is True
    )


_ENDPOINTS = (
    "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint",
)  # fmt: skip


def address_there(client: Client, metadata: Metadata, sent: Sent, *, again: bool = False) -> str:
    """Where to send the browser. Nothing is in it but what the provider's profile allows."""
    profile = PROFILES[client.preset]
    asked = {
        "response_type": "code", "client_id": client.client_id, "redirect_uri": client.redirect_uri,
        "scope": profile.scope, "state": sent.state, "nonce": sent.nonce,
    }  # fmt: skip
    if profile.pkce:
        asked |= {"code_challenge": challenge_of(sent.verifier), "code_challenge_method": "S256"}
    if client.second_factor and profile.second_factor:
        wanted = {"essential": True, "values": list(profile.second_factor)}
        asked["claims"] = json.dumps({"id_token": {"acr": wanted}}, separators=(",", ":"))
    if again and profile.may_prompt:
        asked |= {"prompt": "login", "max_age": "0"}
    return _with_query(metadata.authorization_endpoint, asked)


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def address_out(metadata: Metadata, id_token: str, back: str, state: str) -> str:
    """Where to send the browser to sign out at the provider too (RP-Initiated Logout 1.0); "" where it offers none."""
    if not metadata.end_session_endpoint:
        return ""
    told = {"id_token_hint": id_token, "post_logout_redirect_uri": back, "state": state}
    return _with_query(metadata.end_session_endpoint, told)


def _with_query(address: str, parameters: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(parameters, quote_via=quote)}"


async def who_returned(client: Client, sent: Sent, answer: Mapping[str, str], settings: Settings) -> Returned:
    """Who the provider says came back with `answer` (the query of our address). The caller has matched its state.

    Raises ProviderAway or ProviderRefused.
    """
    metadata = await discover(client.issuer, settings)
    _check_answer(answer, metadata)
    try:
        received = await _tokens(client, metadata, sent, answer["code"], settings)
        claims = await _claims(received["id_token"], metadata, settings)
        tokens.check_id_token(
            claims, issuer=metadata.issuer, client_id=client.client_id, nonce=sent.nonce, at=now()
        )
        _check_second_factor(client, claims)
        said = await _userinfo(client, metadata, received, claims["sub"], settings)
    except tokens.TokenRefused as error:
        raise ProviderRefused(str(error)) from error
    return Returned(said | claims, received["id_token"])


def _check_answer(answer: Mapping[str, str], metadata: Metadata) -> None:
    """Against mixing providers up: whoever announces that it names itself does, and nobody names another (RFC 9207)."""
    named = answer.get("iss")
    if named != metadata.issuer and (named is not None or metadata.names_itself):
        raise ProviderRefused("the answer comes from another provider")
    if error := answer.get("error"):
        raise ProviderRefused(_named(error))
    if not answer.get("code"):
        raise ProviderRefused("the answer holds no code")


async def _tokens(
    client: Client, metadata: Metadata, sent: Sent, code: str, settings: Settings
) -> dict[str, str]:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": client.redirect_uri}
    profile = PROFILES[client.preset]
    if profile.pkce:
        form["code_verifier"] = sent.verifier
    basic = None
    if profile.secret_in_body:
        form |= {"client_id": client.client_id, "client_secret": client.client_secret}
    else:  # RFC 6749 2.3.1: both are form-encoded before they become a user and a password
        basic = httpx.BasicAuth(quote(client.client_id, safe=""), quote(client.client_secret, safe=""))
    answer = await _call("POST", metadata.token_endpoint, settings, data=form, auth=basic)
    if answer.status_code != 200:
        raise ProviderRefused(f"the code was refused: {answer.status_code} {_error_in(answer)}".strip())
    received = _json(answer)
    if not all(isinstance(received.get(name), str) for name in ("id_token", "access_token")):
        raise ProviderRefused("the answer holds no token")
    return received


def _error_in(answer: "httpx.Response") -> str:
    try:
        body = answer.json()
    except ValueError:
        return ""
    return _named(str(body.get("error", ""))) if isinstance(body, dict) else ""


def _named(error: str) -> str:
    """The error, where it is one of the protocol's; its description never: anybody can write one into an address."""
    return error if error in _ERRORS else "an error of its own"


async def _claims(token: str, metadata: Metadata, settings: Settings) -> dict[str, Any]:
    """The claims of a token signed by the provider; its keys are fetched again, not too often, for an unknown one."""
    try:
        return tokens.read(token, await _keys(metadata, settings))
    except tokens.UnknownKey:
        known = _known[metadata.issuer]
        if known.keys_at and now() - known.keys_at < _AGAIN_AFTER:
            raise
        return tokens.read(token, await _keys(metadata, settings, anew=True))


async def _keys(metadata: Metadata, settings: Settings, *, anew: bool = False) -> "KeySet":
    known = _known[metadata.issuer]
    fresh = known.keys_at is not None and now() - known.keys_at < _KEPT
    if known.keys is None or anew or not fresh:
        known.keys = tokens.keys_in(await _fetch_json(metadata.jwks_uri, settings))
        known.keys_at = now()
    return known.keys


def _check_second_factor(client: Client, claims: Mapping[str, Any]) -> None:
    wanted = PROFILES[client.preset].second_factor
    if client.second_factor and wanted and claims.get("acr") not in wanted:
        raise ProviderRefused("it did not ask for a second factor")


async def _userinfo(
    client: Client, metadata: Metadata, received: Mapping[str, str], subject: str, settings: Settings
) -> dict[str, Any]:
    if not metadata.userinfo_endpoint:
        return {}
    headers = {"authorization": f"Bearer {received['access_token']}"}
    answer = await _call("GET", metadata.userinfo_endpoint, settings, headers=headers)
    if answer.status_code != 200:
        raise ProviderRefused(f"userinfo answered {answer.status_code}")
    signed = answer.headers.get("content-type", "").partition(";")[0].strip() == "application/jwt"
    claims = await _claims(answer.text.strip(), metadata, settings) if signed else _json(answer)
    tokens.check_userinfo(claims, issuer=metadata.issuer, client_id=client.client_id, subject=subject)
    return claims


async def _fetch_json(address: str, settings: Settings) -> dict[str, Any]:
    answer = await _call("GET", address, settings)
    if answer.status_code != 200:
        raise ProviderAway(f"{_short(address)} answered {answer.status_code}")
    return _json(answer)


def _json(answer: "httpx.Response") -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError as error:
        raise ProviderAway("its answer is not JSON") from error
    if not isinstance(body, dict):
        raise ProviderAway("its answer is not a JSON object")
    return body


async def _call(method: str, address: str, settings: Settings, **options: Any) -> "httpx.Response":
    try:
        async with outbound.caller(settings) as http:
            return await http.request(method, address, **options)
    except outbound.Blocked as error:
        raise ProviderAway(f"{_short(address)} is not an address we call: {error}") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise ProviderAway(f"{_short(address)}: {type(error).__name__}") from error


def _short(address: str) -> str:
    return urlsplit(address)._replace(query="", fragment="").geturl()[:200]
