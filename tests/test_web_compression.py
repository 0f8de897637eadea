"""Answers as gzip: for those who take it, with tags of their own that are confirmed like the plain ones'."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from fieldnotes import blog
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.web import create_app

ADDRESSES = ["/", "/search?q=bread", "/api/search?q=bread", "/api/openapi.json", "/articles/nowhere.md", "/theme.css"]


@pytest.fixture
def client(config: Config, engine: MemoryEngine, tmp_path: Path) -> FlaskClient:
    theme = tmp_path / "theme.css"
    theme.write_text("/* quiet */ " * 200)
    return create_app(
        Config(content_dir=config.content_dir, index_dir=config.index_dir, theme=str(theme)), engine
    ).test_client()


def get(client: FlaskClient, url: str, **headers: str) -> TestResponse:
    response = client.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert response.data is not None
    response.close()
    return response


def addresses(client: FlaskClient) -> list[str]:
    style = re.search(r'href="(/static/site\.css[^"]+)"', client.get("/").text)
    assert style
    return [*ADDRESSES, style[1]]


def test_packed_is_the_same_and_smaller(client: FlaskClient) -> None:
    for url in addresses(client):
        plain, packed = get(client, url), get(client, url, Accept_Encoding="br, gzip;q=0.8")
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert {"Accept-Encoding"} <= set(plain.vary) & set(packed.vary)
        assert packed.status_code == plain.status_code
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) == packed.content_length < len(plain.data) / 2
        assert packed.mimetype == plain.mimetype


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "*;q=0", "gzip;q=nonsense"])
def test_plain_for_those_who_do_not_take_it(client: FlaskClient, accepted: str) -> None:
    response = client.get("/", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in response.headers
    assert b"<html" in response.data


def test_each_form_has_its_tag_and_either_is_confirmed(client: FlaskClient) -> None:
    for url in addresses(client):
        plain, packed = (get(client, url, Accept_Encoding=form) for form in ("identity", "gzip"))
        if "ETag" not in plain.headers:
            assert "ETag" not in packed.headers
            continue
        assert plain.headers["ETag"] != packed.headers["ETag"]
        for tag in (plain.headers["ETag"], packed.headers["ETag"]):
            for form in ("identity", "gzip"):
                again = get(client, url, Accept_Encoding=form, If_None_Match=tag)
                assert (again.status_code, again.headers["ETag"], again.data) == (304, tag, b"")
                assert "Accept-Encoding" in again.vary
        other = get(client, url, Accept_Encoding="gzip", If_None_Match='"other-gzip"')
        assert other.status_code == 200


def test_small_answers_are_left_alone(client: FlaskClient) -> None:
    response = client.get("/api/suggest?q=zzzzzz", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers


def test_a_part_of_a_file_is_plain(client: FlaskClient) -> None:
    style = addresses(client)[-1]
    whole = get(client, style).data
    response = get(client, style, Accept_Encoding="gzip", Range="bytes=10-29")
    assert (response.status_code, response.data) == (206, whole[10:30])
    assert "Content-Encoding" not in response.headers


def test_a_new_generation_is_packed_anew(client: FlaskClient, engine: MemoryEngine) -> None:
    headers = {"Accept-Encoding": "gzip"}
    before = gzip.decompress(client.get("/", headers=headers).data)
    engine.rebuild(blog()[:3])
    assert gzip.decompress(client.get("/", headers=headers).data) != before


def test_without_a_body_the_headers_are_the_same(client: FlaskClient) -> None:
    headers = {"Accept-Encoding": "gzip"}
    head, got = client.head("/", headers=headers), client.get("/", headers=headers)
    assert (head.data, head.headers["ETag"], head.headers["Content-Encoding"]) == (b"", got.headers["ETag"], "gzip")
    assert head.content_length == got.content_length
