"""What is told of a request and a job: one number through everything, figures with bounded labels, lines without people."""

import io
import json
import logging
import re
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from litestar import Litestar
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from palier.foundation import logs, metrics, tallying, tracing, watch
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading, select, transaction
from palier.foundation.figure import Figure
from palier.foundation.jobs import Job, enqueue, queue, under_way
from palier.foundation.watch import Work, doing
from tests.conftest import Browser

pytestmark = pytest.mark.database

GIVEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def nobody_watches() -> Iterator[None]:
    """Each test adds its own watchers."""
    yield
    for watcher in watch.watchers:
        watcher.close()
    watch.watchers.clear()
    watch.wishes.slow, watch.wishes.access = 0, False


@contextmanager
def lines(*, as_json: bool = True, level: int = logging.INFO) -> Iterator[io.StringIO]:
    """What this process writes to its log meanwhile, as it would look to an operator."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(logs._tell)
    handler.setFormatter(logs.Json() if as_json else logs.Text())
    ours, root = logging.getLogger("palier"), logging.getLogger()
    before = ours.level
    ours.setLevel(level)
    root.addHandler(handler)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        ours.setLevel(before)


def samples(text: bytes, name: str) -> dict[tuple[tuple[str, str], ...], float]:
    return {
        tuple(sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
        if sample.name == name
    }


# --- numbers --------------------------------------------------------------------------------------------------------------


async def test_every_answer_bears_a_number_and_keeps_the_one_it_was_given(visit: Browser) -> None:
    async with visit(None) as browser:
        made = (await browser.get("/healthz")).headers["x-request-id"]
        other = (await browser.get("/healthz")).headers["x-request-id"]
        given = (await browser.get("/healthz", headers={"x-request-id": GIVEN.upper()})).headers[
            "x-request-id"
        ]
        refused = await browser.request("BREW", "/fr/", headers={"x-request-id": GIVEN})
    assert re.fullmatch(r"[0-9a-f]{16}", made)
    assert made != other
    assert given == GIVEN
    assert refused.headers["x-request-id"] == GIVEN, "a refusal of the framework itself too"


@pytest.mark.parametrize(
    "name", ["short", "claire.lambert@example.org", "a" * 65, "Claire-Lambert-was-here", ""]
)
def test_a_number_that_could_be_somebody_s_words_is_not_kept(name: str) -> None:
    assert watch.number_of(name) != name


async def test_an_error_page_says_the_number_and_an_unknown_address_does_not(
    visit: Browser, claire: Actor
) -> None:
    async with visit(claire) as browser:
        wrong = await browser.post("/account/preferences", headers={"sec-fetch-site": "cross-site"})
        unknown = await browser.get("/nowhere")
    assert wrong.status_code == 403
    assert f"donnez ce numéro\N{NO-BREAK SPACE}: {wrong.headers['x-request-id']}" in wrong.text
    assert unknown.status_code == 404
    assert unknown.headers["x-request-id"] not in unknown.text


# --- jobs -----------------------------------------------------------------------------------------------------------------


async def do_waiting(settings: Any, *jobs: Job) -> None:
    async with queue(str(settings.database_url), list(jobs)).open_async() as app:
        await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)


async def test_a_job_bears_the_number_of_the_request_that_asked_for_it(
    stage: Litestar, settings: Any
) -> None:
    seen: list[tuple[str, dict[str, Any]]] = []

    async def first(**arguments: Any) -> None:
        seen.append((watch.number(), arguments))
        async with transaction(None):
            await enqueue("tests.second")

    async def second(**arguments: Any) -> None:
        seen.append((watch.number(), arguments))

    with doing(Work(GIVEN)):
        async with transaction(None):
            await enqueue("tests.first", campaign=7)
            assert await under_way("tests.first") == [{"campaign": 7}]
    with lines() as written:
        await do_waiting(settings, Job("tests.first", first), Job("tests.second", second))
    assert seen == [(GIVEN, {"campaign": 7}), (GIVEN, {})]
    told = [json.loads(line) for line in written.getvalue().splitlines()]
    done = [one for one in told if one["message"] == "job tests.second done"]
    assert [one["request"] for one in done] == [GIVEN]
    assert watch.current.get() is None


async def test_an_answer_that_leaves_no_mark_hands_no_number_on(stage: Litestar) -> None:
    handler = type("Handler", (), {"opt": {"unwatched": True}})()
    discreet = Work(GIVEN, scope={"route_handler": handler, "path_template": "/m/{mirror}", "method": "POST"})
    assert (discreet.route, discreet.organisation) == (watch.OTHER, "")
    with doing(discreet):
        async with transaction(None):
            await enqueue("tests.discreet")
            rows = await select(
                "select args::text from procrastinate_jobs where task_name = 'tests.discreet'"
            )
    assert rows == [{"args": "{}"}]


# --- figures --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def counting(tmp_path: Path) -> metrics.Metrics:
    return metrics.begin(tmp_path)


async def test_requests_are_counted_by_template_and_never_by_address(
    visit: Browser, claire: Actor, counting: metrics.Metrics
) -> None:
    async with visit(claire) as browser:
        await browser.get("/o/transports-du-val/people")
        await browser.get("/o/transports-du-canary/people")
        await browser.get("/no/such/canary?canary=1")
        await browser.get("/m/canary")
        await browser.request("CANARY", "/fr/")
    text = counting.text()
    requests = samples(text, "palier_requests_total")
    people = (("method", "GET"), ("route", "/o/{org}/people"))
    assert requests[(*people, ("status", "200"))] == 1
    assert requests[(*people, ("status", "404"))] == 1
    assert requests[(("method", "GET"), ("route", "other"), ("status", "404"))] == 1
    assert samples(text, "palier_request_seconds_count")[people] == 2
    assert samples(text, "palier_statements_total")[people] >= 3
    assert samples(text, "palier_statement_seconds_total")[people] > 0
    assert samples(text, "palier_requests_in_flight") == {(): 0}
    assert b"canary" not in text.lower()
    assert b"/m/" not in text, "answers to mirrors are not counted"


async def test_saves_are_counted_by_how_they_ended(
    visit: Browser, claire: Actor, counting: metrics.Metrics
) -> None:
    async with visit(claire) as browser:
        token = (await browser.get("/fr/")).cookies["csrftoken"]
        await browser.patch(
            "/o/transports-du-val/e/none/q/SX1.1.1", headers={"x-csrftoken": token}, data={"level": "2"}
        )
    async with visit(None) as browser:
        token = (await browser.get("/fr/")).cookies["csrftoken"]
        await browser.patch("/o/transports-du-val/e/none/q/SX1.1.1", headers={"x-csrftoken": token})
    saves = samples(counting.text(), "palier_saves_total")
    assert saves == {(("outcome", "failed"),): 1, (("outcome", "signed_out"),): 1}


async def test_failed_sign_ins_are_counted(visit: Browser, counting: metrics.Metrics) -> None:
    async with visit(None) as browser:
        await browser.send_form("/signin", {"email": "canary@example.org", "password": "canary canary"})  # type: ignore[attr-defined]
    text = counting.text()
    assert samples(text, "palier_sign_ins_total") == {(("outcome", "refused"),): 1}
    assert b"canary" not in text


def test_processes_add_up_and_the_dead_are_doing_nothing(tmp_path: Path) -> None:
    first, second = metrics.Metrics(tmp_path / "here"), metrics.Metrics(tmp_path / "here")
    scope = {"path_template": "/fr", "method": "GET"}
    for each in (first, second, second):
        work = Work(GIVEN, scope=scope)
        each.begins(work)
        each.ends(work, "200", 0.02)
    second.begins(Work(GIVEN, scope=scope))
    counted = (("method", "GET"), ("route", "/fr"), ("status", "200"))
    assert samples(first.text(), "palier_requests_total") == {counted: 3}
    assert samples(first.text(), "palier_requests_in_flight") == {(): 1}
    second.close()
    assert samples(first.text(), "palier_requests_in_flight") == {(): 0}
    again = metrics.Metrics(tmp_path / "here")
    assert samples(again.text(), "palier_requests_total") == {counted: 3}, (
        "it goes on where the one before ended"
    )
    again.close()
    first.close()
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "precious").touch()
    (tmp_path / "here" / "precious").touch()
    fresh = metrics.Metrics(tmp_path / "there")
    assert samples(fresh.text(), "palier_requests_total") == {}
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("precious")}
    assert left == {"else/precious", "here/precious"}, "what is not ours stays"
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["precious"], (
        "a host that is gone leaves nothing"
    )
    fresh.close()


def test_what_is_known_besides_joins_its_family(counting: metrics.Metrics) -> None:
    watch.count("slow_statements", process="web")
    text = counting.text(
        [
            Figure("palier_slow_statements", "counter", "", 4, {"process": "worker"}),
            Figure("palier_disk_free_bytes", "gauge", "", 7),
        ]
    )
    assert samples(text, "palier_slow_statements_total") == {
        (("process", "web"),): 1,
        (("process", "worker"),): 4,
    }
    assert samples(text, "palier_disk_free_bytes") == {(): 7}
    assert text.count(b"# TYPE palier_slow_statements_total counter") == 1
    assert samples(text, "palier_build_info")


@pytest.fixture
async def as_a_worker(owner: asyncpg.Connection) -> AsyncIterator[None]:
    """The pool of a test acts as the web, which only reads what workers counted."""
    await owner.execute("grant insert, update on worker_tally to palier_web")
    yield
    await owner.execute("revoke insert, update on worker_tally from palier_web")


@pytest.mark.usefixtures("as_a_worker")
async def test_what_workers_count_is_added_up_in_the_database(stage: Litestar, settings: Any) -> None:
    async def well() -> None:
        async with reading(None):
            await select("select 1")

    async def ill() -> None:
        raise ValueError("canary")

    for _ in range(2):  # two workers, one after the other
        tally = tallying.Tally()
        watch.watchers[:] = [tally]
        async with transaction(None):
            await enqueue("tests.well")
            await enqueue("tests.ill")
        await do_waiting(settings, Job("tests.well", well), Job("tests.ill", ill, attempts=1))
        watch.count("mails", outcome="sent")
        await tally.keep()
        await tally.keep()
    async with reading(None):
        rows = {row["key"]: row["value"] for row in await select("select key, value from worker_tally")}
    assert rows['palier_jobs_total{"job": "tests.well", "outcome": "done"}'] == 2
    assert rows['palier_jobs_total{"job": "tests.ill", "outcome": "failed"}'] == 2
    assert rows['palier_job_seconds_bucket{"job": "tests.well", "le": "+Inf"}'] == 2
    assert rows['palier_job_statements_total{"job": "tests.well"}'] == 6
    assert rows['palier_mails_total{"outcome": "sent"}'] == 2


# --- lines ----------------------------------------------------------------------------------------------------------------


async def test_a_slow_statement_leaves_its_text_without_values(stage: Litestar) -> None:
    watch.wishes.slow = 0.000001
    with lines() as written, doing(Work(GIVEN, scope={"path_template": "/fr", "method": "GET"})):
        async with reading(None):
            await select("select 'canary', 4711 where $1 = 'canary'", "canary")
    told = [json.loads(line) for line in written.getvalue().splitlines()]
    slow = next(one for one in told if "where $1" in one["message"])
    assert re.fullmatch(r"slow statement, \d+ ms: select \?, \? where \$1 = \?", slow["message"])
    assert (slow["request"], slow["route"]) == (GIVEN, "/fr")
    assert "canary" not in written.getvalue()


CANARIES = ("canary", "Canary", "c4n4ry", "203.0.113.77")


async def test_no_line_holds_what_anybody_typed(
    stage: Litestar, visit: Browser, claire: Actor, settings: Any, owner: asyncpg.Connection
) -> None:
    """A canary in every input there is, on the way in and in what goes wrong: none is in any line."""
    watch.wishes.slow = 0.000001
    watch.wishes.access = True

    async def ill(**arguments: Any) -> None:
        async with transaction(None):
            for _ in range(2):
                await select(
                    "insert into operation (id, person_id, location, at) values ($1, $1, $2, now())",
                    GIVEN,
                    arguments["who"],
                )

    with lines() as written, lines(as_json=False) as plain:
        async with visit(claire) as browser:
            browser.cookies.set("canary", "canary")
            headers = {
                "x-request-id": "canary-canary-canary", "user-agent": "canary", "referer": "http://canary/canary",
                "x-forwarded-for": "203.0.113.77", "accept-language": "canary", "traceparent": "canary",
                "authorization": "Bearer canary",
            }  # fmt: skip
            form = {
                "email": "canary@example.org",
                "name": "Canary",
                "password": "canary c4n4ry",
                "question": "c4n4ry",
            }
            for address in (
                "/canary?canary=canary",
                "/o/canary/canary",
                "/signin?next=/canary",
                "/m/canary",
                "/o/transports-du-val/people?q=canary",
            ):
                await browser.get(address, headers=headers)
                await browser.send_form(address, form, headers=headers)  # type: ignore[attr-defined]
            await browser.request("CANARY", "/fr/")
            await browser.post(
                "/signin", content=b"\xffcanary", headers=headers | {"content-type": "canary/canary"}
            )
        async with transaction(None):
            await enqueue("tests.ill", who="canary")
        await do_waiting(settings, Job("tests.ill", ill, attempts=1))
        try:
            raise RuntimeError("canary") from ValueError("c4n4ry")
        except RuntimeError:
            logging.getLogger("palier.tests").exception("it went wrong")
            logging.getLogger("some.library").warning("seen %s\ncanary", "canary")
    said, shown = written.getvalue(), plain.getvalue()
    for canary in CANARIES:
        assert canary not in said
        assert canary not in shown
    told = [json.loads(line) for line in said.splitlines()]
    assert all(one["time"].endswith("+00:00") for one in told)
    access = [one for one in told if one["logger"] == "palier.access"]
    assert {"GET /o/{org}/people 200"} <= {one["message"].partition(",")[0] for one in access}
    assert {"status", "milliseconds", "statements", "request", "route", "organisation"} <= set().union(
        *access
    )
    assert not [one for one in access if "/m/" in one["message"]], "answers to mirrors leave no line"
    failed = next(one for one in told if one["message"] == "job tests.ill failed")
    assert failed["sqlstate"] == "23505"
    assert "UniqueViolationError" in failed["error"]
    wrong = next(one for one in told if one["message"] == "it went wrong")
    assert wrong["error"] == "RuntimeError < ValueError"
    assert "test_watching.py:" in wrong["at"]
    assert any("it went wrong" in line and "RuntimeError < ValueError" in line for line in shown.splitlines())


def test_a_process_that_begins_writes_lines_of_ours_alone(capfd: pytest.CaptureFixture[str]) -> None:
    root, ours = logging.getLogger(), logging.getLogger("palier")
    before = (root.handlers[:], root.level, ours.level, logging.getLogger("procrastinate").level)
    try:
        logs.begin(as_json=True)
        ours.info("hello %s", "there\nyou")
        logging.getLogger("procrastinate.worker").error("Job mail.deliver(who='canary') failed")
    finally:
        root.handlers[:], root.level = before[0], before[1]
        ours.setLevel(before[2])
        logging.getLogger("procrastinate").setLevel(before[3])
        logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)
    (line,) = capfd.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "hello there you"


# --- traces ---------------------------------------------------------------------------------------------------------------


class Receiver(BaseHTTPRequestHandler):
    """What OTLP over HTTP asks of a receiver."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.append(ExportTraceServiceRequest.FromString(body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.received = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def spans_of(server: Any) -> list[Any]:
    return [
        span
        for request in server.received
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


async def test_a_trace_goes_from_the_request_through_its_statements_into_its_job(
    visit: Browser, claire: Actor, settings: Any, receiver: Any
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    tracing.begin("palier-tests", "web")

    async def work() -> None:
        async with reading(None):
            await select("select 'canary'")

    async with visit(claire) as browser:
        parent = f"00-{trace}-00f067aa0ba902b7-01"
        await browser.get("/o/transports-du-val/people?q=canary", headers={"traceparent": parent})
    only_reading.set(False)
    with doing(
        Work(
            GIVEN,
            scope={
                "method": "POST",
                "path_template": "/o/{org}",
                "headers": [(b"traceparent", parent.encode())],
            },
        )
    ) as ended:
        async with transaction(None):
            await enqueue("tests.traced")
        ended("303")
    await do_waiting(settings, Job("tests.traced", work))
    watch.watchers[0].close()
    spans = spans_of(receiver)
    assert {span.trace_id.hex() for span in spans} == {trace}
    by_name = {span.name: span for span in spans}
    request = by_name["GET /o/{org}/people"]
    facts = {one.key: one.value.string_value or one.value.int_value for one in request.attributes}
    assert facts["http.route"] == "/o/{org}/people"
    assert facts["http.response.status_code"] == 200
    assert facts["palier.organisation"] == str(claire.organisation_id)
    statements = [span for span in spans if span.parent_span_id == request.span_id]
    assert len(statements) == facts["palier.statements"]
    assert by_name["tests.traced"].parent_span_id == by_name["POST /o/{org}"].span_id
    assert [span.parent_span_id for span in spans if "select ?" in str(span.attributes)] == [
        by_name["tests.traced"].span_id
    ]
    assert "canary" not in str(spans)


def test_nothing_of_opentelemetry_is_loaded_unless_it_is_asked_for(tmp_path: Path) -> None:
    code = (
        "import sys; from palier.foundation import watching; from palier.foundation.settings import read_settings\n"
        f"watching.begin(read_settings({{'PALIER_DATA_DIR': {str(tmp_path)!r}}}), 'web')\n"
        "print([name for name in sys.modules if name.startswith(('opentelemetry', 'prometheus'))])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "[]\n"
