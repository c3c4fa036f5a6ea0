"""Identity providers of the tests: two real ones in processes of their own, and one of ours that is strict or lies on demand."""

import base64
import contextlib
import json
import re
import shutil
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, RSAKey

REPOSITORY = Path(__file__).parents[2]
CLIENT, SECRET = "palier-tests", "a secret with : and % in it"

_MOCK = """
import json, sys, warnings
warnings.simplefilter("ignore")
from oidc_provider_mock import run_server_in_thread
with run_server_in_thread(port=0) as server:
    print(json.dumps({"port": server.server_port}), flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def _process(command: list[str]) -> Iterator[int]:
    """A provider that prints its port; ended by us."""
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["port"]
        finally:
            process.kill()


@contextlib.contextmanager
def oidc_provider_mock() -> Iterator[str]:
    """PyPI oidc-provider-mock; its issuer. In a process of its own: it warns when it is imported."""
    with _process([sys.executable, "-c", _MOCK]) as port:
        yield f"http://localhost:{port}"


@contextlib.contextmanager
def node_oidc_provider(redirect_uri: str, signed_out: str, people: dict[str, Any]) -> Iterator[str | None]:
    """npm oidc-provider; its issuer, or None where there is no node."""
    node = shutil.which("node")
    if node is None or not (REPOSITORY / "node_modules/oidc-provider").is_dir():
        yield None
        return
    told = {
        "client_id": CLIENT, "client_secret": SECRET, "redirect_uri": redirect_uri, "signed_out": signed_out, "people": people,
    }  # fmt: skip
    with _process([node, "tests/single_sign_on/oidc_provider.mjs", json.dumps(told)]) as port:
        yield f"http://127.0.0.1:{port}"


async def sign_in_at_mock(address: str, subject: str, claims: dict[str, Any]) -> str:
    """What a person does at oidc-provider-mock; the address they are sent back to."""
    site = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    async with httpx.AsyncClient() as person:
        await person.put(f"{site}/users/{subject}", json=claims)
        answer = await person.post(address, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])


async def sign_in_at_node(address: str, subject: str, ours: str) -> str:
    """What a person does at oidc-provider: its own forms to sign in and to consent; the address they are sent back to."""
    async with httpx.AsyncClient() as person:
        answer = await person.get(address)
        for _step in range(12):
            if answer.is_redirect:
                location = urljoin(str(answer.url), answer.headers["location"])
                if location.startswith(ours):
                    return location
                answer = await person.get(location)
                continue
            action = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            assert action, answer.text
            data = {"prompt": "login", "login": subject, "password": "any"} if "login" in answer.text else {}
            if 'value="consent"' in answer.text:
                data = {"prompt": "consent"}
            answer = await person.post(urljoin(str(answer.url), action.group(1)), data=data)
    raise AssertionError("the provider never sent us back")


# --- a provider of ours -------------------------------------------------------------------------------------------------

PROCONNECT_PARAMETERS = {
    "response_type", "client_id", "redirect_uri", "scope", "claims", "state", "nonce", "prompt", "idp_hint", "login_hint",
}  # fmt: skip
"""What ProConnect documents for its authorize address; anything else is error Y000400."""


@dataclass
class Staged:
    """A provider that does what the test says: strict as ProConnect, or with tokens that are not what they should be."""

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    proconnect: bool = False
    names_itself: bool = False
    signed_userinfo: bool = True
    key: Any = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "first", "use": "sig"}))
    published: list[Any] = field(default_factory=list)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "ES256", "kid": "first"})
    forge: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    sign: Callable[[dict[str, Any]], str] | None = None
    userinfo_forge: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    port: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    token_requests: list[tuple[dict[str, str], str]] = field(default_factory=list)
    key_requests: int = 0
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def document(self) -> dict[str, Any]:
        site = self.issuer
        return {
            "issuer": site, "authorization_endpoint": f"{site}/authorize", "token_endpoint": f"{site}/token",
            "userinfo_endpoint": f"{site}/userinfo", "jwks_uri": f"{site}/jwks", "end_session_endpoint": f"{site}/logout",
            "authorization_response_iss_parameter_supported": self.names_itself,
        }  # fmt: skip

    def keys(self) -> dict[str, Any]:
        self.key_requests += 1
        return {"keys": [key.as_dict(private=False) for key in self.published or [self.key]]}

    def authorise(self, address: str, subject: str) -> str:
        """What a person does there; the address they are sent back to, or the provider's own error."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(asked)
        if self.proconnect:
            assert set(asked) <= PROCONNECT_PARAMETERS, "Y000400"
            assert min(len(asked["state"]), len(asked["nonce"])) >= 32
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked | {"subject": subject}
        answer = {"code": code, "state": asked["state"]} | ({"iss": self.issuer} if self.names_itself else {})
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def tokens(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The token endpoint: a code counts once, for its client and redirect address."""
        self.token_requests.append((form, authorization))
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if not self._is_client(form, authorization):
            return 401, {"error": "invalid_client"}
        moment = int(time.time())
        claims = self.forge({
            "iss": self.issuer, "sub": asked["subject"], "aud": CLIENT, "iat": moment, "exp": moment + 300,
            "nonce": asked["nonce"], "auth_time": moment,
        })  # fmt: skip
        token = (
            self.sign(claims)
            if self.sign
            else jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])
        )
        return 200, {
            "access_token": asked["subject"],
            "id_token": token,
            "token_type": "Bearer",
            "expires_in": 60,
        }

    def _is_client(self, form: dict[str, str], authorization: str) -> bool:
        if self.proconnect:
            return not authorization and (form.get("client_id"), form.get("client_secret")) == (
                CLIENT,
                SECRET,
            )
        user, _, password = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        return user == CLIENT and httpx.QueryParams(f"x={password}")["x"] == SECRET

    def userinfo(self, subject: str) -> tuple[str, str]:
        """The media type and body of userinfo."""
        claims = self.userinfo_forge({"sub": subject, **self.people.get(subject, {})})
        if not self.signed_userinfo:
            return "application/json", json.dumps(claims)
        claims = {"iss": self.issuer, "aud": CLIENT, **claims}
        return "application/jwt", jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])


class _Handler(BaseHTTPRequestHandler):
    staged: Staged

    def do_GET(self) -> None:
        match urlsplit(self.path).path:
            case "/.well-known/openid-configuration":
                self._answer(200, "application/json", json.dumps(self.staged.document()))
            case "/jwks":
                self._answer(200, "application/json", json.dumps(self.staged.keys()))
            case "/userinfo":
                subject = self.headers.get("authorization", "").removeprefix("Bearer ")
                self._answer(200, *self.staged.userinfo(subject))
            case _:
                self._answer(404, "text/plain", "")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        status, answer = self.staged.tokens(form, self.headers.get("authorization", ""))
        self._answer(status, "application/json", json.dumps(answer))

    def _answer(self, status: int, media_type: str, body: str) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Quietly."""


@contextlib.contextmanager
def staged_provider(**facts: Any) -> Iterator[Staged]:
    """A provider of ours on 127.0.0.1."""
    staged = Staged(**facts)
    handler = type("Handler", (_Handler,), {"staged": staged})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    staged.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield staged
    finally:
        server.shutdown()
        server.server_close()


def rsa(kid: str = "rsa", bits: int = 2048) -> RSAKey:
    """Another key; the library warns of a short one, which is the point of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        return RSAKey.generate_key(bits, {"kid": kid, "use": "sig"})
