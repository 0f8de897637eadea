"""What counts as a search or a click, over HTTP: once each, final, by somebody, and with what was found."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from fieldnotes import blog
from flask import Flask
from flask.testing import FlaskClient

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.model import Query, Results
from searchapp.querylog import AnswerKind, Click, Search
from searchapp.querylog.entries import Entry
from searchapp.web import create_app
from searchapp.web.http.limits.counting import TokenBucket
from searchapp.web.state import State

BREAD = "posts/2021-02-14-bread.md"
RYE = "posts/2021-11-02-rye.md"
BLOG = "https://blog.example.org"


class Counting(MemoryEngine):
    """Counts searches."""

    searches = 0

    def search(self, query: Query) -> Results:
        self.searches += 1
        return super().search(query)


@pytest.fixture
def engine() -> Counting:
    engine = Counting()
    engine.rebuild(blog())
    return engine


@pytest.fixture
def app(config: Config, engine: Counting) -> Flask:
    return create_app(replace(config, allowed_origins=(BLOG,)), engine)


def noted(client: FlaskClient) -> list[Entry]:
    """What this application has noted so far, before it is written."""
    state = client.application.extensions["searchapp"]
    assert isinstance(state, State)
    assert state.log is not None
    return [*state.log._batch, *state.log._waiting]


def sought(client: FlaskClient) -> list[tuple[str, str, int]]:
    return [(each.interface.name, each.query, each.total) for each in noted(client) if isinstance(each, Search)]


def clicked(client: FlaskClient) -> list[tuple[str, str, str, int]]:
    return [
        (each.interface.name, each.query, each.article, each.rank) for each in noted(client) if isinstance(each, Click)
    ]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is noted stays in memory while a test looks at it."""
    monkeypatch.setattr("searchapp.querylog.writer.LINGER", 3.0)


def test_a_submitted_search_counts_whoever_answers_it(app: Flask, engine: Counting, config: Config) -> None:
    client, other = app.test_client(), create_app(replace(config, allowed_origins=(BLOG,)), engine).test_client()
    tag = client.get("/search?q=bread").headers["ETag"]
    client.get("/search?q=bread")
    before = engine.searches
    assert client.get("/search?q=bread", headers={"If-None-Match": tag}).status_code == 304
    assert other.get("/search?q=bread", headers={"If-None-Match": tag}).status_code == 304
    packed = client.get("/search?q=bread", headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert other.get("/search?q=bread", headers={"If-None-Match": packed}).status_code == 304
    assert engine.searches == before, "what was found is told without a search"
    total = client.get("/api/search?q=bread").get_json()["total"]
    assert sought(client)[:4] == [("PAGE", "bread", total)] * 4
    assert sought(other) == [("PAGE", "bread", total)] * 2


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/?q=rye", [("PAGE", "rye", 1)]),
        ("/search?q=zebra", [("PAGE", "zebra", 0)]),
        ("/api/search?q=rye", [("API", "rye", 1)]),
        ("/feed.atom?q=rye", [("FEED", "rye", 1)]),
        ("/", []),
        ("/search?tag=bread", []),
        ("/search?q=rye&page=2", []),
        ("/search?q=ry&live=1", []),
        ("/search?q=rye&fragment=1", []),
        ("/api/search?q=ry&live=1", []),
        ("/api/suggest?q=rye", []),
        ("/explain?q=rye", []),
        ("/search?q=rye&page=0", []),
        ("/healthz", []),
    ],
)
def test_what_counts(client: FlaskClient, url: str, expected: list[Any]) -> None:
    client.get(url)
    assert sought(client) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"Cache-Control": "max-age=0"},
        {"Cache-Control": "no-cache"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "UptimeRobot/2.0"},
        {"Sec-Fetch-Dest": "image"},
        {"Referer": "http://localhost/search?q=rye&tag=rye"},
        {"Referer": "http://localhost/?q=%20rye"},
    ],
)
def test_who_seeks_nothing_now_is_not_counted(client: FlaskClient, headers: dict[str, str]) -> None:
    client.get("/search?q=rye", headers=headers)
    assert sought(client) == []


@pytest.mark.parametrize(
    "referer",
    ["http://localhost/search?q=bread", "http://localhost/articles/a?q=rye", "https://x.org/search?q=rye", "::"],
)
def test_who_comes_from_elsewhere_is(client: FlaskClient, referer: str) -> None:
    client.get("/search?q=rye", headers={"Referer": referer})
    assert sought(client) == [("PAGE", "rye", 1)]


def test_heads_scripts_and_followers_are_not(client: FlaskClient) -> None:
    client.head("/search?q=rye")
    client.get("/api/search?q=rye", headers={"Sec-Fetch-Site": "same-origin"})
    client.get("/api/search?q=rye", headers={"Origin": BLOG})
    client.get("/feed.atom?q=rye", headers={"If-Modified-Since": "Tue, 24 Nov 2026 00:00:00 GMT"})
    assert sought(client) == []


def test_filters_and_how_it_was_answered_are_noted(client: FlaskClient) -> None:
    client.get("/search?q=bread&tag=rye&year=2021&sort=newest&per_page=5")
    client.get("/search?q=bread+bees")
    client.get("/search?q=sourdogh")
    found = [each for each in noted(client) if isinstance(each, Search)]
    assert [each.filters for each in found] == [(("tag", "rye"), ("year", "2021")), (), ()]
    assert [each.outcome for each in found] == [AnswerKind.ALL, AnswerKind.ANY, AnswerKind.CORRECTED]


def test_an_article_opened_without_scripts_is_a_click(client: FlaskClient) -> None:
    here = {"Referer": "http://localhost/search?q=rye&page=2"}
    client.get(f"/articles/{RYE}?q=rye", headers=here)
    client.get(f"/articles/{RYE}?q=rye", headers={**here, "If-None-Match": "*"})
    expected = [("PAGE", "rye", RYE, 0)] * 2
    assert clicked(client) == expected
    client.get(f"/articles/{RYE}?q=rye")
    client.get(f"/articles/{RYE}", headers=here)
    client.get(f"/articles/{RYE}?q=bread", headers=here)
    client.get(f"/articles/{RYE}?q=rye", headers={"Referer": f"http://localhost/articles/{RYE}?q=rye"})
    client.get(f"/articles/{RYE}?q=rye", headers={**here, "Cache-Control": "max-age=0"})
    client.get("/articles/none.md?q=rye", headers=here)
    assert clicked(client) == expected
    assert sought(client) == []


def send(client: FlaskClient, body: Any, mimetype: str = "text/plain", **headers: str) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/api/intents", data=data, content_type=mimetype, headers=headers).status_code


def test_a_script_tells_what_is_final(client: FlaskClient) -> None:
    body = {"search": "?q=whoosh&tag=b&tag=a&live=1", "interface": "live", "total": 3, "mode": "any"}
    assert send(client, {**body, "clicks": [{"id": BREAD, "rank": 2}, {"id": "none.md", "rank": 1}]}) == 204
    assert send(client, {"search": "q=rye", "interface": "widget", "clicks": [{"id": RYE}]}, "application/json") == 204
    assert sought(client) == [("LIVE", "whoosh", 3)]
    assert clicked(client) == [("LIVE", "whoosh", BREAD, 2), ("WIDGET", "rye", RYE, 0)]
    first = noted(client)[0]
    assert isinstance(first, Search)
    assert (first.filters, first.outcome) == ((("tag", "a"), ("tag", "b")), AnswerKind.ANY)


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"\xff", "body"),
        (b"[" * 5_000, "body"),
        ([], "body"),
        ({}, "search"),
        ({"search": 1}, "search"),
        ({"search": "&".join(["a=1"] * 300)}, "search"),
        ({"search": "q=a&page=0"}, "page"),
        ({"search": "q=a&q=b"}, "q"),
        ({"search": "q=a", "interface": "api"}, "interface"),
        ({"search": "q=a", "interface": []}, "interface"),
        ({"search": "q=a", "total": -1}, "total"),
        ({"search": "q=a", "total": True}, "total"),
        ({"search": "q=a", "total": 1e3}, "total"),
        ({"search": "q=a", "total": 1, "mode": "most"}, "mode"),
        ({"search": "q=a", "total": 1, "mode": []}, "mode"),
        ({"search": "q=a", "total": 1, "corrected": 1}, "corrected"),
        ({"search": "q=a", "clicks": {}}, "clicks"),
        ({"search": "q=a", "clicks": [1]}, "clicks"),
        ({"search": "q=a", "clicks": [{"id": 1}]}, "clicks"),
        ({"search": "q=a", "clicks": [{"id": BREAD}] * 11}, "clicks"),
        ({"search": "q=a", "clicks": [{"id": BREAD, "rank": 1_001}]}, "rank"),
        ({"search": "q=a", "clicks": [{"id": BREAD, "rank": "1"}]}, "rank"),
    ],
)
def test_mistakes_are_named(client: FlaskClient, body: Any, parameter: str) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body)
    response = client.post("/api/intents", data=data, content_type="text/plain")
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    assert response.get_json()["parameter"] == parameter
    assert noted(client) == []


def test_who_may_tell(client: FlaskClient) -> None:
    body = {"search": "q=rye", "total": 1}
    assert send(client, body, Origin=BLOG) == 204
    assert send(client, body, Origin="http://localhost") == 204
    assert send(client, body, Origin="https://public.example", **{"Sec-Fetch-Site": "same-origin"}) == 204
    for origin in ("null", "https://evil.example", f"{BLOG}.evil.example"):
        assert send(client, body, Origin=origin) == 403
    assert send(client, body, "application/x-www-form-urlencoded") == 415
    assert send(client, b" " * 8_001) == 413
    assert client.get("/api/intents").status_code == 405
    assert len(noted(client)) == 3


def test_what_may_be_told_is_bounded(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = TokenBucket(rate=0, burst=3)
    state = client.application.extensions["searchapp"]
    client.application.extensions["searchapp"] = replace(state, intents=bucket)
    assert [send(client, {"search": "q=rye", "total": 1}) for _ in range(9)] == [204] * 9
    assert len(noted(client)) == 3


def test_a_bucket_fills_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("searchapp.web.http.limits.counting.time.monotonic", lambda: now[0])
    bucket = TokenBucket(rate=2, burst=3)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now[0] = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now[0] = 60
    assert sum(bucket.take() for _ in range(9)) == 3


def test_switched_off_nothing_is_noted_or_sent(config: Config, engine: Counting) -> None:
    client = create_app(replace(config, query_log=False), engine).test_client()
    page = client.get("/search?q=rye").text
    assert "intents" not in page
    assert "const NOTED = false" in client.get("/embed.js").text
    assert send(client, {"search": "q=rye", "total": 1, "clicks": [{"id": RYE}]}) == 204
    client.get(f"/articles/{RYE}?q=rye", headers={"Referer": "http://localhost/search?q=rye"})
    assert not config.desk_dir.exists()


def test_switched_on_the_page_says_what_was_found(client: FlaskClient) -> None:
    page = client.get("/search?q=bread&page=2&per_page=3").text
    assert 'data-intents="/api/intents"' in page
    assert 'data-first="4"' in page
    assert "const NOTED = true" in client.get("/embed.js").text


def test_nobody_is_in_the_file(client: FlaskClient, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchapp.querylog.writer.LINGER", 0.0)
    client.get(
        "/search?q=rye+jane@example.org",
        headers={"User-Agent": "Curious/1.0", "Referer": "https://elsewhere.example/", "Cookie": "visitor=4711"},
        environ_overrides={"REMOTE_ADDR": "192.0.2.77"},
    )
    client.application.extensions["searchapp"].log.close()
    data = b"".join(path.read_bytes() for path in config.desk_dir.iterdir())
    assert b"rye [e-mail]" in data
    for secret in (b"jane", b"Curious", b"elsewhere", b"4711", b"192.0.2.77"):
        assert secret not in data
