"""The JSON shapes of the API, from values."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp import serialize
from searchapp.model import (
    Article,
    FacetValue,
    Fragment,
    Generation,
    Hit,
    Mode,
    Passage,
    Query,
    Quote,
    Reason,
    Results,
    Section,
    Status,
    Suggestion,
)

HIT = Hit(
    id="posts/2023-10-04-x.md",
    title="A <b> title",
    permalink="/2023/x/",
    date=datetime(2023, 10, 4, 9, 30, tzinfo=timezone(timedelta(hours=2))),
    authors=("Ada",),
    categories=("Education",),
    tags=("jobs",),
    language="en",
    series=("First steps",),
    excerpt="An <i>excerpt</i>",
    score=1.5,
    section=Section("Trust & care", "trust", "", 2),
)
FACETS = {"category": (FacetValue("Education", 3, True),), "tag": (), "author": (), "year": ()}


def test_hit_has_exactly_the_promised_names() -> None:
    assert serialize.hit(HIT, "https://example.org") == {
        "id": "posts/2023-10-04-x.md",
        "url": "https://example.org/2023/x/",
        "title": "A <b> title",
        "date": "2023-10-04T09:30:00+02:00",
        "authors": ["Ada"],
        "categories": ["Education"],
        "tags": ["jobs"],
        "language": "en",
        "series": ["First steps"],
        "excerpt": "An <i>excerpt</i>",
        "score": 1.5,
        "partial": False,
        "pinned": False,
        "highlights": {"title": "A &lt;b&gt; title", "body": "An &lt;i&gt;excerpt&lt;/i&gt;"},
        "section": {"title": "Trust & care", "anchor": "trust"},
        "passage_url": "https://example.org/2023/x/#trust",
        "sections": [],
    }


QUOTE = Quote("a well-known, & odd", before="50% of", after="日本語 :~:")
FOUND = replace(
    HIT, quote=QUOTE, sections=(Passage("Trust", 'a"b c%', (Fragment("Trust", True),), (Fragment("<b>"),), None),)
)
DIRECTIVE = ":~:text=50%25%20of-,a%20well%2Dknown%2C%20%26%20odd,-%E6%97%A5%E6%9C%AC%E8%AA%9E%20%3A~%3A"


def test_links_land_on_passages() -> None:
    found = serialize.hit(FOUND, "https://example.org", asked="q=odd")
    assert found["passage_url"] == f"https://example.org/2023/x/#trust{DIRECTIVE}"
    assert found["sections"] == [
        {
            "title": "Trust",
            "anchor": 'a"b c%',
            "url": "https://example.org/2023/x/#a%22b%20c%25",
            "highlights": {"title": "<mark>Trust</mark>", "body": "&lt;b&gt;"},
        }
    ]
    here = f"/app/articles/{FOUND.id}"
    assert serialize.passage_url(FOUND, None, "", "/app", "q=odd+%26+even") == f"{here}?q=odd+%26+even#trust{DIRECTIVE}"
    lead = replace(FOUND, section=None, quote=Quote("from here", "to there"))
    assert serialize.passage_url(lead, None, "", "/app") == f"{here}#:~:text=from%20here,to%20there"
    assert serialize.passage_url(replace(lead, quote=None), None, "", "/app") == here


@pytest.mark.parametrize(
    ("permalink", "expected"),
    [
        ("https://other.org/x?y=1#old", f"https://other.org/x?y=1#trust{DIRECTIVE}"),
        ("javascript:alert(1)", f"/articles/{HIT.id}?q=odd#trust{DIRECTIVE}"),
        ("", f"/articles/{HIT.id}?q=odd#trust{DIRECTIVE}"),
    ],
)
def test_passages_of_odd_permalinks(permalink: str, expected: str) -> None:
    assert (
        serialize.passage_url(replace(FOUND, permalink=permalink), None, "https://example.org", "", "q=odd") == expected
    )


def test_links_say_what_was_searched_for() -> None:
    results = Results(Query("odd & ev"), Mode.ALL, 1, (FOUND,), FACETS, "g", "odd & even")
    assert serialize.asked_for(results) == "q=odd+%26+ev"
    typing = replace(results, query=replace(results.query, unfinished=True))
    assert serialize.asked_for(replace(typing, corrected=True)) == "q=odd+%26+even&live=1"
    assert serialize.asked_for(replace(typing, query=Query())) == ""
    [found] = serialize.results(typing, 0.0)["hits"]
    assert found["passage_url"] == f"/articles/{FOUND.id}?q=odd+%26+ev&live=1#trust{DIRECTIVE}"


def test_undated_hit_without_section() -> None:
    found = serialize.hit(replace(HIT, date=None, section=None))
    assert found["date"] is None
    assert found["section"] is None


def test_results() -> None:
    query = Query(text="x", page=2, per_page=5)
    found = serialize.results(Results(query, Mode.ANY, 11, (HIT,), FACETS, "g", "y"), 1.23456)
    assert list(found) == [
        "query", "mode", "total", "page", "pages", "per_page", "sort", "took_ms", "did_you_mean", "corrected",
        "other_reading", "more", "hits", "facets",
    ]  # fmt: skip
    assert (found["mode"], found["total"], found["page"], found["pages"]) == ("any", 11, 2, 3)
    assert (found["per_page"], found["sort"], found["took_ms"], found["did_you_mean"]) == (
        5,
        "relevance",
        1.235,
        "y",
    )
    assert found["facets"]["category"] == [{"value": "Education", "count": 3, "selected": True}]
    json.dumps(found)


@pytest.mark.parametrize(
    ("site", "permalink", "id", "url"),
    [
        ("", "/2023/x/", "a.md", "/articles/a.md"),
        ("https://e.org", "", "a b/ü?#%.md", "/articles/a%20b/%C3%BC%3F%23%25.md"),
        ("https://e.org/blog", "/2023/x/", "a.md", "https://e.org/blog/2023/x/"),
        ("https://e.org/", "2023/ü x", "a.md", "https://e.org/2023/%C3%BC%20x"),
        ("https://e.org", "https://other.org/p?q=1", "a.md", "https://other.org/p?q=1"),
        ("", "https://other.org/p", "a.md", "/articles/a.md"),
        ("https://e.org", "javascript:alert(1)", "a.md", "/articles/a.md"),
        ("https://e.org", " java\tscript:alert(1)", "a.md", "/articles/a.md"),
        ("https://e.org", "data:text/html,x", "a.md", "/articles/a.md"),
        ("https://e.org", "//evil.org/x", "a.md", "https://e.org/evil.org/x"),
        ("https://e.org", "/?p=12", "a.md", "https://e.org/?p=12"),
        ("https://e.org", '/"><script>', "a.md", "https://e.org/%22%3E%3Cscript%3E"),
        ("https://e.org", "/already%20encoded/", "a.md", "https://e.org/already%20encoded/"),
    ],
)
def test_public_url(site: str, permalink: str, id: str, url: str) -> None:
    assert serialize.public_url(site, permalink, id) == url


def test_public_url_below_a_mount_point() -> None:
    assert serialize.public_url("", "/x/", "a.md", "/find") == "/find/articles/a.md"


@given(st.lists(st.builds(Fragment, st.text(), st.booleans())))
def test_only_mark_is_markup_in_highlights(fragments: list[Fragment]) -> None:
    html = serialize.highlight_html(fragments)
    bare = re.sub(r"</?mark>", "", html)
    assert not set("<>\"'") & set(bare)
    assert unescape(bare) == "".join(fragment.text for fragment in fragments)


def test_highlights() -> None:
    fragments = (Fragment("a & "), Fragment("<mark>", matched=True))
    assert serialize.highlight_html(fragments) == "a &amp; <mark>&lt;mark&gt;</mark>"


def test_suggestions() -> None:
    found = serialize.suggestions(
        "tr",
        (
            Suggestion("Trains", "article", "a.md", "/trains/"),
            Suggestion("Travel & rest", "category"),
            Suggestion("trees", "tag"),
            Suggestion("trees pruning", "query"),
        ),
        "https://e.org",
    )
    assert found == {
        "query": "tr",
        "suggestions": [
            {"text": "Trains", "kind": "article", "url": "https://e.org/trains/"},
            {"text": "Travel & rest", "kind": "category", "url": "/search?category=Travel+%26+rest"},
            {"text": "trees", "kind": "tag", "url": "/search?tag=trees"},
            {"text": "trees pruning", "kind": "query", "url": None},
        ],
    }


@given(
    st.lists(st.builds(FacetValue, st.text(), st.integers(0, 10**9), st.booleans()), max_size=4),
    st.lists(st.builds(FacetValue, st.text(), st.integers(0, 10**9), st.booleans()), max_size=4),
    st.floats(0, 10**6),
    st.sampled_from([(), (HIT,), (HIT, HIT)]),
)
def test_the_text_of_results_is_that_of_their_dict(
    tags: list[FacetValue], years: list[FacetValue], took_ms: float, hits: tuple[Hit, ...]
) -> None:
    facets = {"tag": tuple(tags), "year": tuple(years)}
    found = Results(Query('"a\\ b"'), Mode.ANY, 3, hits, facets, did_you_mean="<b>\u2028")
    text = serialize.results_text(found, took_ms, "https://e.org", "/root")
    assert text == serialize.text(serialize.results(found, took_ms, "https://e.org", "/root"))
    assert json.loads(text) == serialize.results(found, took_ms, "https://e.org", "/root")


def test_related_gives_reasons_as_text() -> None:
    hit = replace(HIT, reasons=(Reason("tag", "fitness", 0.6), Reason("word", "certification", 0.4)))
    found = serialize.related(None, (hit,))
    assert found["article"] is None
    assert found["hits"][0]["reasons"] == ["tag: fitness", "word: certification"]


def test_article_has_its_sections() -> None:
    found = serialize.article(Article("a.md", "T", sections=(Section("H", "h", "text", 2),), html="<p>secret"))
    assert found["sections"] == [{"title": "H", "anchor": "h", "level": 2, "text": "text"}]
    assert found["excerpt"] == "text"
    assert "html" not in found


def test_healthz() -> None:
    status = Status(Generation("g1", datetime(2024, 1, 1, tzinfo=UTC)), 3, 4, 1, 1, 100)
    assert serialize.healthz(status) == {
        "status": "ok",
        "articles": 3,
        "generation": "g1",
        "indexed_at": "2024-01-01T00:00:00+00:00",
    }
