"""How much one client may ask, who that is where proxies stand before the server, and who counts it together."""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import redises
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from test_serving import Server, post

from searchapp.config.loading import Config, load
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.errors import ConfigError
from searchapp.web import create_app
from searchapp.web.http.limits import LocalCounter, RateLimit, counter_of
from searchapp.web.http.limits.shared import RedisCounter

READER, OTHER = "9.9.9.9", "9.9.9.10"
"""Public ones: Python takes those for documentation for private."""
PROXY = "10.1.2.3"


def client_of(config: Config, engine: MemoryEngine, **settings: object) -> FlaskClient:
    return create_app(replace(config, **settings), engine).test_client()  # type: ignore[arg-type]


def status(client: FlaskClient, peer: str, url: str = "/api/search?q=bread", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(client.get(url, environ_base={"REMOTE_ADDR": peer}, headers=named)) as answer:
        return answer.status_code


def test_who_asks_too_much_is_told_when_to_come_back(config: Config, engine: MemoryEngine) -> None:
    client = client_of(config, engine, rate_limit=3)
    assert [status(client, READER) for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/api/search?q=bread", environ_base={"REMOTE_ADDR": READER})
    assert refused.mimetype == "application/problem+json"
    assert refused.json is not None
    assert refused.json["status"] == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 20
    assert refused.headers["Cache-Control"] == "no-store"
    page = client.get("/?q=bread", environ_base={"REMOTE_ADDR": READER})
    assert page.status_code == 429
    assert "Too many requests" in page.text
    assert status(client, OTHER) == 200


@pytest.mark.parametrize("url", ["/healthz", "/static/site.css"])
def test_what_costs_nothing_has_no_limit(config: Config, engine: MemoryEngine, url: str) -> None:
    client = client_of(config, engine, rate_limit=1)
    assert status(client, READER) == 200
    assert {status(client, READER, url) for _ in range(5)} <= {200, 404}
    assert status(client, READER) == 429


def test_a_draft_costs_more_than_a_search(config: Config, engine: MemoryEngine) -> None:
    client = client_of(config, engine, rate_limit=9)
    draft = {"json": {"title": "Bread"}, "environ_base": {"REMOTE_ADDR": READER}}
    assert client.post("/api/related", **draft).status_code == 200  # type: ignore[arg-type]
    assert client.post("/api/related", **draft).status_code == 429  # type: ignore[arg-type]
    assert [status(client, READER) for _ in range(5)] == [200] * 4 + [429]


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "10.0.0.9", "192.168.1.4", "172.17.0.1", "fd00::1", "", "unix"])
def test_who_may_be_a_proxy_that_stands_for_all_has_no_limit(config: Config, engine: MemoryEngine, peer: str) -> None:
    client = client_of(config, engine, rate_limit=1)
    assert {status(client, peer) for _ in range(5)} == {200}


def test_no_limit_at_all_if_so_configured(config: Config, engine: MemoryEngine) -> None:
    client = client_of(config, engine, rate_limit=0)
    assert {status(client, READER) for _ in range(700)} == {200}


def test_an_ipv6_client_has_all_of_its_network_to_ask_from(config: Config, engine: MemoryEngine) -> None:
    client = client_of(config, engine, rate_limit=2)
    assert [status(client, f"2620:fe:1:2::{number}") for number in range(1, 4)] == [200, 200, 429]
    assert status(client, "2620:fe:1:3::1") == 200
    assert status(client, f"::ffff:{READER}") == 200


def test_a_believed_proxy_says_who_asks(config: Config, engine: MemoryEngine) -> None:
    client = client_of(config, engine, rate_limit=1, trusted_proxies=("10.0.0.0/8",))
    assert [status(client, PROXY, X_Forwarded_For=READER) for _ in range(2)] == [200, 429]
    assert status(client, PROXY, X_Forwarded_For=OTHER) == 200
    # What the client itself has written stands first and is not believed; proxies behind each other are.
    assert status(client, PROXY, X_Forwarded_For=f"198.51.100.1, {READER}, 10.9.9.8") == 429
    assert status(client, PROXY, X_Forwarded_For=f"{READER}:4711") == 429
    # In the words of a proxy that is believed, an address within a network is a client like any other.
    assert [status(client, PROXY, X_Forwarded_For="192.168.1.4") for _ in range(2)] == [200, 429]


@pytest.mark.parametrize("said", ["unknown", "", ",", "<script>", "203.0.113.7.8", "[", "a, b", "\u00e9"])
def test_nonsense_from_a_believed_proxy_names_nobody(config: Config, engine: MemoryEngine, said: str) -> None:
    client = client_of(config, engine, rate_limit=1, trusted_proxies=(f"{PROXY}/32",))
    assert {status(client, PROXY, X_Forwarded_For=said) for _ in range(3)} == {200}


def test_anybody_else_says_it_in_vain(config: Config, engine: MemoryEngine, caplog: pytest.LogCaptureFixture) -> None:
    client = client_of(config, engine, rate_limit=1, trusted_proxies=(f"{PROXY}/32",))
    told = [status(client, READER, X_Forwarded_For=f"198.51.100.{number}") for number in range(4)]
    assert told == [200, 429, 429, 429]
    # Who runs the server hears of it once: the peer may be a proxy that was forgotten.
    assert [record.message for record in caplog.records if "trusted_proxies" in record.message] == [
        f"too many requests from {READER}; if that is a proxy of yours, name it in trusted_proxies"
    ]


def test_a_believed_proxy_says_under_which_address_readers_came(config: Config, engine: MemoryEngine) -> None:
    client = client_of(config, engine, trusted_proxies=(f"{PROXY}/32",))
    forwarded = {"X-Forwarded-For": READER, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "blog.example.org"}
    for peer, shown in ((PROXY, "https://blog.example.org/"), (READER, "http://localhost/")):
        answer = client.get("/opensearch.xml", environ_base={"REMOTE_ADDR": peer}, headers=forwarded)
        assert f'template="{shown}' in answer.text


def test_only_the_hosts_that_are_named_are_answered_for(config: Config, engine: MemoryEngine) -> None:
    client = client_of(config, engine, trusted_hosts=("search.example.org", ".example.net"))
    for host, expected in (
        ("search.example.org", 200),
        ("search.example.org:8443", 200),
        ("a.example.net", 200),
        ("example.org", 400),
        ("search.example.org.evil.example", 400),
        ("", 400),
        ("a b", 400),
    ):
        answer = client.get("/api/search", headers={"Host": host})
        assert answer.status_code == expected, host
        if expected == 400:
            assert "Host" in answer.json["detail"]  # type: ignore[index]
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("url", ["/healthz", "/readyz", "/metrics"])
def test_what_watches_a_server_asks_by_its_address(config: Config, engine: MemoryEngine, url: str) -> None:
    client = client_of(config, engine, trusted_hosts=("search.example.org",), metrics_token="token")
    headers = {"Host": "10.0.0.7:8000", "Authorization": "Bearer token"}
    assert client.get(url, headers=headers).status_code == 200
    assert client.get("/search", headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('trusted_proxies = ["10.0.0.1/8"]', "has host bits set"),
        ('trusted_proxies = ["proxy.example.org"]', "trusted_proxies must be a list of addresses and networks"),
        ("trusted_proxies = 7", "trusted_proxies must be a list"),
        ('trusted_hosts = ["https://example.org"]', "trusted_hosts must be a list of names"),
        ("rate_limit = -1", "rate_limit must be a whole number from 0"),
        ('redis_url = "http://:hunter2@example.org"', "redis_url must be the address of a Redis or Valkey"),
    ],
)
def test_bad_settings_are_told_with_their_line(tmp_path: Path, line: str, complaint: str) -> None:
    file = tmp_path / "searchapp.toml"
    file.write_text(f'site_title = "Field Notes"\n{line}\n')
    with pytest.raises(ConfigError, match=r"searchapp\.toml:2: ") as caught:
        load(file)
    assert complaint in str(caught.value)
    assert "hunter2" not in str(caught.value)


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(1, 3)), max_size=60))
def test_no_more_is_let_through_than_the_budget_has(requests: list[tuple[float, int]]) -> None:
    """Against a bucket that fills up: what is counted with one number is what is counted with two."""
    budget, now = RateLimit(2.0, 4.0), 100.0
    counts, left, seen = LocalCounter(1), budget.burst, now
    with pytest.MonkeyPatch.context() as patch:
        for pause, cost in requests:
            now += pause
            patch.setattr("searchapp.web.http.limits.counting.time.monotonic", lambda now=now: now)
            left, seen = min(budget.burst, left + (now - seen) * budget.rate), now
            wait = counts.take(READER, cost, budget)
            if abs(left - cost) > 1e-6:
                assert (wait == 0) == (left >= cost)
            if wait == 0:
                left -= cost
            else:
                assert wait == pytest.approx((cost - left) / budget.rate, abs=1e-6)


def test_processes_count_together() -> None:
    counts, budget = LocalCounter(), RateLimit(0.001, 10.0)
    allowed = 0
    for _ in range(4):
        read, write = os.pipe()
        if not os.fork():
            taken = sum(counts.take(READER, 1.0, budget) == 0 for _ in range(5))
            os.write(write, bytes([taken]))
            os._exit(0)
        os.close(write)
        allowed += os.read(read, 1)[0]
        os.close(read)
        os.wait()
    assert allowed == 10


@pytest.fixture(scope="module")
def redis() -> Iterator[redises.Redis]:
    if lacking := redises.missing():
        pytest.skip(f"no Redis: {lacking}")
    with closing(redises.Redis()) as running:
        yield running


def test_machines_count_together(redis: redises.Redis) -> None:
    here, there = (RedisCounter(redis.url, LocalCounter()) for _ in range(2))
    budget = RateLimit(0.05, 5.0)
    waits = [each.take("a", 1.0, budget) for each in (here, there) * 4]
    assert [wait == 0 for wait in waits] == [True] * 5 + [False] * 3
    assert waits[-1] == pytest.approx(20, abs=2)
    assert here.take("b", 1.0, budget) == 0


def test_it_fills_up_again_and_is_forgotten(redis: redises.Redis) -> None:
    counts, budget = RedisCounter(redis.url, LocalCounter()), RateLimit(10.0, 1.0)
    assert counts.take("c", 1.0, budget) == 0
    wait = counts.take("c", 1.0, budget)
    assert 0 < wait <= 0.1
    time.sleep(wait + 0.01)
    assert counts.take("c", 1.0, budget) == 0


def test_a_redis_that_does_not_answer_holds_nobody_up(redis: redises.Redis, caplog: pytest.LogCaptureFixture) -> None:
    counts, budget = RedisCounter(redis.url, LocalCounter()), RateLimit(0.01, 2.0)
    assert counts.take("d", 1.0, budget) == 0
    with redis.silent():
        began = time.monotonic()
        waits = [counts.take("d", 1.0, budget) for _ in range(50)]
        assert time.monotonic() - began < 2
    # Meanwhile this machine counts for itself.
    assert [wait == 0 for wait in waits[:3]] == [True, True, False]
    assert len(caplog.records) == 1
    assert redis.url not in caplog.text


def test_an_unreachable_redis_is_no_error_of_the_readers(config: Config, engine: MemoryEngine) -> None:
    pytest.importorskip("redis")
    client = client_of(config, engine, rate_limit=2, redis_url="redis://:hunter2@127.0.0.1:1/0")
    assert [status(client, READER) for _ in range(3)] == [200, 200, 429]


def test_without_a_redis_each_machine_counts_for_itself(config: Config) -> None:
    assert isinstance(counter_of(config), LocalCounter)


def test_the_workers_of_a_server_count_together(tmp_path: Path) -> None:
    post(tmp_path, "a.md", "Bread")
    (tmp_path / "searchapp.toml").write_text('rate_limit = 20\ntrusted_proxies = ["127.0.0.1"]\n')
    with closing(Server(tmp_path)) as server:
        found = []
        began = time.monotonic()
        for number in range(40):
            connection = http.client.HTTPConnection(*server.address, timeout=20)
            connection.request("GET", f"/api/search?q=a{number}", headers={"X-Forwarded-For": READER})
            found.append(connection.getresponse().status)
            connection.close()
        # A third of a request comes back each second.
        assert 20 <= found.count(200) <= 21 + (time.monotonic() - began) / 3
        assert set(found) == {200, 429}
