"""What an operator's Prometheus reads: exact over all workers, without a word of what was sought."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient
from nodes import free_ports
from prometheus_client.parser import text_string_to_metric_families
from test_serving import Server, post, wait_for

from searchapp.config.loading import Config, load
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.errors import ConfigError
from searchapp.web import create_app
from searchapp.web.ops.metrics.counts import Metrics

TOKEN = "correct-horse-battery-staple"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


class Numbers(dict[str, float]):
    """Samples by name and labels, as `name{a="x"}`; what is not there is 0."""

    def __init__(self, text: str) -> None:
        for family in text_string_to_metric_families(text):
            for name, labels, value, *_ in family.samples:
                said = ",".join(f"{label}={value}" for label, value in sorted(labels.items()))
                self[f"{name}{{{said}}}" if said else name] = value

    def __missing__(self, key: str) -> float:
        return 0.0


class App(NamedTuple):
    """An application that answers to the token."""

    client: FlaskClient

    def numbers(self) -> Numbers:
        answer = self.client.get("/metrics", headers=BEARER)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        return Numbers(answer.text)


@pytest.fixture
def measured(config: Config, engine: MemoryEngine) -> App:
    return App(create_app(replace(config, metrics_token=TOKEN, rate_limit=3), engine).test_client())


def test_searches_are_counted_by_interface_and_mode(measured: App) -> None:
    for url in (
        "/api/search?q=bread",
        "/api/search?q=bread+zebra",
        "/api/search?q=zebra",
        "/search?q=bread",
        "/search?q=brea&live=1&fragment=1",
        "/feed.atom?q=bread",
    ):
        assert measured.client.get(url).status_code == 200
    browser = {"Sec-Fetch-Site": "cross-site"}
    assert measured.client.get("/api/search?q=bread&live=1", headers=browser).status_code == 200
    found = measured.numbers()
    assert {key: value for key, value in found.items() if key.startswith("searchapp_searches_total{") and value} == {
        "searchapp_searches_total{interface=api,mode=all}": 2,
        "searchapp_searches_total{interface=api,mode=any}": 1,
        "searchapp_searches_total{interface=page,mode=all}": 1,
        "searchapp_searches_total{interface=live,mode=all}": 1,
        "searchapp_searches_total{interface=feed,mode=all}": 1,
        "searchapp_searches_total{interface=widget,mode=all}": 1,
    }
    assert found["searchapp_zero_results_total{interface=api}"] == 1
    assert found["searchapp_search_seconds_count"] == 7
    assert found["searchapp_search_seconds_bucket{le=+Inf}"] == 7
    assert 0 < found["searchapp_search_seconds_sum"] < 60


def test_kept_answers_and_304_count_too(measured: App) -> None:
    first = measured.client.get("/api/search?q=bread")
    kept = measured.client.get("/api/search?q=bread", headers={"Accept-Encoding": "gzip"})
    unchanged = measured.client.get("/api/search?q=bread", headers={"If-None-Match": first.headers["ETag"]})
    assert (kept.status_code, unchanged.status_code) == (200, 304)
    found = measured.numbers()
    assert found["searchapp_searches_total{interface=api,mode=all}"] == 3
    assert found["searchapp_requests_total{route=/api/search,status=2xx}"] == 2
    assert found["searchapp_requests_total{route=/api/search,status=3xx}"] == 1


def test_routes_are_patterns_and_nothing_that_was_sent_is_told(measured: App) -> None:
    secret = "mydisease"
    for url in (
        f"/api/search?q={secret}",
        f"/articles/{secret}.md",
        f"/{secret}",
        f"/api/search?page={secret}",
        f"/{secret}/{secret}?q={secret}",
    ):
        measured.client.get(url, headers={"User-Agent": secret, "Referer": f"http://{secret}/"})
    measured.client.open("/api/search", method=secret.upper())
    text = measured.client.get("/metrics", headers=BEARER).text
    assert secret not in text.lower()
    found = Numbers(text)
    assert found["searchapp_requests_total{route=/articles/<path:id>,status=4xx}"] == 1
    assert found["searchapp_requests_total{route=(none),status=4xx}"] == 3
    assert found["searchapp_requests_total{route=/api/search,status=4xx}"] == 1


def test_refused_clients_are_counted(measured: App) -> None:
    reader = {"REMOTE_ADDR": "9.9.9.9"}
    statuses = [measured.client.get("/api/search?q=bread", environ_base=reader).status_code for _ in range(5)]
    assert statuses == [200] * 3 + [429] * 2
    assert measured.numbers()["searchapp_rate_limited_total"] == 2
    assert measured.numbers()["searchapp_searches_total{interface=api,mode=all}"] == 3


def test_the_index_is_told_of(measured: App, engine: MemoryEngine, config: Config) -> None:
    found = measured.numbers()
    assert found["searchapp_articles"] == engine.status().articles > 0
    assert found["searchapp_index_bytes"] == engine.status().size
    assert 0 <= found["searchapp_generation_age_seconds"] < 60
    assert found["searchapp_index_usable"] == 1
    empty = App(create_app(replace(config, metrics_token=TOKEN), MemoryEngine()).test_client()).numbers()
    assert empty["searchapp_index_usable"] == 0
    assert "searchapp_articles" not in empty


@pytest.mark.parametrize(
    "shown",
    ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer \u00e9", f"bearer {TOKEN[:-1]}"],
)
def test_without_the_token_there_is_nothing(measured: App, config: Config, engine: MemoryEngine, shown: str) -> None:
    answer = measured.client.get("/metrics", headers={"Authorization": shown.encode().decode("latin-1")})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    none = create_app(config, engine).test_client()
    assert none.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    assert measured.client.get("/metrics", headers={"Authorization": f"bearer {TOKEN}"}).status_code == 200


@pytest.mark.parametrize("value", ["9100", "localhost", "127.0.0.1:", "a:0", "http://a:1", "u@a:1", "a:99999", "a:1/x"])
def test_a_bad_address_is_told(tmp_path: Path, value: str) -> None:
    file = tmp_path / "searchapp.toml"
    file.write_text(f'metrics_address = "{value}"\n')
    with pytest.raises(ConfigError, match=r"searchapp.toml:1: metrics_address must be a host and a port"):
        load(file)


def test_the_token_is_not_for_files(tmp_path: Path) -> None:
    file = tmp_path / "searchapp.toml"
    file.write_text(f'metrics_token = "{TOKEN}"\n')
    with pytest.raises(ConfigError, match="SEARCHAPP_METRICS_TOKEN") as caught:
        load(file)
    assert TOKEN not in str(caught.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(3):
        post(tmp_path, f"p{number}.md", "common words")
    return tmp_path


def ask(url: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_all_workers_count_together_and_a_killed_one_is_not_forgotten(folder: Path) -> None:
    with closing(Server(folder, settings={"metrics_token": TOKEN})) as server:
        for number in range(30):
            server.total(f"common+{90 + number % 5}")
        for pid in server.workers():
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: len(server.workers()) == 2)
        for number in range(30):
            server.total(f"common+{90 + number % 5}")
        seen = {ask(f"{server.url}/metrics", **BEARER)[1] for _ in range(1)}
        found = Numbers(seen.pop())
        assert found["searchapp_searches_total{interface=api,mode=any}"] == 60
        assert found["searchapp_requests_total{route=/api/search,status=2xx}"] == 60
        assert found["searchapp_articles"] == 3
        assert ask(f"{server.url}/metrics")[0] == 404
    assert TOKEN not in server.errors.read_text()


def test_an_address_of_its_own(folder: Path) -> None:
    [port] = free_ports(1)
    address = f"127.0.0.1:{port}"
    with closing(Server(folder, "--watch", settings={"metrics_address": address}, beside=1)) as server:
        server.total("common")
        status, text = ask(f"http://{address}/metrics")
        assert (status, Numbers(text)["searchapp_searches_total{interface=api,mode=all}"]) == (200, 1)
        assert ask(f"http://{address}/")[0] == 404
        assert ask(f"{server.url}/metrics")[0] == 404
        post(folder, "new.md", "a newcomer")
        wait_for(lambda: server.total("newcomer") == 1)
        assert Numbers(ask(f"http://{address}/metrics")[1])["searchapp_articles"] == 4
        # A client that says nothing holds up nobody.
        with socket.create_connection(("127.0.0.1", port), 10):
            assert ask(f"http://{address}/metrics")[0] == 200
        code, seconds = server.end()
        assert (code, seconds < 8) == (0, True)
        wait_for(lambda: not server.members(), 5)
    assert "Traceback" not in server.errors.read_text()


def test_what_answers_there_is_replaced_when_it_was_killed(folder: Path) -> None:
    [port] = free_ports(1)
    with closing(Server(folder, settings={"metrics_address": f"127.0.0.1:{port}"}, beside=1)) as server:
        server.total("common")
        time.sleep(3)  # as long as it must have lived
        before = server.workers()
        os.kill(min(before), signal.SIGKILL)  # the first that was forked
        status, text = ask(f"http://127.0.0.1:{port}/metrics")
        assert (status, Numbers(text)["searchapp_searches_total{interface=api,mode=all}"]) == (200, 1)


def test_an_address_in_use_is_one_clear_line(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        (folder / "searchapp.toml").write_text(f'metrics_address = "{address}"\n')
        command = [sys.executable, "-m", "searchapp", "serve", "--port", "0"]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=20)
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith(f"Error: can't listen on {address}")
    assert "metrics_address" in result.stderr.splitlines()[-1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_processes_that_count_at_the_same_time_lose_nothing() -> None:
    metrics, times = Metrics(), 20_000
    metrics.register_routes(["/"])
    children = []
    for number in range(4):
        child = os.fork()
        if not child:
            metrics.use_row(number)
            for _ in range(times):
                metrics.request("/", 200, limited=False)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    assert metrics.counts().requests == {("/", "2xx"): 4 * times}


def test_counting_costs_a_request_next_to_nothing(config: Config, engine: MemoryEngine) -> None:
    metrics = Metrics()
    metrics.register_routes(["/api/search"])
    began = time.process_time()
    for _ in range(1_000):
        metrics.request("/api/search", 200, limited=False)
        metrics.search("api", "all", 3, 0.002)
    assert time.process_time() - began < 0.2
    assert metrics.counts().searches["api", "all"] == 1_000
