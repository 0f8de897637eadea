"""The interface in eight languages: which one a request gets, and that answers of different languages never mix."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fieldnotes import HOSTILE
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_web_pages import Page

from searchapp.config import Config
from searchapp.engines.memory import MemoryEngine
from searchapp.web import create_app
from searchapp.web.locales import LANGUAGES

BREAD = "/articles/posts/2021-02-14-bread.md"
PAGES = ["/", "/search?q=bread", "/search?q=zebra&tag=bread&after=2020", BREAD, "/articles/none.md", "/search?page=0"]
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


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


@pytest.mark.parametrize("url", ["/api/search?q=bread", "/api/suggest?q=b", "/api/search?page=0", "/api/none"])
def test_machines_are_answered_in_one_language(client: FlaskClient, url: str) -> None:
    first, second = (client.get(url, headers={"Accept-Language": accept}) for accept in ("en", "ar"))
    assert first.data == second.data
    assert "Accept-Language" not in second.headers.get("Vary", "")
    assert first.headers.get("ETag") == second.headers.get("ETag")
