"""`palier serve` as an operator watches it: figures of two web processes and a worker, and one number through all lines."""

import json
import re
import time
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.cli.serving import PATIENCE, Serving, free_port, serving

pytestmark = [pytest.mark.long, pytest.mark.worker]

TOKEN = "a token of the tests"
PAGES = 60


def figures(serve: Serving) -> dict[str, float]:
    """What `/metrics` says, by name and labels."""
    given = {"authorization": f"Bearer {TOKEN}"}
    answer = httpx.get(f"http://127.0.0.1:{serve.port}/metrics", headers=given, timeout=PATIENCE)
    assert answer.status_code == 200
    return {
        f"{sample.name}{json.dumps(dict(sorted(sample.labels.items())))}": sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def until(serve: Serving, name: str) -> dict[str, float]:
    """The figures, once one of them is there: the worker writes down what it counted every fifteen seconds."""
    give_up = time.monotonic() + PATIENCE
    while name not in (found := figures(serve)):
        assert time.monotonic() < give_up, sorted(found)
        time.sleep(0.5)
    return found


def sign_up(serve: Serving) -> str:
    """Somebody asks for an account, and is sent a letter; the request's number."""
    with httpx.Client(base_url=f"http://127.0.0.1:{serve.port}", timeout=PATIENCE) as browser:
        browser.get("/signup")
        form = {
            "_csrf_token": browser.cookies["csrftoken"], "name": "Zoé Canary", "email": "canary@example.org",
            "password": "une phrase bien à elle canary", "terms": "yes",
        }  # fmt: skip
        answer = browser.post("/signup", data=form)
    assert answer.status_code in (200, 303), answer.text[:400]
    return answer.headers["x-request-id"]


def test_two_web_processes_and_a_worker_are_watched(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    wishes = {"PALIER_METRICS_TOKEN": TOKEN, "PALIER_ACCESS_LOG": "yes", "WEB_CONCURRENCY": "2"}
    page = 'palier_requests_total{"method": "GET", "route": "/robots.txt", "status": "200"}'
    with serving(tmp_path, free_port(), **wishes) as serve:
        for _ in range(PAGES):
            httpx.get(f"http://127.0.0.1:{serve.port}/robots.txt", timeout=PATIENCE)
        assert figures(serve)[page] == PAGES, "whoever is asked answers for both"
        workers = serve.child("granian").children()
        assert len(workers) == 2
        workers[-1].kill()
        workers[-1].wait(PATIENCE)
        assert figures(serve)[page] == PAGES, "what a process counted outlives it"
        number = sign_up(serve)
        found = until(serve, 'palier_mails_total{"outcome": "sent"}')
        assert found['palier_jobs_total{"job": "mail.deliver", "outcome": "done"}'] >= 1
        assert found['palier_pool_connections{"state": "most"}'] > 0
        assert found["palier_database_up{}"] == 1
    said = capfd.readouterr().err
    assert "canary" not in said.lower()
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    of_ours = [line for line in lines if line.get("request") == number]
    assert {line["logger"] for line in of_ours} == {"palier.access", "palier.foundation.jobs"}
    assert {"job mail.deliver done"} < {line["message"] for line in of_ours}
    assert all(re.fullmatch(r"\d{4}-.*\+00:00", line["time"]) for line in lines)
