"""Why results stand where they do: parts of scores in the API and on the operators' page, and what is pinned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fieldnotes import HOSTILE, blog
from flask.testing import FlaskClient
from lxml import html

from searchapp.config.loading import Config
from searchapp.engines import open_engine
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.model import Pinned, SynonymSet
from searchapp.retrieval.ranking import Preferences
from searchapp.web import create_app

BREAD = "posts/2021-02-14-bread.md"


def hits(client: FlaskClient, url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(url).get_json()["hits"]
    return found


@pytest.mark.parametrize(
    "text", ["bread", "bread time", '"quiet hour" walking', "bre*", "night trains across the alps"]
)
def test_the_parts_of_a_score_add_up(client: FlaskClient, text: str) -> None:
    found = hits(client, f"/api/search?q={text}&explain=1&per_page=100")
    assert found
    for hit in found:
        assert hit["explanation"]
        assert sum(part["value"] for part in hit["explanation"]) == hit["score"]
        for part in hit["explanation"]:
            if part["idf"] is not None:
                assert part["value"] == part["idf"] * part["impact"]
    assert [hit["score"] for hit in found] == [
        hit["score"] for hit in hits(client, f"/api/search?q={text}&per_page=100")
    ]


def test_only_who_asks_is_told(client: FlaskClient) -> None:
    assert "explanation" not in hits(client, "/api/search?q=bread")[0]
    assert "explanation" not in hits(client, "/api/search?q=bread&explain=0")[0]
    assert hits(client, "/api/search?explain=1")[0]["explanation"] == []
    response = client.get("/api/search?q=bread&explain=yes")
    assert (response.status_code, response.get_json(force=True)["parameter"]) == (400, "explain")
    tags = {client.get(f"/api/search?q=bread&explain={flag}").headers["ETag"] for flag in (0, 1)}
    assert len(tags) == 2


def test_the_page_for_operators(client: FlaskClient) -> None:
    response = client.get("/explain?q=night+trains+across+the+alps")
    assert (response.status_code, response.headers["X-Robots-Tag"]) == (200, "noindex")
    page = html.fromstring(response.text)
    first = page.find_class("explained")[0][0]
    labels = [each.text_content() for each in first.iterfind(".//tbody/tr/th")]
    assert labels[0] == "word"
    assert {"all words side by side", "is the title, word for word"} <= set(labels)
    assert first.find(".//tfoot//td").text_content().startswith("1,000,0")
    [link] = (each for each in page.iter("a") if each.text_content() == "the same as JSON")
    assert hits(client, link.get("href"))[0]["explanation"]
    assert client.get("/explain?page=0").status_code == 400
    assert "listed by date" in client.get("/explain").text


def test_the_page_for_operators_has_pages_and_says_what_was_meant(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/explain?q=patience&per_page=5&page=2").text)
    assert page.find_class("explained")[0].get("start") == "6"
    assert {each.get("rel") for each in page.iter("a")} >= {"prev", "next"}
    assert "Nothing has these words as typed" in client.get("/explain?q=bicycel").text
    assert "these have some of them" in client.get("/explain?q=bread+zebra").text
    assert HOSTILE not in client.get("/explain?q=hostile").text
    assert HOSTILE not in client.get("/explain", query_string={"q": HOSTILE}).text


@pytest.fixture
def pinning(config: Config) -> FlaskClient:
    engine = MemoryEngine(Preferences(pinned=(Pinned("packing", (BREAD,)),)))
    engine.rebuild(blog())
    return create_app(config, engine).test_client()


def test_what_is_pinned_says_so(pinning: FlaskClient) -> None:
    found = hits(pinning, "/api/search?q=packing")
    assert [hit["pinned"] for hit in found] == [True, *[False] * (len(found) - 1)]
    assert (found[0]["id"], len(found) > 1) == (BREAD, True)
    page = html.fromstring(pinning.get("/search?q=packing").text)
    assert [len(each.find_class("pinned")) for each in page.find_class("hit")] == [1, *[0] * (len(found) - 1)]
    assert not html.fromstring(pinning.get("/search?q=bread").text).find_class("pinned")
    assert "pinned to this query" in pinning.get("/explain?q=packing").text


def test_other_settings_of_the_order_are_other_answers(config: Config, engine: MemoryEngine) -> None:
    tags = {
        create_app(replace(config, **more), engine).test_client().get("/api/search?q=bread").headers["ETag"]
        for more in (  # type: ignore[var-annotated]
            {},
            {"recency": 0},
            {"pinned": (Pinned("bread", (BREAD,)),)},
            {"synonyms": (SynonymSet(("bread", "rye")),)},
        )
    }
    assert len(tags) == 4


def test_pins_of_the_configuration_reach_the_index(tmp_path: Path) -> None:
    site = "https://blog.example.org/notes"
    pinned = (Pinned("packing", (f"{site}/2021/bread/", "/articles/pages/%C3%BCber%20uns%20%231%3F.md", "nowhere")),)
    config = Config(tmp_path, tmp_path / "index", site_url=site, pinned=pinned)
    engine = open_engine(config)
    engine.rebuild(blog())
    found = hits(create_app(config, engine).test_client(), "/api/search?q=packing")
    assert [hit["id"] for hit in found if hit["pinned"]] == [BREAD, "pages/über uns #1?.md"]
    engine.close()
