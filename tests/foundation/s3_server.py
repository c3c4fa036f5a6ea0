"""A bucket on 127.0.0.1: an HTTP server that speaks as much of S3 as a file store needs, and checks every signature.

Path-style addresses, AWS Signature Version 4 (docs.aws.amazon.com, "Signature Calculations for the Authorization Header"),
PutObject, GetObject, DeleteObject(s), ListObjectsV2 in pages of two.
"""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

KEY_ID, SECRET, REGION, BUCKET = "palier-test", "a secret of the test", "eu-west-3", "kept"
A_PAGE = 2
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass
class Bucket:
    """What is kept: bytes and when they were written, by key. `refused` counts requests with a wrong signature.

    While it is `away` every connection ends without an answer.
    """

    address: str = ""
    objects: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    refused: int = 0
    away: bool = False


@contextmanager
def serving(port: int = 0, kept: dict[str, tuple[bytes, datetime]] | None = None) -> Iterator[Bucket]:
    """A bucket that lives as long as the block, with what was kept before in it."""
    bucket = Bucket(objects={} if kept is None else kept)

    class Handler(_Handler):
        kept = bucket

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    bucket.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kept: Bucket

    def parse_request(self) -> bool:
        """False ends the connection; what was asked is not even looked at."""
        self.close_connection = self.kept.away
        return not self.kept.away and super().parse_request()

    def log_message(self, *_said: object) -> None:
        """Nothing on the terminal."""

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _fail(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code></Error>".encode(), content_type="application/xml")

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        parts = urlsplit(self.path)
        bucket, _slash, key = unquote(parts.path).lstrip("/").partition("/")
        if not _signed(self, parts.path, parts.query, body):
            self.kept.refused += 1
            return self._fail(403, "SignatureDoesNotMatch")
        if bucket != BUCKET:
            return self._fail(404, "NoSuchBucket")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        match self.command, bool(key):
            case "GET", False:
                return self._list(query)
            case "POST", False:
                return self._delete_many(body)
            case "PUT", True:
                self.kept.objects[key] = body, datetime.now(UTC)
                return self._answer(200, etag=_etag(body))
            case "DELETE", True:
                self.kept.objects.pop(key, None)
                return self._answer(204)
            case "GET" | "HEAD", True:
                return self._get(key)
        return self._fail(405, "MethodNotAllowed")

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _handle  # noqa: N815  (names http.server looks for)

    def _get(self, key: str) -> None:
        if key not in self.kept.objects:
            return self._fail(404, "NoSuchKey")
        body, at = self.kept.objects[key]
        when = at.strftime("%a, %d %b %Y %H:%M:%S GMT")
        return self._answer(200, body, etag=_etag(body), last_modified=when)

    def _list(self, query: dict[str, str]) -> None:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        entries: dict[str, str] = {}
        for key, (body, at) in sorted(self.kept.objects.items()):
            if not key.startswith(prefix):
                continue
            head, found, _rest = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
            if found:
                folder = prefix + head + delimiter
                entries[folder] = f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>"
            else:
                entries[key] = (
                    f"<Contents><Key>{escape(key)}</Key><LastModified>{at.isoformat()}</LastModified>"
                    f"<ETag>{escape(_etag(body))}</ETag><Size>{len(body)}</Size></Contents>"
                )
        after = [name for name in sorted(entries) if name > query.get("continuation-token", "")]
        page, more = after[:A_PAGE], len(after) > A_PAGE
        token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        body = f'<ListBucketResult xmlns="{NAMESPACE}"><Name>{BUCKET}</Name><IsTruncated>{str(more).lower()}</IsTruncated>'
        body += token + "".join(entries[name] for name in page) + "</ListBucketResult>"
        self._answer(200, body.encode(), content_type="application/xml")

    def _delete_many(self, body: bytes) -> None:
        asked = ElementTree.fromstring(body)  # noqa: S314  (our own client wrote it)
        keys = [element.text or "" for element in asked.iter() if element.tag.endswith("Key")]
        for key in keys:
            self.kept.objects.pop(key, None)
        gone = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys)
        answer = f'<DeleteResult xmlns="{NAMESPACE}">{gone}</DeleteResult>'
        self._answer(200, answer.encode(), content_type="application/xml")


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _signed(request: _Handler, path: str, query: str, body: bytes) -> bool:
    """Whether the request carries the signature that our secret gives to what was received."""
    said = request.headers.get("authorization", "")
    if not said.startswith("AWS4-HMAC-SHA256 "):
        return False
    given = dict(part.strip().split("=", 1) for part in said.removeprefix("AWS4-HMAC-SHA256 ").split(","))
    key_id, day, region, service, _end = given["Credential"].split("/")
    names = given["SignedHeaders"].split(";")
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    canonical = "\n".join([
        request.command, path, "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs),
        *(f"{name}:{' '.join((request.headers.get(name) or '').split())}" for name in names), "", ";".join(names),
        request.headers["x-amz-content-sha256"],
    ])  # fmt: skip
    scope = f"{day}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{request.headers['x-amz-date']}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{SECRET}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    true = hmac.digest(key, text.encode(), "sha256").hex()
    is_body = request.headers["x-amz-content-sha256"] in (
        "UNSIGNED-PAYLOAD",
        hashlib.sha256(body).hexdigest(),
    )
    return (key_id, region) == (KEY_ID, REGION) and is_body and hmac.compare_digest(true, given["Signature"])
