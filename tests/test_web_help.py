"""The manual as a server shows and searches it."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote, urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_web_pages import Page, get

from searchapp import manual
from searchapp.config.loading import Config
from searchapp.web import create_app

BELOW = {"SCRIPT_NAME": "/find"}


@pytest.fixture
def unbuilt(config: Config) -> FlaskClient:
    """Of a server that has no index yet."""
    return create_app(config).test_client()


def test_all_topics(unbuilt: FlaskClient) -> None:
    page = get(unbuilt, "/help")
    found = [each for each in page.find("a") if each.attributes.get("class") == "topic"]
    assert [each.attributes["href"] for each in found] == [f"/help/{each.topic}" for each in manual.pages()]
    assert all(each.description in unescape(page.html) for each in manual.pages())


@pytest.mark.parametrize("topic", [page.topic for page in manual.pages()])
def test_every_topic_is_a_page(unbuilt: FlaskClient, topic: str) -> None:
    page = get(unbuilt, f"/help/{topic}")
    title = next(each.title for each in manual.pages() if each.topic == topic)
    assert [each.text.strip() for each in page.find("h1")] == [title]
    assert [each.text.strip() for each in page.find("a") if "aria-current" in each.attributes] == [title]
    ids = {each.attributes["id"] for each in page.elements if "id" in each.attributes}
    for link in page.find("a"):
        address, _, anchor = link.attributes["href"].partition("#")
        if address.startswith("/help/") and "hreflang" not in link.attributes:
            assert manual.page(address.removeprefix("/help/")), address
        elif not address:
            assert anchor in ids
    assert not re.search(r'href="[^"]*\.md\b', unbuilt.get(f"/help/{topic}").text)


def test_a_search_leads_to_the_section(unbuilt: FlaskClient) -> None:
    page = get(unbuilt, "/help?q=rate+limit")
    first = next(each for each in page.find("a") if each.attributes["href"].startswith("/help/deployment#"))
    assert unquote(first.attributes["href"]).startswith("/help/deployment#proxies-and-limits:~:text=")
    assert "<mark>rate</mark>_<mark>limit</mark>" in unbuilt.get("/help?q=rate+limit").text
    for query in ("[[pinned]]", "synonims", "trusted_proxies", "k8s"):
        assert unbuilt.get("/help", query_string={"q": query}).status_code == 200


def test_a_search_is_corrected_or_comes_to_nothing(unbuilt: FlaskClient) -> None:
    corrected = unbuilt.get("/help?q=webhok").text
    assert 'href="/help?q=webhook"' in corrected
    assert 'href="/help?q=webhok&amp;exact=1"' in corrected
    nothing = unbuilt.get("/help?q=webhok&exact=1").text
    assert "Nothing found for" in nothing
    assert '<a href="/help">All topics</a>' in nothing


def test_below_a_mount_point_and_in_a_language(unbuilt: FlaskClient) -> None:
    for url in ("/help", "/help/ranking", "/help?q=pinned", "/help?q=webhok"):
        answer = unbuilt.get(url, query_string=None, environ_overrides=BELOW)
        links = re.findall(r'(?:href|action)="([^"]*help[^"]*)"', answer.text)
        assert links
        assert all(link.startswith("/find/help") for link in links), links
    german = unbuilt.get("/help/ranking?lang=de").text
    assert 'placeholder="Hilfe durchsuchen"' in german
    assert 'href="/help/articles?lang=de#what-front-matter-can-say-to-the-search"' in german
    assert "Die Hilfe ist auf Englisch." in unbuilt.get("/help", headers={"Accept-Language": "de"}).text
    assert 'href="/help/ranking?lang=de#' in unbuilt.get("/help?q=pinned&lang=de").text


@pytest.mark.parametrize("topic", ["nothing", "__init__", "ranking.md", "..%2franking", "%00", "RANKING"])
def test_an_unknown_topic_is_a_page_that_says_so(unbuilt: FlaskClient, topic: str) -> None:
    assert "There is no such page in the help." in get(unbuilt, f"/help/{topic}", 404).html or "%2f" in topic


def test_pages_are_confirmed_and_not_for_search_engines(unbuilt: FlaskClient) -> None:
    for url in ("/help", "/help/ranking", "/help?q=pinned"):
        first = unbuilt.get(url)
        assert first.headers["X-Robots-Tag"] == "noindex"
        assert "Accept-Language" in first.headers["Vary"]
        again = {"If-None-Match": first.headers["ETag"]}
        assert unbuilt.get(url, headers=again).status_code == 304
        assert unbuilt.get(url, headers=again | {"Accept-Language": "pl"}).status_code == 200


def test_readers_find_it(client: FlaskClient) -> None:
    assert 'href="/help/query-language"' in client.get("/").text
    assert 'href="/help/query-language"' in client.get("/search?q=zebrazebra").text
    for url in ("/", "/search?q=bread", "/articles/none", "/help"):
        assert '<a href="/help">Help</a>' in client.get(url).text


def test_what_is_sought_in_it_is_not_noted(client: FlaskClient, config: Config) -> None:
    assert client.get("/help?q=synonyms").status_code == 200
    assert not config.desk_dir.exists()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=60))
@example("a* " * 300)
@example("NOT " * 300)
@example('"the manual" OR -x:y ' * 50)
def test_whatever_is_typed_is_text(unbuilt: FlaskClient, q: str) -> None:
    response = unbuilt.get("/help", query_string=urlencode({"q": q.encode("utf-8", "replace")}))
    assert response.status_code == 200
    assert not Page(response.text).faults
