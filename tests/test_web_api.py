"""The JSON API through the application."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from fieldnotes import HOSTILE, blog
from flask.testing import FlaskClient

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.web import create_app

BREAD = "posts/2021-02-14-bread.md"


def get(client: FlaskClient, url: str, status: int = 200) -> Any:
    response = client.get(url)
    assert response.status_code == status, response.text
    kind = "application/json" if status == 200 else "application/problem+json"
    assert response.mimetype == kind
    return response.get_json(force=True)


def test_search(client: FlaskClient) -> None:
    found = get(client, "/api/search?q=bread&per_page=2")
    assert (found["query"], found["mode"], found["page"], found["per_page"]) == ("bread", "all", 1, 2)
    assert found["total"] == 3
    assert found["pages"] == 2
    assert len(found["hits"]) == 2
    assert any("<mark>" in hit["highlights"]["body"] for hit in found["hits"])
    assert {each["value"] for each in found["facets"]["category"]} == {"Kitchen", "Travel"}


def test_browsing_lists_everything_newest_first(client: FlaskClient) -> None:
    found = get(client, "/api/search?per_page=100")
    assert found["total"] == len(blog())
    dates = [hit["date"] for hit in found["hits"]]
    assert dates[-1] is None
    assert dates[:-1] == sorted(dates[:-1], reverse=True)


def test_filters_narrow_and_are_marked(client: FlaskClient) -> None:
    found = get(client, "/api/search?category=kitchen&year=2021&year=2022")
    assert {hit["id"] for hit in found["hits"]} == {
        BREAD,
        "posts/2021-11-02-rye.md",
        "posts/2022-07-19-pickles.md",
        "posts/2022-03-30-tomatoes.md",
    }
    selected = [each["value"] for each in found["facets"]["category"] if each["selected"]]
    assert selected == ["Kitchen"]


def test_a_page_past_the_end_is_empty_with_the_right_total(client: FlaskClient) -> None:
    found = get(client, "/api/search?page=999999")
    assert (found["hits"], found["total"], found["page"]) == ([], len(blog()), 999999)


def test_mode_any(client: FlaskClient) -> None:
    found = get(client, "/api/search?q=bread+zebra")
    assert found["mode"] == "any"
    assert found["total"] > 0


def test_an_unchanged_answer_travels_once(client: FlaskClient) -> None:
    first = client.get("/api/search?q=bread")
    assert first.headers["Cache-Control"] == "no-cache"
    etag = first.headers["ETag"]
    again = client.get("/api/search?q=bread&page=1&utm=x", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/api/search?q=breads", headers={"If-None-Match": etag})
    assert other.status_code == 200


def test_etag_changes_with_the_index(client: FlaskClient, engine: MemoryEngine) -> None:
    etag = client.get("/api/search").headers["ETag"]
    engine.update([replace(blog()[0], digest="new")], ())
    assert client.get("/api/search", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("url", "parameter"),
    [
        ("/api/search?page=0", "page"),
        ("/api/search?per_page=1000", "per_page"),
        ("/api/search?year=abc", "year"),
        ("/api/search?sort=best", "sort"),
        ("/api/search?after=x", "after"),
        ("/api/search?q=a&q=b", "q"),
        ("/api/suggest?q=a&q=b", "q"),
        ("/api/suggest?q=a&limit=0", "limit"),
        (f"/api/articles/{BREAD}/related?limit=101", "limit"),
    ],
)
def test_bad_parameters(client: FlaskClient, url: str, parameter: str) -> None:
    problem = get(client, url, 400)
    assert problem["parameter"] == parameter
    assert parameter in problem["detail"]
    assert (problem["status"], problem["title"], problem["type"]) == (400, "Bad Request", "about:blank")


@pytest.mark.parametrize(
    "q",
    [
        "x" * 2000,
        "%00",
        "%ED%A0%80",
        "%FF%FE",
        "((((((((",
        '"""',
        "NOT NOT OR OR",
        "a* *b *",
        "-" * 500,
        "title: tag: after:",
        "[" * 2000,
        "%3Cscript%3E",
        "%E2%80%AE%F0%9F%92%A9",
    ],
)
def test_no_query_is_an_error(client: FlaskClient, q: str) -> None:
    get(client, f"/api/search?q={q}")
    get(client, f"/api/suggest?q={q}")


def test_highlights_escape_what_articles_contain(client: FlaskClient) -> None:
    found = get(client, "/api/search?q=hostile")
    hit = next(hit for hit in found["hits"] if hit["id"] == "posts/hostile.md")
    assert hit["title"] == f"Hostile {HOSTILE}"
    assert hit["url"] == "/articles/posts/hostile.md"
    assert "<script" not in json.dumps(hit["highlights"])
    assert hit["highlights"]["title"].startswith("<mark>Hostile</mark> &lt;script&gt;")


def test_suggest(client: FlaskClient) -> None:
    found = get(client, "/api/suggest?q=nig")
    assert found["query"] == "nig"
    assert {"text": "Night trains across the Alps", "kind": "article"}.items() <= found["suggestions"][0].items()
    assert get(client, "/api/suggest") == {"query": "", "suggestions": []}


def test_article(client: FlaskClient) -> None:
    found = get(client, f"/api/articles/{BREAD}")
    assert found["title"] == "Sourdough for patient people"
    assert found["url"] == f"/articles/{BREAD}"
    assert found["date"] == "2021-02-14T09:00:00+02:00"
    assert [each["anchor"] for each in found["sections"]] == [
        "",
        "what-you-need",
        "step-by-step",
        "what-went-wrong",
    ]


def test_article_with_a_strange_id(client: FlaskClient) -> None:
    found = get(client, "/api/search?q=Werkstatt")
    url = found["hits"][0]["url"]
    assert url == "/articles/pages/%C3%BCber%20uns%20%231%3F.md"
    assert get(client, f"/api{url}")["id"] == "pages/über uns #1?.md"


def test_an_id_may_hold_a_line_break_as_file_names_may(engine: MemoryEngine, client: FlaskClient) -> None:
    engine.update([replace(blog()[0], id="notes/two\nlines.md", digest="new")], [])
    url = "/articles/notes/two%0Alines.md"
    assert get(client, f"/api{url}")["url"] == url
    assert get(client, f"/api{url}/related")["article"]["id"] == "notes/two\nlines.md"
    assert client.get(url).status_code == 200


def test_urls_lead_to_the_blog_if_it_is_known(config: Config, engine: MemoryEngine) -> None:
    client = create_app(replace(config, site_url="https://example.org"), engine).test_client()
    assert get(client, f"/api/articles/{BREAD}")["url"] == "https://example.org/2021/bread/"
    assert get(client, "/api/articles/posts/hostile.md")["url"] == "/articles/posts/hostile.md"


@pytest.mark.parametrize(
    "id",
    ["none.md", "../secret.md", "%2e%2e/%2e%2e/etc/passwd", "a%00b", "x" * 3000, "a//b", "/etc/passwd", "."],
)
@pytest.mark.parametrize("tail", ["", "/related"])
def test_unknown_articles(client: FlaskClient, id: str, tail: str) -> None:
    assert get(client, f"/api/articles/{id}{tail}", 404)["status"] == 404


def test_related(client: FlaskClient) -> None:
    found = get(client, f"/api/articles/{BREAD}/related?limit=3")
    assert found["article"]["id"] == BREAD
    assert 1 <= len(found["hits"]) <= 3
    assert BREAD not in {hit["id"] for hit in found["hits"]}
    assert all(hit["reasons"] and ": " in hit["reasons"][0] for hit in found["hits"])


def test_related_to_a_draft(client: FlaskClient) -> None:
    draft = {"title": "Baking bread", "text": "Fermentation of rye.", "tags": ["bread"], "limit": 2}
    response = client.post("/api/related", json=draft)
    found = response.get_json()
    assert response.status_code == 200
    assert found["article"] is None
    assert 1 <= len(found["hits"]) <= 2
    assert "bread" in found["hits"][0]["tags"]


def test_an_empty_draft_is_like_nothing(client: FlaskClient) -> None:
    response = client.post("/api/related", json={})
    assert (response.status_code, response.get_json()) == (200, {"article": None, "hits": []})


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ("", "body"),
        ("[]", "body"),
        ("{", "body"),
        ("[" * 100_000, "body"),
        ('{"a":' * 50_000, "body"),
        ("9" * 6000, "body"),
        ('{"title": 1}', "title"),
        ('{"text": null}', "text"),
        ('{"tags": "x"}', "tags"),
        ('{"tags": [1]}', "tags"),
        (json.dumps({"categories": ["x"] * 101}), "categories"),
        ('{"limit": 0}', "limit"),
        ('{"limit": true}', "limit"),
        ('{"limit": 1e999}', "limit"),
    ],
)
def test_bad_drafts(client: FlaskClient, body: str, parameter: str) -> None:
    response = client.post("/api/related", data=body, content_type="application/json")
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert response.get_json(force=True)["parameter"] == parameter


def test_drafts_may_hold_any_characters(client: FlaskClient) -> None:
    body = '{"title": "\\ud800 \\u0000", "text": "bread \\udfff", "tags": ["\\ud800", ""]}'
    assert client.post("/api/related", data=body, content_type="application/json").status_code == 200
    response = client.post("/api/related", data=b'{"title": "\xff"}', content_type="application/json")
    assert response.status_code == 400


def test_drafts_must_be_json(client: FlaskClient) -> None:
    response = client.post("/api/related", data={"title": "x"})
    assert (response.status_code, response.mimetype) == (415, "application/problem+json")


def test_large_bodies_are_refused(client: FlaskClient) -> None:
    response = client.post("/api/related", json={"text": "x" * 1_000_001})
    assert (response.status_code, response.mimetype) == (413, "application/problem+json")


def test_healthz(client: FlaskClient) -> None:
    found = get(client, "/healthz")
    assert (found["status"], found["articles"]) == ("ok", len(blog()))
    assert found["indexed_at"].endswith("+00:00")


def test_a_misspelt_query_is_corrected_unless_it_is_meant_so(client: FlaskClient) -> None:
    found = get(client, "/api/search?q=sourdoguh")
    assert (found["query"], found["did_you_mean"], found["corrected"]) == ("sourdoguh", "sourdough", True)
    assert (found["mode"], [hit["id"] for hit in found["hits"]]) == ("all", [BREAD])
    exact = get(client, "/api/search?q=sourdoguh&exact=1")
    assert (exact["did_you_mean"], exact["corrected"], exact["total"]) == ("sourdough", False, 0)
    right = get(client, "/api/search?q=sourdough&exact=0")
    assert (right["did_you_mean"], right["corrected"], right["hits"]) == (None, False, found["hits"])


def test_answers_as_typed_and_corrected_are_not_taken_for_each_other(client: FlaskClient) -> None:
    tags = [client.get(f"/api/search?q=sourdoguh{more}").headers["ETag"] for more in ("", "&exact=1", "&exact=0")]
    assert tags[0].partition("-")[0] != tags[1].partition("-")[0]
    assert tags[0] == tags[2]
