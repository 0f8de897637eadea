"""The interface in eight languages: which one a request gets, and that answers of different languages never mix."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fieldnotes import HOSTILE, blog
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from test_web_pages import Page

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.model import Section
from searchapp.web import create_app
from searchapp.web.i18n import LANGUAGES

BREAD = "/articles/posts/2021-02-14-bread.md"
PAGES = ["/", "/search?q=bread", "/search?q=zebra&tag=bread&after=2020", BREAD, "/articles/none.md", "/search?page=0"]
DATA = (
    "title",
    "said",
    "failed",
    "label",
    "suggestions",
    "article",
    "category",
    "tag",
    "query",
    "of",
    "previous",
    "next",
)
TAGS = [each.tag for each in LANGUAGES]


def language_of(client: FlaskClient, url: str, accept: str | None = None) -> str:
    response = client.get(url, headers={"Accept-Language": accept} if accept is not None else {})
    html = next(Page(response.text).find("html"))
    assert html.attributes["dir"] == ("rtl" if html.attributes["lang"] == "ar" else "ltr")
    return html.attributes["lang"]


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.5, pl", "pl"),
        ("it, pt;q=0.9, es;q=0.1", "es"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("zh-TW", "zh-Hans"),
        ("AR-eg", "ar"),
        ("fr;q=0, de;q=0.1", "de"),
        ("ja ; q = 0.5 , fr;q=0.4", "ja"),
        ("*", "en"),
        ("it", "en"),
        ("", "en"),
        (None, "en"),
        (",;q=,de;q=x;;=,", "en"),
        ("de;q=1.2.3, fr;q=-1, es;q=inf, ja;q=1e9, pl;level=1", "en"),
        ("x" * 10_000, "en"),
        ("de," * 4_000, "de"),
        ("\xff\xfe\x01, fr", "fr"),
        ("english, deutsch", "en"),
    ],
)
def test_the_browsers_language(client: FlaskClient, accept: str | None, wanted: str) -> None:
    assert language_of(client, "/", accept) == wanted


@given(
    accept=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=80),
    lang=st.text(max_size=20),
)
def test_no_header_and_no_parameter_is_an_error(client: FlaskClient, accept: str, lang: str) -> None:
    response = client.get("/search", query_string={"lang": lang}, headers={"Accept-Language": accept})
    assert response.status_code == 200


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("url", PAGES)
def test_the_address_wins(client: FlaskClient, url: str, tag: str) -> None:
    assert language_of(client, f"{url}{'&' if '?' in url else '?'}lang={tag}", "fr") == tag


@pytest.mark.parametrize("value", ["xx", "", "..", "de1", HOSTILE, "x" * 5_000, "%00", "it-IT"])
def test_a_language_that_we_do_not_have_counts_as_none(client: FlaskClient, value: str) -> None:
    assert language_of(client, f"/search?q=bread&lang={value}", "fr") == "fr"
    assert "lang=" not in client.get(f"/search?q=bread&lang={value}").text.partition("<footer")[0].replace(
        ' lang="', ""
    )


@pytest.mark.parametrize(("value", "wanted"), [("de-CH", "de"), ("ZH_cn", "zh-Hans"), ("xx&lang=pl", "pl")])
def test_a_language_may_be_named_in_several_ways(client: FlaskClient, value: str, wanted: str) -> None:
    assert language_of(client, f"/search?lang={value}", "fr") == wanted


@pytest.mark.parametrize(("site", "accept", "wanted"), [("pl", "it", "pl"), ("pl", "de", "de"), ("nl", "it", "en")])
def test_the_sites_language_is_next(config: Config, engine: MemoryEngine, site: str, accept: str, wanted: str) -> None:
    client = create_app(replace(config, language=site), engine).test_client()
    assert language_of(client, "/", accept) == wanted


@pytest.mark.parametrize("url", ["/", "/search?q=bread&category=Kitchen&page=1", "/search?q=zebra&tag=bread", BREAD])
def test_links_keep_a_language_that_the_address_names(client: FlaskClient, url: str) -> None:
    for address in (url, f"{url}{'&' if '?' in url else '?'}live=1"):
        page = Page(client.get(f"{address}{'&' if '?' in address else '?'}lang=de").text)
        languages = {each.attributes["hreflang"] for each in page.find("a") if "hreflang" in each.attributes}
        assert languages == {*TAGS} - {"de"}
        for link in page.find("a"):
            href = link.attributes["href"]
            if href.startswith(("/search", "/articles")) and "hreflang" not in link.attributes:
                assert "lang=de" in href, href
        assert [each.attributes["value"] for each in page.find("input", name="lang")] == ["de"]
    assert "lang=de" not in client.get(url, headers={"Accept-Language": "de"}).text.partition("<footer")[0]


def test_the_switch_keeps_what_is_shown(client: FlaskClient) -> None:
    for url, wanted in (
        ("/search?q=bread&tag=wood&page=1&utm=1&lang=pl", "/search?q=bread&tag=wood&lang=fr"),
        ("/?lang=pl", "/?lang=fr"),
        (f"{BREAD}?lang=pl", f"{BREAD}?lang=fr"),
        ("/search?page=0&lang=pl", "/search?page=0&lang=fr"),
        ("/%2fexample.org/x?q=1", "/example.org/x?q=1&lang=fr"),
        ("/%5cexample.org/%22%3Cb%3E?%22%3Cb%3E=1", "/%5Cexample.org/%22%3Cb%3E?%22%3Cb%3E=1&lang=fr"),
    ):
        link = next(Page(client.get(url).text).find("a", hreflang="fr")).attributes
        assert (link["href"], link["lang"]) == (wanted, "fr")


def test_a_former_address_leads_on_in_its_language(client: FlaskClient) -> None:
    assert client.get("/articles/2021/bread?lang=ja").headers["Location"] == f"{BREAD}?lang=ja"


@pytest.mark.parametrize("url", PAGES[:4])
def test_kept_answers_do_not_mix(client: FlaskClient, url: str) -> None:
    tags = {}
    for _ in range(2):
        for accept in ("de", "de-AT,en;q=0.1", "ar", "fr", "en", "it"):
            response = client.get(url, headers={"Accept-Language": accept})
            assert "Accept-Language" in response.headers["Vary"]
            assert f'lang="{ {"it": "en"}.get(accept, accept[:2]) }"' in response.text[:60]
            tags[accept] = response.headers["ETag"]
    assert tags["de"] == tags["de-AT,en;q=0.1"], "one entry for one language"
    assert tags["en"] == tags["it"]
    assert len(set(tags.values())) == 4
    again = client.get(url, headers={"Accept-Language": "fr", "If-None-Match": tags["de"]})
    assert again.status_code == 200
    confirmed = client.get(url, headers={"Accept-Language": "de", "If-None-Match": tags["de"]})
    assert confirmed.status_code == 304
    assert "Accept-Language" in confirmed.headers["Vary"]
    named = client.get(f"{url}{'&' if '?' in url else '?'}lang=de", headers={"If-None-Match": tags["de"]})
    assert named.status_code == 200, "its links are others"


COUNTS = (1, 2, 5, 12, 22, 101, 1_100)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A blog in which the tag `of-5` is on five articles."""
    folder = tmp_path_factory.mktemp("many")
    engine = MemoryEngine()
    engine.rebuild(
        replace(blog()[0], id=f"{n}.md", permalink="", tags=tuple(f"of-{most}" for most in COUNTS if n < most))
        for n in range(max(COUNTS))
    )
    return create_app(Config(folder / "content", folder / "index"), engine).test_client()


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [
        ("en", "1 article|2 articles|5 articles|12 articles|22 articles|101 articles|1,100 articles"),
        ("de", "1 Artikel|2 Artikel|5 Artikel|12 Artikel|22 Artikel|101 Artikel|1.100 Artikel"),
        ("es", "1 artículo|2 artículos|5 artículos|12 artículos|22 artículos|101 artículos|1100 artículos"),
        ("fr", "1 article|2 articles|5 articles|12 articles|22 articles|101 articles|1\u202f100 articles"),
        ("pl", "1 artykuł|2 artykuły|5 artykułów|12 artykułów|22 artykuły|101 artykułów|1100 artykułów"),
        ("ar", "مقالة واحدة|مقالتان|5 مقالات|12 مقالة|22 مقالة|101 مقالة|1,100 مقالة"),
        ("ja", "1 件の記事|2 件の記事|5 件の記事|12 件の記事|22 件の記事|101 件の記事|1,100 件の記事"),
        ("zh-Hans", "1 篇文章|2 篇文章|5 篇文章|12 篇文章|22 篇文章|101 篇文章|1,100 篇文章"),
    ],
)
def test_numbers_take_their_form(many: FlaskClient, tag: str, wanted: str) -> None:
    page = Page(many.get(f"/?lang={tag}").text)
    said = {each.text.split(",")[0].strip(): each.text.partition(",")[2] for each in page.find("a", class_="value")}
    for count, words in zip(COUNTS, wanted.split("|"), strict=True):
        assert said[f"of-{count}"].replace("\xa0", " ").strip().startswith(words)


@pytest.mark.parametrize(
    ("tag", "date", "after"),
    [
        ("en", "14 February 2021", "From 1 January 2020"),
        ("de", "14. Februar 2021", "Ab dem 1. Januar 2020"),
        ("es", "14 de febrero de 2021", "Desde el 1 de enero de 2020"),
        ("fr", "14 février 2021", "À partir du 1er janvier 2020"),
        ("pl", "14 lutego 2021", "Od 1 stycznia 2020"),
        ("ar", "14 فبراير 2021", "منذ 1 يناير 2020"),
        ("ja", "2021年2月14日", "開始日 2020年1月1日"),
        ("zh-Hans", "2021年2月14日", "起始于 2020年1月1日"),
    ],
)
def test_dates_are_written_as_the_language_does(client: FlaskClient, tag: str, date: str, after: str) -> None:
    assert next(Page(client.get(f"{BREAD}?lang={tag}").text).find("time")).text == date
    page = Page(client.get(f"/search?q=bread&after=2020&lang={tag}").text)
    assert after in " ".join(next(page.find("a", class_="chip")).text.split())


@pytest.mark.parametrize("tag", TAGS)
def test_errors_are_said_in_the_language_to_readers_only(client: FlaskClient, tag: str) -> None:
    page = Page(client.get(f"/search?per_page=1000&lang={tag}").text)
    said = next(page.find("main")).text
    assert ("per_page must be a whole number from 1 to 100" in said) == (tag == "en")
    assert "per_page" in said
    assert "100" in said
    assert HOSTILE not in client.get(f"/search?sort={HOSTILE}&lang={tag}").text


LATIN = re.compile(r"[A-Za-z_]{2,}")
SPOKEN = {"aria-label", "alt", "title", "placeholder", "content", *(f"data-{name}" for name in DATA)}
NOT_WORDS = set("API tag after author category article per_page page searchapp index noindex dark light".split())
"""What the interface says in Latin letters in every language."""


@pytest.fixture
def arabic(config: Config) -> FlaskClient:
    """A blog without a Latin letter: what is left of them on its pages is the interface's."""
    engine = MemoryEngine()
    section = Section("الثاني", "2", "خبز وماء وملح وصبر", 2)
    engine.rebuild(
        replace(
            blog()[0],
            id=f"{n}.md",
            title=f"خبز {n}",
            authors=(f"سلمى {n % 12}",),
            categories=(f"مطبخ {n % 12}",),
            tags=tuple(f"وسم {each}" for each in range(n, n + 60)),
            date=datetime(2010 + n % 5, 3, 1, tzinfo=UTC),
            sections=(section, replace(section, anchor="3"), replace(section, anchor="4")),
            html='<h2 id="2">الثاني</h2><p>خبز</p><h2 id="3">الثالث</h2><p>ماء</p><h2 id="4">الرابع</h2>',
            permalink=f"/{n}/",
            aliases=(),
            language="ar",
        )
        for n in range(30)
    )
    config = replace(config, site_title="Search", site_url="https://example.org")
    return create_app(config, engine).test_client()


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/?sort=oldest",
        "/search?q=خبز",
        "/search?q=خبز&page=2",
        "/search?q=خبز&page=99",
        "/search?q=خبز+سمك",
        "/search?q=خبر",
        "/search?category=مطبخ 1&tag=وسم 2&author=سلمى 1&year=2011&after=2001&before=2030",
        "/search?q=سمك&category=مطبخ 1&tag=وسم 2&author=سلمى 1&year=2011&after=2001&before=2030",
        "/articles/1.md",
        "/articles/1.md?q=خبز",
        "/articles/none.md",
        "/search?per_page=1000",
        "/search?author=سلمى 1&author=سلمى 2&page=x",
    ],
)
def test_nothing_is_left_in_english(arabic: FlaskClient, url: str) -> None:
    response = arabic.get(url, headers={"Accept-Language": "ar"})
    html = re.sub(r"<(span|a)[^>]* lang=\"(?!ar)[^>]*>[^<]*</\1>", "", response.text)
    page = Page(html)
    said = [page.elements[0].text]
    said += [value for each in page.elements for name, value in each.attributes.items() if name in SPOKEN]
    words = {word for text in said if not text.startswith(("/", "http", "width=")) for word in LATIN.findall(text)}
    assert words - NOT_WORDS == set()


@pytest.mark.parametrize("url", ["/api/search?q=bread", "/api/suggest?q=b", "/api/search?page=0", "/api/none"])
def test_machines_are_answered_in_one_language(client: FlaskClient, url: str) -> None:
    first, second = (client.get(url, headers={"Accept-Language": accept}) for accept in ("en", "ar"))
    assert first.data == second.data
    assert "Accept-Language" not in second.headers.get("Vary", "")
    assert first.headers.get("ETag") == second.headers.get("ETag")
