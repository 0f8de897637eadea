"""The table of facets, and when one is offered."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from searchapp.engines.reference.engine import MemoryEngine
from searchapp.facets import BY_KEY, FACETS, Kind, shown
from searchapp.model import Article, FacetValue, Mode, Query, Results, Section

TAG, YEAR = BY_KEY["tag"], BY_KEY["year"]


def results(total: int, holders: int, counts: tuple[int, ...], query: Query | None = None) -> Results:
    values = tuple(FacetValue(f"v{n}", count) for n, count in enumerate(counts))
    return Results(query or Query(), Mode.ALL, total, (), {TAG.key: values}, coverage={TAG.key: holders})


@pytest.mark.parametrize(
    ("total", "holders", "counts", "offered"),
    [
        (10, 10, (9, 1), True),
        (10, 10, (10,), False),
        (10, 10, (10, 0), False),
        (100, 5, (3, 2), True),
        (100, 4, (2, 2), False),
        (100, 4, (4, 4, 4), False),
        (1_000, 20, (12, 8), True),
        (1_000, 19, (10, 9), False),
        (1_000, 19, (19, 19), False),
        (0, 0, (), False),
    ],
)
def test_a_facet_is_offered_where_it_helps(total: int, holders: int, counts: tuple[int, ...], offered: bool) -> None:
    assert (TAG in shown(results(total, holders, counts))) is offered


@pytest.mark.parametrize("counts", [(), (0,), (3,)])
def test_a_facet_that_is_chosen_from_is_always_shown(counts: tuple[int, ...]) -> None:
    assert shown(results(100, 0, counts, Query(filters=((TAG.key, "x"),)))) == (TAG,)


def test_every_facet_reads_a_field_of_articles() -> None:
    several = {facet.field: ("Two words", "x", "X") for facet in FACETS if facet.several}
    article = Article("a.md", "A", date=datetime(2024, 5, 6, tzinfo=UTC), **several)
    for facet in FACETS:
        one = {Kind.NUMBER: "2024", Kind.LANGUAGE: "en"}.get(facet.kind)
        assert set(facet.values(article)) == ({"Two words", "x"} if facet.several else {one})


def test_numbers_come_from_the_highest_and_texts_from_the_commonest() -> None:
    counts = {"9": 1, "10": 5, "2024": 1, "x": 5}
    assert sorted(counts, key=lambda key: YEAR.rank(key, counts[key]))[:3] == ["2024", "10", "9"]
    assert sorted(counts, key=lambda key: TAG.rank(key, counts[key])) == ["10", "x", "2024", "9"]


def test_what_people_read_is_there() -> None:
    for facet in FACETS:
        assert facet.words.title
        assert "%(value)s" in facet.words.without
        assert all("%(n)s" in text for text in facet.words.more)
        if facet.kind is Kind.TEXT:
            assert facet.operator
            assert facet.words.find
            assert all("%(n)s" in text and "%(example)s" in text for text in facet.words.unlisted)
        if facet.pattern:
            assert facet.allows(facet.example)
            assert "%(name)s" in facet.words.bad


@pytest.fixture
def polyglot(client: FlaskClient, engine: MemoryEngine) -> FlaskClient:
    """A reader of a blog in English, German, French and a language that nobody knows."""
    sections = (Section("", "", "Wood and words.", 0),)
    others = [Article(f"{code}.md", f"Wood in {code}", language=code, sections=sections) for code in ("fr", "qaa")]
    engine.update(others, ())
    return client


@pytest.mark.parametrize(
    ("interface", "names"),
    [
        ("en", ["English", "French", "German"]),
        ("de", ["Englisch", "Französisch", "Deutsch"]),
        ("fr", ["anglais", "français", "allemand"]),
        ("pl", ["angielski", "francuski", "niemiecki"]),
        ("es", ["inglés", "francés", "alemán"]),
        ("ar", ["الإنجليزية", "الفرنسية", "الألمانية"]),
        ("ja", ["英語", "フランス語", "ドイツ語"]),
        ("zh-Hans", ["英语", "法语", "德语"]),
    ],
)
def test_languages_have_names_in_the_language_of_the_page(
    polyglot: FlaskClient, interface: str, names: list[str]
) -> None:
    page = polyglot.get(f"/search?lang={interface}").text
    values = dict(
        re.findall(
            r'<li data-key="(\w+)"><a class="value"[^>]*>\s*<span class="value-label" dir="auto">(.*?)</span>', page
        )
    )
    assert [values[code] for code in ("en", "fr", "de")] == names
    assert values["qaa"] == "qaa"
    assert f"/search?language=fr&amp;lang={interface}" in page
    chosen = polyglot.get(f"/search?q=wood&language=FR-ca&language=qaa&lang={interface}").text
    for name, rest in ((names[1], "language=qaa"), ("qaa", "language=FR-ca")):
        assert re.search(
            rf'href="/search\?q=wood&amp;{rest}&amp;lang={interface}"[^>]*>(?:(?!</a>).)*{name}', chosen, re.S
        )
    nothing = polyglot.get(f"/search?q=wood&language=de&lang={interface}").text
    assert f"<bdi>{names[2]}</bdi>" in nothing, "the way out"


def test_the_feed_of_a_language_says_its_name(polyglot: FlaskClient) -> None:
    for accepted in ("de", "fr"):
        feed = polyglot.get("/feed.atom?language=fr", headers={"Accept-Language": accepted}).text
        assert "<title>French – Field Notes</title>" in feed
        assert "Wood in fr" in feed


def test_series_lead_in_and_back_out(client: FlaskClient, engine: MemoryEngine) -> None:
    names = ("Slow bread", "パンの本", "<b>&", 'say "x"')
    engine.update([Article(f"{n}.md", f"Oven {n}", series=(name,)) for n, name in enumerate(names)], ())
    page = client.get("/search?q=oven").text
    assert '<h2 id="searchapp-facet-series">Series</h2>' in page
    for address, name in (
        ("Slow+bread", "Slow bread"),
        ("%3Cb%3E%26", "&lt;b&gt;&amp;"),
        ("say+%22x%22", "say &#34;x&#34;"),
    ):
        assert f'<li data-key="{name}"><a class="value" href="/search?q=oven&amp;series={address}">' in page
    chosen = client.get("/search?q=oven&series=slow+BREAD&series=パンの本").text
    assert re.findall(r"<h2 lang=.*?>(.*?)</a>", chosen)
    assert [hit["id"] for hit in api(client, "q=oven&series=slow+BREAD&series=パンの本")["hits"]] == ["0.md", "1.md"]
    assert 'href="/search?q=oven&amp;series=slow+BREAD"' in chosen
    assert "<bdi>パンの本</bdi>" in client.get("/search?q=bread&series=パンの本").text, "the way out"
    assert "<title>oven, パンの本 – Field Notes</title>" in client.get("/feed.atom?q=oven&series=パンの本").text
    assert 'name="series" value="パンの本"' in chosen, "a new search keeps the filter"


def test_few_series_are_answered_but_not_offered(client: FlaskClient, engine: MemoryEngine) -> None:
    engine.update([Article(f"{n}.md", "Oven", series=(f"s{n % 2}",) if n < 4 else ()) for n in range(100)], ())
    assert "searchapp-facet-series" not in client.get("/search").text
    assert [value["count"] for value in api(client, "")["facets"]["series"]] == [2, 2]
    assert "searchapp-facet-series" in client.get("/search?series=s1").text
    engine.update([Article(f"{n}.md", "Oven", series=(f"s{n % 2}",)) for n in range(20)], ())
    assert "searchapp-facet-series" in client.get("/search").text


def api(client: FlaskClient, parameters: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/search?{parameters}").json
    return found
