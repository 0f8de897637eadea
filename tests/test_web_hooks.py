"""`/readyz`, and the call that makes a server index anew: signed, taken once, coalesced, built beside the workers."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from test_serving import Server, post, wait_for
from test_web_openapi import faults

from searchapp import indexing
from searchapp.config.loading import Config, load
from searchapp.engines import open_engine
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.errors import ConfigError, IndexUnreachableError
from searchapp.model import IndexReport, Query, Results
from searchapp.web import create_app
from searchapp.web.ops.build_trigger import BuildTrigger
from searchapp.web.ops.shared_state import SharedState

SECRET = "a secret of the operator's"
URL = "/hooks/reindex"


def signed(body: bytes, secret: str = SECRET, delivery: str | None = None) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    name = delivery or secrets.token_hex(8)
    return {"X-Hub-Signature-256": f"sha256={digest}", "X-GitHub-Delivery": name, "Content-Type": "application/json"}


@pytest.fixture
def shared(config: Config) -> SharedState:
    return SharedState.of(replace(config, webhook_secret=SECRET), builder=True)


@pytest.fixture
def hooked(config: Config, engine: MemoryEngine, shared: SharedState) -> FlaskClient:
    return create_app(replace(config, webhook_secret=SECRET), engine, shared).test_client()


def calls_of(shared: SharedState) -> BuildTrigger:
    assert shared.build_trigger is not None
    return shared.build_trigger


def test_githubs_own_example() -> None:
    # https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    body, secret = b"Hello, World!", "It's a Secret to Everybody"
    expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert signed(body, secret)["X-Hub-Signature-256"] == expected


def test_githubs_own_example_is_taken(config: Config, engine: MemoryEngine) -> None:
    config = replace(config, webhook_secret="It's a Secret to Everybody")
    client = create_app(config, engine, SharedState.of(config, builder=True)).test_client()
    header = {"X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}
    assert client.post(URL, data=b"Hello, World!", headers=header).status_code == 202


def test_a_signed_call_is_taken_once(hooked: FlaskClient, shared: SharedState) -> None:
    headers = signed(b"{}", delivery="d-1")
    first, again = (hooked.post(URL, data=b"{}", headers=headers) for _ in range(2))
    assert (first.status_code, first.json) == (202, {"status": "queued"})
    assert (again.status_code, again.json) == (202, {"status": "known"})
    assert first.headers["Cache-Control"] == "no-store"
    calls = calls_of(shared)
    assert calls.wait(0)
    calls.begin()
    calls.end()
    assert hooked.post(URL, data=b"{}", headers=headers).json == {"status": "known"}
    assert not calls.wait(0)
    assert hooked.post(URL, data=b"{}", headers=signed(b"{}", delivery="d-2")).json == {"status": "queued"}
    assert calls.wait(0)


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        signed(b"{} ")["X-Hub-Signature-256"],
        signed(b"{}", "another")["X-Hub-Signature-256"],
        signed(b"{}")["X-Hub-Signature-256"].upper(),
        signed(b"{}")["X-Hub-Signature-256"].removeprefix("sha256="),
        "sha1=" + hmac.new(SECRET.encode(), b"{}", hashlib.sha1).hexdigest(),
        "sha256=\u00e9",
    ],
)
def test_anything_else_is_refused(hooked: FlaskClient, shared: SharedState, signature: str | None) -> None:
    headers = signed(b"{}", delivery="d-1") | {"X-Hub-Signature-256": signature or ""}
    if signature is None:
        del headers["X-Hub-Signature-256"]
    answer = hooked.post(URL, data=b"{}", headers=headers)
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")
    assert SECRET not in answer.text
    assert not calls_of(shared).wait(0)
    # Who can't sign can't use up the name of a delivery either.
    assert hooked.post(URL, data=b"{}", headers=signed(b"{}", delivery="d-1")).json == {"status": "queued"}


@pytest.mark.parametrize("length", [True, False])
def test_a_large_body_is_not_even_looked_at(hooked: FlaskClient, length: bool) -> None:
    body = b"x" * 1_000_001
    environ: dict[str, Any] = {} if length else {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    answer = hooked.post(URL, data=body, headers=signed(body), environ_overrides=environ)
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
    body = body[:1_000_000]
    assert hooked.post(URL, data=body, headers=signed(body)).status_code == 202


def test_without_a_secret_or_a_builder_it_is_off(config: Config, engine: MemoryEngine) -> None:
    for settings, shared in ((config, None), (replace(config, webhook_secret=SECRET), None)):
        client = create_app(settings, engine, shared).test_client()
        for headers in (signed(b"{}"), signed(b"{}", "")):
            answer = client.post(URL, data=b"{}", headers=headers)
            assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_ping_leads_to_nothing(hooked: FlaskClient, shared: SharedState) -> None:
    answer = hooked.post(URL, data=b"{}", headers=signed(b"{}") | {"X-GitHub-Event": "ping"})
    assert (answer.status_code, answer.json) == (202, {"status": "nothing to do"})
    assert not calls_of(shared).wait(0)


def test_answers_are_as_described(hooked: FlaskClient) -> None:
    document = hooked.get("/api/openapi.json").get_json()
    for headers in (signed(b"{}"), {}):
        answer = hooked.post(URL, data=b"{}", headers=headers)
        described = document["paths"][URL]["post"]["responses"][str(answer.status_code)]
        assert faults(answer.get_json(force=True), described["content"][answer.mimetype]["schema"], document) == []


def test_the_secret_is_not_for_files(tmp_path: Path) -> None:
    (tmp_path / "searchapp.toml").write_text(f'webhook_secret = "{SECRET}"\n')
    with pytest.raises(ConfigError, match="SEARCHAPP_WEBHOOK_SECRET") as caught:
        load(tmp_path / "searchapp.toml")
    assert SECRET not in str(caught.value)


def test_what_is_remembered_is_bounded() -> None:
    calls = BuildTrigger(remembered=4)
    assert [calls.request(f"d{number}") for number in range(5)] == [True] * 5
    assert [calls.request(f"d{number}") for number in (4, 3, 2, 1)] == [False] * 4
    assert calls.request("d0")  # so long ago that it is forgotten
    assert not calls.request("d4")
    assert calls.request("")
    assert calls.request("")


def test_processes_take_a_delivery_once_between_them() -> None:
    calls = BuildTrigger()
    taken = 0
    pipes = []
    for _ in range(4):
        read, write = os.pipe()
        if not os.fork():
            os.write(write, bytes([sum(calls.request(f"d{number}") for number in range(200))]))
            os._exit(0)
        os.close(write)
        pipes.append(read)
    for read in pipes:
        taken += os.read(read, 1)[0]
        os.close(read)
        os.wait()
    assert taken == 200


def test_a_flood_of_calls_wakes_once_and_blocks_nobody() -> None:
    calls = BuildTrigger()
    for number in range(70_000):  # more than a pipe holds
        calls.request(f"d{number}" if number < 10 else "")
    assert calls.wait(0)
    calls.begin()
    calls.end()
    assert not calls.wait(0)


def test_a_build_that_kills_its_process_is_tried_once_more(caplog: pytest.LogCaptureFixture) -> None:
    calls = BuildTrigger()
    calls.request("d")
    for expected in (True, True, False):
        calls.resume()
        assert calls.wait(0) is expected
        if expected:
            calls.begin()  # and never an end
    assert "ended twice" in caplog.text
    calls.request("e")
    calls.resume()
    assert calls.wait(0)


class Counting(MemoryEngine):
    """Counts its builds, and takes as long for each as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.builds = 0
        self.go = threading.Semaphore(0)
        self.began = threading.Semaphore(0)

    def manifest(self) -> Any:
        self.builds += 1
        self.began.release()
        self.go.acquire()
        return super().manifest()


def test_what_comes_during_a_build_is_one_more_build(config: Config) -> None:
    post(config.content_dir.parent, "a.md", "bread")
    calls, engine, stop = BuildTrigger(), Counting(), threading.Event()
    told: list[object] = []
    thread = threading.Thread(target=indexing.watch, args=(config, engine, told.append, stop, calls, False))
    thread.start()
    assert not engine.began.acquire(timeout=0.3)  # nobody has called yet
    calls.request("first")
    assert engine.began.acquire(timeout=5)
    for number in range(20):
        calls.request(f"meanwhile {number}")
    engine.go.release()
    assert engine.began.acquire(timeout=5)
    engine.go.release()
    assert not engine.began.acquire(timeout=1.5)
    assert engine.builds == 2
    stop.set()
    thread.join(5)
    assert all(isinstance(each, IndexReport) for each in told)


# The server as a whole


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(3):
        post(tmp_path, f"p{number}.md", "common words")
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    with closing(Server(folder, settings={"webhook_secret": SECRET}, beside=1)) as running:
        yield running


def call(server: Server, delivery: str | None = None, secret: str = SECRET) -> tuple[int, Any]:
    body = json.dumps({"ref": "refs/heads/main"}).encode()
    with closing(http.client.HTTPConnection(*server.address, timeout=20)) as connection:
        connection.request("POST", URL, body, signed(body, secret, delivery))
        answer = connection.getresponse()
        return answer.status, json.load(answer)


def test_a_call_indexes_what_has_changed(server: Server, folder: Path) -> None:
    post(folder, "new.md", "a newcomer")
    assert call(server, secret="wrong")[0] == 403
    time.sleep(1.5)
    assert server.total("newcomer") == 0
    began = time.monotonic()
    assert call(server, "d-1") == (202, {"status": "queued"})
    assert time.monotonic() - began < 1
    wait_for(lambda: server.total("newcomer") == 1)
    with ThreadPoolExecutor(4) as pool:  # whichever worker is asked
        assert {status["status"] for _, status in pool.map(lambda _: call(server, "d-1"), range(8))} == {"known"}
    code, seconds = server.end()
    assert (code, seconds < 8) == (0, True)
    wait_for(lambda: not server.members(), 5)
    assert "Traceback" not in server.errors.read_text()
    assert SECRET not in server.errors.read_text()


def test_a_killed_builder_takes_no_call_with_it(server: Server, folder: Path) -> None:
    post(folder, "new.md", "a newcomer")
    builder = min(server.workers())
    os.kill(builder, signal.SIGSTOP)
    assert call(server)[1] == {"status": "queued"}
    time.sleep(2.5)  # as long as it must have lived
    os.kill(builder, signal.SIGKILL)
    wait_for(lambda: server.total("newcomer") == 1)


def test_a_failed_build_is_told_and_readers_do_not_notice(server: Server, folder: Path) -> None:
    (folder / "content").rename(folder / "away")
    assert call(server)[0] == 202
    wait_for(lambda: "content" in server.errors.read_text().partition("Serving")[2])
    assert server.total("common") == 3
    assert server.get("/readyz") == {"status": "ready"}


def test_readyz_says_whether_a_search_would_be_answered(config: Config, engine: MemoryEngine) -> None:
    class Down(MemoryEngine):
        def status(self) -> Any:
            raise IndexUnreachableError("the cluster can't be reached")

    class Mute(MemoryEngine):
        def search(self, query: Query) -> Results:
            raise IndexUnreachableError("the cluster can't be reached")

    assert create_app(config, engine).test_client().get("/readyz").json == {"status": "ready"}
    mute = Mute()
    mute.rebuild([])
    for broken in (MemoryEngine(), Down(), mute):
        answer = create_app(config, broken).test_client().get("/readyz")
        assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Retry-After" in answer.headers


def test_readyz_has_no_limit_and_searches_once_in_a_generation(config: Config, engine: MemoryEngine) -> None:
    searches = []
    search = engine.search
    engine.search = lambda query: searches.append(query) or search(query)  # type: ignore[assignment, func-returns-value]
    client = create_app(replace(config, rate_limit=1), engine).test_client()
    statuses = {client.get("/readyz", environ_base={"REMOTE_ADDR": "9.9.9.9"}).status_code for _ in range(9)}
    assert (statuses, len(searches)) == ({200}, 1)
    engine.rebuild([])
    client.get("/readyz")
    assert len(searches) == 2


def test_a_server_that_ends_is_not_ready(server: Server) -> None:
    with closing(http.client.HTTPConnection(*server.address, timeout=20)) as connection:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        assert (answer.status, json.load(answer)) == (200, {"status": "ready"})
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)  # the connection is still open: what balances load may have sent something already
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
        except (ConnectionError, http.client.HTTPException):
            pytest.skip("this version of gunicorn closes idle connections at once when it ends")
        assert answer.status == 503
        assert json.load(answer)["detail"] == "The server is about to end."
    assert server.process.wait(20) == 0


def test_with_watch_both_work(folder: Path) -> None:
    with closing(Server(folder, "--watch", settings={"webhook_secret": SECRET})) as server:
        post(folder, "new.md", "a newcomer")
        wait_for(lambda: server.total("newcomer") == 1)
        post(folder, "newer.md", "a latecomer")
        assert call(server)[0] == 202
        wait_for(lambda: server.total("latecomer") == 1)


def test_the_command_shows_no_secret(folder: Path) -> None:
    environment = os.environ | {"SEARCHAPP_WEBHOOK_SECRET": SECRET, "SEARCHAPP_METRICS_TOKEN": "t0ken-t0ken"}
    command = [sys.executable, "-m", "searchapp", "config"]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    assert SECRET not in result.stdout
    assert "t0ken" not in result.stdout
    assert result.stdout.count("set, not shown") == 2


def test_an_index_that_can_be_searched_is_ready_on_disk(config: Config) -> None:
    with closing(open_engine(config)) as engine:
        client = create_app(config, engine).test_client()
        assert client.get("/readyz").status_code == 503
        engine.rebuild([])
        assert client.get("/readyz").status_code == 200
        (config.index_dir / "CURRENT").unlink()
        assert client.get("/readyz").status_code == 503
