"""The desk's page of what readers look for, and its advice, over a real log and a real index."""

from __future__ import annotations

import tomllib
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desks import Desk
from fieldnotes import HOSTILE
from lxml import html

from searchapp.model import SynonymSet
from searchapp.querylog import AnswerKind, Click, Interface, Search
from searchapp.querylog.entries import hour_of
from searchapp.querylog.store import FILE_NAME, Store
from searchapp.web import create_app

RYE = "posts/2021-11-02-rye.md"
HOUR = hour_of(datetime.now(UTC))


def search(query: str, total: int, outcome: AnswerKind = AnswerKind.ALL, days: int = 0) -> Search:
    return Search(Interface.PAGE, query, (("tag", "rye"),), total, outcome, HOUR - 24 * days)


@pytest.fixture
def noted(desk: Desk) -> Desk:
    with closing(Store(desk.config.desk_dir)) as store:
        store.add(
            [search("rye", 1)] * 7 + [search("sourdough kefir", 1, AnswerKind.ANY)] * 2 + [search("kefir", 0)] * 3
        )
        store.add([search(f"bread {HOSTILE}", 3)] * 2 + [search("soup", 1, days=200)])
        store.add([search(f"number {n}", 1) for n in range(30)])
        store.add([Click(Interface.PAGE, "rye", RYE, 2, HOUR), Click(Interface.PAGE, "rye", "gone.md", 1, HOUR)])
    return desk


def page(desk: Desk, url: str) -> html.HtmlElement:
    response = desk.client.get(url)
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert "style=" not in response.text
    return html.fromstring(response.text)


def texts(element: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in element.xpath(path)]


def listed(element: html.HtmlElement, name: str) -> list[str]:
    return texts(element, f"//section[@aria-labelledby='list-{name}']//tbody//th")


def test_before_anybody_looked_for_anything(desk: Desk) -> None:
    found = page(desk, "/desk/queries")
    assert "Nobody has looked for anything" in found.text_content()
    assert not desk.config.desk_dir.joinpath(FILE_NAME).exists()


def test_the_report(noted: Desk) -> None:
    found = page(noted, "/desk/queries")
    assert listed(found, "top")[:3] == ["rye", "kefir", f"bread {HOSTILE.lower()}"]
    assert len(listed(found, "top")) == 20
    assert listed(found, "vain") == ["kefir", "sourdough kefir"]
    assert "rye" not in listed(found, "unopened")
    assert texts(found, "//dl/div")[0] == "Searches44"
    assert len(found.xpath("//figure//g")) == len(found.xpath("//details//tbody/tr")) == 12
    assert found.xpath("//section[@aria-labelledby='list-top']//svg/@aria-label")[0].endswith(", 0, 7")
    assert "tag=rye" in found.text_content()
    longer = page(noted, found.xpath("//a[text()='All 34']/@href")[0])
    assert len(listed(longer, "top")) == 34
    assert texts(longer, "//h1") == ["Most sought"]
    assert "soup" in page(noted, "/desk/queries?weeks=52&list=top").text_content()


@pytest.mark.parametrize("url", ["/desk/queries?weeks=x", "/desk/queries?list=none", "/desk/queries?weeks=9999"])
def test_what_is_unknown_is_the_whole_report(noted: Desk, url: str) -> None:
    assert texts(page(noted, url), "//h1") == ["What readers look for"]


def test_one_query(noted: Desk) -> None:
    [url] = page(noted, "/desk/queries").xpath(
        "//tr[th[normalize-space()='rye']][1]//a[text()='Write about this']/@href"
    )[:1]
    found = page(noted, url)
    assert texts(found, "//dl/div")[0] == "Searches in a year7"
    assert "no longer there" in found.text_content()
    pin, *_ = texts(found, "//pre")
    assert found.xpath("//pre[1]")[0].text_content() == f'[[pinned]]\nquery = "rye"\narticles = ["{RYE}"]\n'
    assert pin
    assert "a synonym would add nothing" in found.text_content()


def test_what_is_partly_found(noted: Desk) -> None:
    found = page(noted, "/desk/queries/about?q=sourdough+kefir")
    assert "No article has all of these words" in found.text_content()
    assert texts(found, "//table[1]//tbody//td")[:2] == ["sourdough", "kefir"]
    read = tomllib.loads("".join(each.text_content() for each in found.xpath("//pre")))
    assert read["pinned"][0]["query"] == "sourdough kefir"
    assert read["synonyms"][0]["words"] == ["kefir", ""], "to be filled in: nothing tells what it could be"
    with closing(Store(noted.config.desk_dir)) as store:
        store.add([Click(Interface.PAGE, "sourdough kefir", RYE, 3, HOUR)])
    found = page(noted, "/desk/queries/about?q=sourdough+kefir")
    read = tomllib.loads("".join(each.text_content() for each in found.xpath("//pre")))
    assert read["pinned"][0]["articles"] == [RYE]
    assert read["synonyms"][0]["words"] == ["kefir", "bread"], "the first tag of what was opened"
    assert "at rank 3.0 on average" in found.text_content()


@pytest.mark.parametrize(
    "query", ["", HOSTILE, '"] \\ \x1b[31m\u202e \n[[pinned]]', "x" * 3_000, "zzqq", "-a OR", "ünïcode 東京"]
)
def test_any_query_is_answered(noted: Desk, query: str) -> None:
    response = noted.client.get("/desk/queries/about", query_string={"q": query})
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    pasted = "".join(each.text_content() for each in html.fromstring(response.text).xpath("//pre"))
    assert len(tomllib.loads(pasted).get("pinned", ())) <= 1
    assert "\u202e" not in pasted


def test_a_file_that_cant_be_read_is_said(noted: Desk) -> None:
    folder: Path = noted.config.desk_dir
    (folder / FILE_NAME).write_bytes(b"no database " * 999)
    for each in folder.glob(f"{FILE_NAME}-*"):
        each.unlink()
    assert "can't be read" in page(noted, "/desk/queries").text_content()
    assert "nearest" in page(noted, "/desk/queries/about?q=sourdough").text_content()


def test_the_log_is_off(noted: Desk) -> None:
    client = create_app(replace(noted.config, query_log=False)).test_client()
    assert "query_log</code> is off" in client.get("/desk/queries").text


def test_strangers_see_nothing(noted: Desk) -> None:
    for url in ("/desk/queries", "/desk/queries/about?q=rye"):
        response = noted.client.get(url, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
        assert response.status_code in (302, 303, 404)
        assert "rye" not in response.text.replace(url, "")


def test_a_word_with_a_synonym_is_known(noted: Desk) -> None:
    synonyms = (SynonymSet(("kefir", "rye")), SynonymSet(("wood glue", "soup")))
    client = create_app(replace(noted.config, synonyms=synonyms)).test_client()
    known = replace(noted, client=client)
    text = page(known, "/desk/queries/about?q=kefir").text_content()
    assert "a synonym would add nothing" in text
    assert "Dark rye, slowly" in text
    near = page(known, "/desk/queries/about?q=wood+glue+season").text_content()
    assert "A soup for each season" in near
