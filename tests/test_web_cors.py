"""Which pages of other origins may read what: exact origins, reading only, and nothing left over for the next one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.web import create_app
from searchapp.web.http.security import HEADERS

BLOG, OTHER = "https://blog.example.org", "https://other.example"
BREAD = "posts/2021-02-14-bread.md"
SHARED = (
    "/api/search?q=bread",
    "/api/suggest?q=br",
    "/api/opensearch/suggest?q=br",
    f"/api/articles/{BREAD}",
    f"/api/articles/{BREAD}/related",
    "/api/openapi.json",
    "/api/search?page=0",
    "/api/articles/none.md",
    "/api/none",
    "/embed.js",
)
OURS_ONLY = ("/", "/search?q=bread", f"/articles/{BREAD}", "/healthz", "/feed.atom", "/opensearch.xml", "/robots.txt")
STRANGERS = (
    OTHER,
    "null",
    "",
    "*",
    f"{BLOG}/",
    f"{BLOG}:8443",
    "http://blog.example.org",
    "https://blog.example.org.evil.example",
    "https://evilblog.example.org",
    "HTTPS://BLOG.EXAMPLE.ORG",
    f"{BLOG}, {OTHER}",
)


@pytest.fixture
def client(config: Config, engine: MemoryEngine) -> FlaskClient:
    return create_app(replace(config, allowed_origins=(BLOG, "http://127.0.0.1:4000")), engine).test_client()


def allowed(client: FlaskClient, url: str, origin: str, method: str = "GET", **headers: str) -> str | None:
    return client.open(url, method=method, headers={"Origin": origin, **headers}).headers.get(
        "Access-Control-Allow-Origin"
    )


@pytest.mark.parametrize("url", SHARED)
def test_an_allowed_origin_reads_and_no_other(client: FlaskClient, url: str) -> None:
    for _ in range(2):  # what is kept, too
        assert allowed(client, url, OTHER) is None
        assert allowed(client, url, BLOG) == BLOG
        assert allowed(client, url, BLOG, "HEAD") == BLOG
        assert allowed(client, url, "http://127.0.0.1:4000") == "http://127.0.0.1:4000"
        assert client.get(url).headers.get("Access-Control-Allow-Origin") is None
    for origin in (BLOG, OTHER, ""):
        response = client.get(url, headers={"Origin": origin})
        assert "Origin" in response.vary, "a cache must not give one origin's headers to another"
        assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("origin", STRANGERS)
def test_whatever_is_not_exactly_allowed_is_not(client: FlaskClient, origin: str) -> None:
    assert allowed(client, "/api/search", origin) is None
    assert allowed(client, "/api/search", origin, "OPTIONS", **{"Access-Control-Request-Method": "GET"}) is None


@pytest.mark.parametrize("url", OURS_ONLY)
def test_pages_are_for_nobody_else(client: FlaskClient, url: str) -> None:
    response = client.get(url, headers={"Origin": BLOG})
    assert not [name for name, _ in response.headers if name.startswith("Access-Control")]
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_confirmed_copy_is_shared_as_the_answer_was(client: FlaskClient) -> None:
    tag = client.get("/api/search?q=bread", headers={"Origin": BLOG}).headers["ETag"]
    for origin, expected in ((BLOG, BLOG), (OTHER, None)):
        response = client.get("/api/search?q=bread", headers={"Origin": origin, "If-None-Match": tag})
        assert response.status_code == 304
        assert response.headers.get("Access-Control-Allow-Origin") == expected
        assert "Origin" in response.vary


def test_a_preflight_tells_what_is_allowed(client: FlaskClient) -> None:
    asked = {"Origin": BLOG, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    response = client.options("/api/search", headers=asked)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == BLOG
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert response.headers["Access-Control-Allow-Headers"] == "If-None-Match"
    for method in ("POST", "DELETE", "", "get"):
        for url in ("/api/search", "/api/related"):
            asked = {"Access-Control-Request-Method": method}
            assert allowed(client, url, BLOG, "OPTIONS", **asked) is None


def test_drafts_are_not_taken_from_other_sites(client: FlaskClient) -> None:
    response = client.post("/api/related", json={"text": "bread"}, headers={"Origin": BLOG})
    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response.headers


def test_without_origins_nothing_depends_on_who_asks(config: Config, engine: MemoryEngine) -> None:
    client = create_app(config, engine).test_client()
    for url in SHARED:
        response = client.get(url, headers={"Origin": BLOG})
        assert not [name for name, _ in response.headers if name.startswith("Access-Control")]
        assert "Origin" not in response.vary


@pytest.mark.parametrize(("url", "mimetype"), [("/embed.js", "text/javascript"), ("/embed.css", "text/css")])
def test_the_widget_may_be_loaded_by_any_page(client: FlaskClient, url: str, mimetype: str) -> None:
    response = client.get(url)
    assert response.mimetype == mimetype
    assert len(response.data) < 20_000
    assert response.headers.getlist("Cross-Origin-Resource-Policy") == ["cross-origin"]
    assert "max-age=3600" in response.headers["Cache-Control"]
    rest = {name: value for name, value in HEADERS.items() if name != "Cross-Origin-Resource-Policy"}
    assert all(response.headers[name] == value for name, value in rest.items())
    again = client.get(url, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.headers["ETag"]) == (304, response.headers["ETag"])


def test_the_style_of_the_widget_is_for_everybody(client: FlaskClient) -> None:
    assert allowed(client, "/embed.css", OTHER) == "*"
