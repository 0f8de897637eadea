"""What other programs read: feeds, the address bar's description, crawlers' rules, previews of links."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from fieldnotes import HOSTILE, blog
from flask.testing import FlaskClient

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.model import Article, Section
from searchapp.web import create_app

BREAD = "posts/2021-02-14-bread.md"
PUBLIC = "https://example.org/find"
ATOM = "{http://www.w3.org/2005/Atom}"
OPEN_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture
def public(config: Config, engine: MemoryEngine) -> FlaskClient:
    """The application as readers know it: under an address of its own, the articles on their blog."""
    known = replace(config, public_url=PUBLIC, site_url="https://blog.example.org")
    return create_app(known, engine).test_client()


def document(client: FlaskClient, url: str, **headers: str) -> Element:
    response = client.get(url, headers=headers)
    assert response.status_code == 200, response.text
    return ElementTree.fromstring(response.data)


def texts(top: Element, path: str) -> list[str]:
    return [each.text or "" for each in top.findall(path.replace("/", f"/{ATOM}").replace("^", ATOM))]


def links(top: Element) -> dict[str, str]:
    return {each.get("rel", ""): each.get("href", "") for each in top.findall(f"{ATOM}link")}


def test_a_feed_has_what_atom_demands(public: FlaskClient) -> None:
    response = public.get("/feed.atom?q=bread")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert response.headers["X-Robots-Tag"] == "noindex"
    top = document(public, "/feed.atom?q=bread")
    assert top.tag == f"{ATOM}feed"
    assert texts(top, "^title") == ["bread – Field Notes"]
    assert texts(top, "^id") == [f"{PUBLIC}/feed.atom?q=bread"]
    assert texts(top, "^author/name") == ["Field Notes"]
    assert links(top) == {"self": f"{PUBLIC}/feed.atom?q=bread", "alternate": f"{PUBLIC}/search?q=bread&sort=newest"}
    entries = top.findall(f"{ATOM}entry")
    assert texts(top, "^entry/title") == [
        "Ten walks with a map and bread",
        "Dark rye, slowly",
        "Sourdough for patient people",
    ]
    assert texts(top, "^updated") == texts(top, "^entry/updated")[:1]
    last = entries[-1]
    assert texts(last, "^id") == [f"{PUBLIC}/articles/{BREAD}"]
    assert links(last) == {"alternate": "https://blog.example.org/2021/bread/"}
    assert texts(last, "^published") == texts(last, "^updated") == ["2021-02-14T09:00:00+02:00"]
    assert texts(last, "^author/name") == ["Ada Moss"]
    assert [each.get("term") for each in last.findall(f"{ATOM}category")] == ["Kitchen", "bread", "fermentation"]
    assert texts(last, "^summary")[0].startswith("Sourdough for patient people begins")
    assert last.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


def test_a_feed_follows_words_and_filters(public: FlaskClient) -> None:
    top = document(public, "/feed.atom?category=Garden&category=Travel&year=2024&q=")
    assert texts(top, "^title") == ["Garden, Travel, 2024 – Field Notes"]
    assert len(top.findall(f"{ATOM}entry")) == 4
    oldest = document(public, "/feed.atom?q=bread&sort=oldest")
    assert texts(oldest, "^entry/title")[0] == "Sourdough for patient people"
    assert links(oldest)["self"] == f"{PUBLIC}/feed.atom?q=bread&sort=oldest"


def test_a_long_feed_has_pages(public: FlaskClient) -> None:
    top = document(public, "/feed.atom?per_page=5&page=2")
    here = f"{PUBLIC}/feed.atom?"
    assert texts(top, "^id") == [f"{here}per_page=5"]
    assert links(top) == {
        "self": f"{here}page=2&per_page=5",
        "first": f"{here}per_page=5",
        "previous": f"{here}per_page=5",
        "next": f"{here}page=3&per_page=5",
        "last": f"{here}page=4&per_page=5",
        "alternate": f"{PUBLIC}/search?sort=newest&page=2&per_page=5",
    }
    ids = [
        each
        for page in range(1, 5)
        for each in texts(document(public, f"/feed.atom?page={page}&per_page=5"), "^entry/id")
    ]
    assert len(ids) == len(set(ids)) == len(blog())


@pytest.mark.parametrize("query", ["bread zebra", "braed", "nothing at all like it"])
def test_only_what_was_asked_for_is_news(public: FlaskClient, query: str) -> None:
    top = document(public, f"/feed.atom?q={quote(query)}")
    assert top.findall(f"{ATOM}entry") == []
    assert datetime.fromisoformat(texts(top, "^updated")[0]).tzinfo is not None


def test_hostile_text_stays_text_in_a_feed(config: Config) -> None:
    nasty = "a\0b\x0b\x1f\ufffe]]>&amp;<!--" + HOSTILE
    article = Article(
        id="posts/x & y.md",
        title=nasty,
        authors=(nasty,),
        tags=(nasty,),
        permalink="javascript:alert(1)",
        summary=nasty,
        sections=(Section("", "", "plain words", 0),),
        digest="x",
    )
    engine = MemoryEngine()
    engine.rebuild([article])
    title = f"Notes {HOSTILE} ]]> \x07"
    client = create_app(replace(config, site_title=title, site_url="https://b.example"), engine).test_client()
    top = document(client, "/feed.atom?q=plain")
    assert texts(top, "^entry/title") == ["ab]]>&amp;<!--" + HOSTILE]
    assert texts(top, "^entry/updated") == ["1970-01-01T00:00:00+00:00"]
    assert texts(top, "^entry/published") == []
    entry = top.find(f"{ATOM}entry")
    assert entry is not None
    assert links(entry) == {"alternate": "http://localhost/articles/posts/x%20%26%20y.md"}
    described = document(client, "/opensearch.xml")
    assert (described.findtext(f"{OPEN_SEARCH}Description") or "").startswith("Search the articles of Notes <script>")


def test_a_feed_is_kept_and_confirmed(public: FlaskClient) -> None:
    for url in ("/feed.atom?q=bread", "/opensearch.xml", "/api/opensearch/suggest?q=br"):
        tag = public.get(url).headers["ETag"]
        assert public.get(url, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("query", ["page=0", "year=x", "sort=best", "q=1&q=2"])
def test_a_bad_parameter_of_a_feed_is_named(public: FlaskClient, query: str) -> None:
    response = public.get(f"/feed.atom?{query}")
    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert query.partition("=")[0] in response.text


def test_no_index_no_feed(config: Config) -> None:
    assert create_app(config, MemoryEngine()).test_client().get("/feed.atom").status_code == 503


def test_the_address_bar_is_told_where_to_search(public: FlaskClient) -> None:
    response = public.get("/opensearch.xml")
    assert response.mimetype == "application/opensearchdescription+xml"
    top = ElementTree.fromstring(response.data)
    assert top.tag == f"{OPEN_SEARCH}OpenSearchDescription"
    assert top.findtext(f"{OPEN_SEARCH}ShortName") == "Field Notes"
    urls = {each.get("type"): each.get("template") for each in top.findall(f"{OPEN_SEARCH}Url")}
    assert urls["text/html"] == f"{PUBLIC}/search?q={{searchTerms}}"
    assert urls["application/x-suggestions+json"] == f"{PUBLIC}/api/opensearch/suggest?q={{searchTerms}}"
    assert (top.findtext(f"{OPEN_SEARCH}Image") or "").startswith(f"{PUBLIC}/static/favicon.svg?v=")


@pytest.mark.parametrize(
    ("title", "short"),
    [("Notes", "Notes"), ("Notes from a very long field", "Notes from a"), ("x" * 30, "x" * 16), ("a" * 16, "a" * 16)],
)
def test_names_are_as_short_as_they_must_be(config: Config, engine: MemoryEngine, title: str, short: str) -> None:
    client = create_app(replace(config, site_title=title), engine).test_client()
    assert document(client, "/opensearch.xml").findtext(f"{OPEN_SEARCH}ShortName") == short


def test_completions_for_the_address_bar(client: FlaskClient) -> None:
    response = client.get("/api/opensearch/suggest?q=Wo%20")
    assert response.mimetype == "application/x-suggestions+json"
    typed, found = response.get_json(force=True)
    assert typed == "Wo ", "browsers compare it with what was typed"
    assert "Workshop" in found
    assert len(found) == len(set(found))
    assert client.get("/api/opensearch/suggest").get_json(force=True) == ["", []]
    assert client.get("/api/opensearch/suggest?q=1&q=2").status_code == 400


def test_addresses_are_those_of_the_request_if_none_are_configured(client: FlaskClient) -> None:
    def self_link(**environ: str) -> str:
        response = client.get("/feed.atom", environ_overrides=environ)
        return links(ElementTree.fromstring(response.data))["self"]

    assert self_link() == "http://localhost/feed.atom"
    assert self_link(HTTP_HOST="search.example.org:8443") == "http://search.example.org:8443/feed.atom"
    behind = {"HTTP_HOST": "search.example.org", "wsgi.url_scheme": "https", "SCRIPT_NAME": "/find"}
    assert self_link(**behind) == "https://search.example.org/find/feed.atom"
    assert self_link() == "http://localhost/feed.atom", "what is kept is of one host"
    for host in ("evil.example/x", 'a"b', "a b", "[::1", "x:y", ""):
        response = client.get("/opensearch.xml", headers={"Host": host})
        assert response.status_code == 400, host
        assert "evil" not in response.text


def test_crawlers_walk_through_the_articles_only(client: FlaskClient) -> None:
    response = client.get("/robots.txt", environ_overrides={"SCRIPT_NAME": "/find"})
    assert response.mimetype == "text/plain"
    assert "Disallow: /find/search?\n" in response.text
    assert "Allow: /find/search?page=\n" in response.text
    for url, hidden in (
        ("/", False),
        ("/search", False),
        ("/search?q=bread", True),
        ("/search?page=2", True),
        ("/?sort=oldest", True),
        ("/search?fragment=1", True),
        (f"/articles/{BREAD}", False),
    ):
        page = client.get(url)
        assert ("noindex" in page.headers.get("X-Robots-Tag", "")) is hidden, url
        assert ('name="robots" content="noindex"' in page.text) is (hidden and "fragment" not in url), url


@pytest.mark.parametrize(
    "url", ["/api/search", "/api/suggest?q=b", f"/api/articles/{BREAD}", "/api/opensearch/suggest", "/healthz"]
)
def test_answers_for_programs_are_not_indexed(client: FlaskClient, url: str) -> None:
    assert client.get(url).headers["X-Robots-Tag"] == "noindex"


def test_pages_name_the_feed_and_the_description(client: FlaskClient) -> None:
    page = client.get("/search?q=bread&tag=wood&sort=oldest&page=2").text
    assert (
        '<link rel="search" type="application/opensearchdescription+xml" title="Field Notes" href="/opensearch.xml">'
        in page
    )
    assert (
        'type="application/atom+xml" title="bread – page 2 – Field Notes" href="/feed.atom?q=bread&amp;tag=wood">'
        in page
    )
    assert 'rel="search"' in client.get(f"/articles/{BREAD}").text
    assert 'rel="search"' in client.get("/articles/none.md").text


def properties(client: FlaskClient, id: str) -> dict[str, list[str]]:
    from lxml import html

    page = html.fromstring(client.get(f"/articles/{quote(id)}").text)
    found: dict[str, list[str]] = {}
    for each in page.xpath("//meta[@property or @name]"):
        found.setdefault(str(each.get("property") or each.get("name")), []).append(str(each.get("content")))
    for each in page.xpath("//link[@rel='canonical']"):
        found.setdefault("canonical", []).append(str(each.get("href")))
    return found


def test_previews_of_an_article(public: FlaskClient, client: FlaskClient) -> None:
    found = properties(public, BREAD)
    assert found["og:title"] == ["Sourdough for patient people"]
    assert found["og:type"] == ["article"]
    assert found["og:site_name"] == ["Field Notes"]
    assert found["og:url"] == found["canonical"] == ["https://blog.example.org/2021/bread/"]
    assert found["og:description"] == found["description"]
    assert found["og:description"][0].startswith("Sourdough for patient people begins")
    assert found["article:published_time"] == ["2021-02-14T09:00:00+02:00"]
    assert found["article:section"] == ["Kitchen"]
    assert found["article:tag"] == ["bread", "fermentation"]
    assert "og:image" not in found
    assert "article:published_time" not in properties(public, "pages/über uns #1?.md")
    assert properties(public, "pages/über uns #1?.md")["canonical"] == [
        f"{PUBLIC}/articles/pages/%C3%BCber%20uns%20%231%3F.md"
    ]
    assert not {"og:url", "canonical"} & set(properties(client, BREAD)), "a Host header is no address"
    assert properties(client, "posts/hostile.md")["og:title"] == [f"Hostile {HOSTILE}"]


def test_the_picture_of_a_preview_is_the_articles_own(config: Config, engine: MemoryEngine) -> None:
    body = '<p><img src="data:image/png;base64,AA"><img alt="x" src="/a&b.png" onerror=x><img src="https://c.example/d"></p>'
    engine.update([replace(blog()[0], id="p.md", html=body, digest="p")], ())
    client = create_app(replace(config, site_url="https://blog.example.org"), engine).test_client()
    assert properties(client, "p.md")["og:image"] == ["https://blog.example.org/a&b.png"]
