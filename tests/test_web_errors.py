"""Errors as problems and as pages, headers, static files, and a host that is never repeated."""

from __future__ import annotations

import io
from typing import NoReturn

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.errors import IndexDamagedError
from searchapp.model import Query, Results
from searchapp.web import create_app

PAGES = ["/", "/search?q=bread", "/articles/posts/2021-02-14-bread.md", "/none", "/search?page=0"]
MACHINES = ["/api/search", "/healthz", "/api/openapi.json", "/api/none", "/api/search?page=0"]


class Broken(MemoryEngine):
    """An engine whose searches fail with what it is given."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.rebuild([])
        self.error = error

    def search(self, query: Query) -> Results:
        raise self.error


@pytest.mark.parametrize("url", PAGES + MACHINES)
def test_headers(client: FlaskClient, url: str) -> None:
    headers = client.get(url).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("url", [*PAGES, *MACHINES, "//", "//evil.example/x", "/search/", "/articles/old/bread.html"])
def test_the_host_is_never_repeated(client: FlaskClient, url: str) -> None:
    response = client.get(url, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in response.text.replace("//evil.example/x", "")
    assert "evil.example" not in response.headers.get("Location", "")


@pytest.mark.parametrize(
    ("url", "machine"),
    [("/none", False), ("/api/none", True), ("/api", True), ("/api/", True), ("/apix", False)],
)
def test_not_found(client: FlaskClient, url: str, machine: bool) -> None:
    response = client.get(url)
    assert response.status_code == 404
    assert response.mimetype == ("application/problem+json" if machine else "text/html")


def test_wrong_method(client: FlaskClient) -> None:
    response = client.post("/api/search")
    assert (response.status_code, response.mimetype) == (405, "application/problem+json")
    assert "GET" in response.headers["Allow"]
    assert client.delete("/search").mimetype == "text/html"
    assert client.get("/api/related").status_code == 405


def test_head_and_options(client: FlaskClient) -> None:
    head = client.head("/api/search?q=bread")
    assert (head.status_code, head.data) == (200, b"")
    assert "GET" in client.options("/api/search").headers["Allow"]


@pytest.mark.parametrize("url", ["/", "/search?q=x", "/articles/x.md"])
def test_no_index_as_a_page(config: Config, url: str) -> None:
    response = create_app(config, MemoryEngine()).test_client().get(url)
    assert response.status_code == 503
    assert "searchapp index" in response.text
    assert response.headers["Retry-After"]


@pytest.mark.parametrize(
    "url", ["/api/search", "/api/suggest?q=x", "/api/articles/x.md", "/api/articles/x.md/related", "/healthz"]
)
def test_no_index_as_a_problem(config: Config, url: str) -> None:
    response = create_app(config, MemoryEngine()).test_client().get(url)
    assert (response.status_code, response.mimetype) == (503, "application/problem+json")
    assert "searchapp index" in response.get_json(force=True)["detail"]


def test_a_damaged_index_says_rebuild_and_nothing_internal(config: Config) -> None:
    app = create_app(config, Broken(IndexDamagedError("/secret/path: checksum differs")))
    response = app.test_client().get("/")
    assert response.status_code == 503
    assert "searchapp index --rebuild" in response.text
    assert "secret" not in response.text


@pytest.mark.parametrize("url", ["/search", "/api/search"])
def test_a_bug_shows_nothing_internal(config: Config, url: str, caplog: pytest.LogCaptureFixture) -> None:
    response = create_app(config, Broken(RuntimeError("secret internals"))).test_client().get(url)
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert "secret internals" in caplog.text


def test_too_many_requests_keeps_retry_after(app: Flask) -> None:
    @app.get("/api/busy")
    def busy() -> NoReturn:
        abort(429)

    response = app.test_client().get("/api/busy")
    assert (response.status_code, response.get_json(force=True)["title"]) == (429, "Too Many Requests")


def test_bodies_without_a_length_are_bounded(client: FlaskClient) -> None:
    response = client.post(
        "/api/related",
        input_stream=io.BytesIO(b"[" * 2_000_000),
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert response.status_code == 413


def test_static_files_are_kept_by_browsers_in_their_present_version(client: FlaskClient) -> None:
    page = client.get("/").text
    url = page.split('rel="stylesheet" href="')[1].split('"')[0]
    with client.get(url) as response:
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    with client.get("/static/site.css?v=old") as response:
        assert response.headers["Cache-Control"] == "no-cache"
    for url in ("/static/../pages.py", "/static/none.css", "/static/%2e%2e/pages.py"):
        assert client.get(url).status_code == 404


def test_below_a_mount_point(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/search?q=bread", environ_overrides={"SCRIPT_NAME": "/find"}).text
    links = [part.split('"')[0] for part in page.split('href="')[1:]]
    assert links
    assert all(link.startswith(("/find/", "#")) for link in links)
    found = client.get("/api/search?q=bread", environ_overrides={"SCRIPT_NAME": "/find"}).get_json()
    assert found["hits"][0]["url"].startswith("/find/articles/")
