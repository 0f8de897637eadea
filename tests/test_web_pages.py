"""The reader's pages through the application: what is on them, and what leads where."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from fieldnotes import HOSTILE, blog
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

import searchapp.web
from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.facets import BY_KEY
from searchapp.model import Article, FacetValue, Query, Reason, Results, Section
from searchapp.web import create_app
from searchapp.web.reader.pages import MAX_RELAXED
from searchapp.web.reader.results_view import reasons_in_words
from searchapp.web.reader.year_histogram import bars

BREAD = "/articles/posts/2021-02-14-bread.md"
VOID = {"meta", "link", "input", "img", "br", "hr", "wbr", "path", "circle", "rect"}


class Counting(MemoryEngine):
    """Counts searches."""

    searches = 0

    def search(self, query: Query) -> Results:
        self.searches += 1
        return super().search(query)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """The elements of a page in order, and whether they nest."""

    html: str
    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()
        self.faults += [f"<{element.tag}> stays open" for element in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop().tag != tag:
            self.faults.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def find(self, tag: str, **wanted: str) -> Iterator[Element]:
        names = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        for element in self.elements:
            if element.tag == tag and names.items() <= element.attributes.items():
                yield element

    def link(self, text: str) -> str:
        found = [a for a in self.find("a") if text in " ".join(a.text.split())]
        assert found, f"no link '{text}'"
        return found[0].attributes["href"]


def scripts(page: Page) -> set[str]:
    """The scripts of a page, all of them files of ours."""
    found = list(page.find("script"))
    assert all(each.attributes["src"].startswith("/static/") and not each.text for each in found)
    return {each.attributes["src"].removeprefix("/static/").partition("?")[0] for each in found}


def get(client: FlaskClient, url: str, status: int = 200) -> Page:
    response = client.get(url)
    assert response.status_code == status, response.text
    page = Page(response.text)
    assert not page.faults
    return page


ALL = [
    "/",
    "/search",
    "/search?q=bread",
    "/search?q=bread&category=Kitchen&sort=newest",
    "/search?q=bread+zebra",
    "/search?q=zebra",
    "/search?tag=wood&year=2020",
    "/search?per_page=5&page=2",
    "/search?page=999999",
    "/search?q=hostile",
    "/search?tag=" + HOSTILE.replace(" ", "+"),
    "/search?q=" + HOSTILE,
    "/search?q=sourdoguh",
    "/search?q=sourdoguh&tag=wood",
    "/search?q=patient+wheeel",
    "/search?q=sourdoguh&exact=1",
    "/search?q=sourdoguh+-" + HOSTILE,
    BREAD,
    "/articles/posts/hostile.md",
    "/help",
    "/help/configuration",
    "/help?q=synonyms",
    "/help?q=" + HOSTILE,
]


@pytest.mark.parametrize("url", ALL)
def test_every_page_is_sound(client: FlaskClient, url: str) -> None:
    page = get(client, url)
    assert [each.attributes["lang"] for each in page.find("html")] == ["en"]
    assert len(list(page.find("h1"))) == 1
    assert len(list(page.find("main"))) == 1
    assert page.elements[0].tag == "html"
    assert scripts(page) <= {"suggest.js", "live.js", "filters.js", "intents.js"}
    assert not list(page.find("style"))
    ids = [each.attributes["id"] for each in page.elements if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    for each in page.elements:
        assert not [name for name in each.attributes if name == "style" or name.startswith("on")]
        link = each.attributes.get("href", "") + each.attributes.get("src", "")
        assert link.startswith(("/", "#", "https://")) or not link
    levels = [int(each.tag[1]) for each in page.elements if re.fullmatch("h[1-6]", each.tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_home_invites_and_lists_the_newest(client: FlaskClient) -> None:
    page = get(client, "/")
    box = next(page.find("input", name="q"))
    assert "autofocus" in box.attributes
    assert f"Search {len(blog())} articles" in page.html
    assert page.link("Ten walks with a map and bread") == "/articles/posts/2024-09-12-walks.md"
    assert "autofocus" not in next(get(client, "/search").find("input", name="q")).attributes


def test_a_hit_shows_everything(client: FlaskClient) -> None:
    page = get(client, "/search?q=patience+bread")
    assert list(page.find("mark"))
    assert next(page.find("time")).attributes["datetime"]
    assert page.link("Ada Moss").startswith("/search?q=patience+bread&author=Ada+Moss")
    assert ".md?q=patience+bread#step-by-step:~:text=" in page.link("Step by step")
    label = next(a for a in page.find("a", class_="label label-tag") if a.text == "bread")
    assert label.attributes["href"] == "/search?q=patience+bread&tag=bread"


def test_results_are_not_for_search_engines(client: FlaskClient) -> None:
    assert client.get("/search?q=x").headers["X-Robots-Tag"] == "noindex"
    assert list(get(client, "/search?q=x").find("meta", name="robots", content="noindex"))
    assert not list(get(client, "/").find("meta", name="robots"))
    assert not list(get(client, BREAD).find("meta", name="robots"))


def test_facets_lead_in_and_back_out(client: FlaskClient) -> None:
    page = get(client, "/search?q=bread")
    narrower = page.link("Kitchen, 3 articles")
    assert narrower == "/search?q=bread&category=Kitchen"
    page = get(client, narrower + "&year=2021")
    selected = [a for a in page.find("a", aria_current="true") if "remove this filter" in a.text]
    assert {a.attributes["href"] for a in selected} == {
        "/search?q=bread&year=2021",
        "/search?q=bread&category=Kitchen",
    }
    assert page.link("Remove filter Category Kitchen") == "/search?q=bread&year=2021"
    assert page.link("Clear all") == "/search?q=bread"


def test_a_new_search_keeps_the_filters(client: FlaskClient) -> None:
    page = get(client, "/search?q=bread&category=Kitchen&sort=newest&page=2&per_page=1")
    hidden = {each.attributes["name"]: each.attributes["value"] for each in page.find("input", type="hidden")}
    assert hidden == {"category": "Kitchen", "sort": "newest", "per_page": "1"}


def test_long_facets_are_folded(config: Config) -> None:
    engine = MemoryEngine()
    engine.rebuild(
        replace(blog()[0], id=f"{n}.md", tags=(f"tag{n:03}",), categories=(), permalink="") for n in range(150)
    )
    page = get(create_app(config, engine).test_client(), "/")
    assert len([a for a in page.find("a", class_="value") if "tag" in a.text]) == 50
    assert "40 more tags" in page.html
    assert "100 rarer tags" in page.html


def test_sort_links(client: FlaskClient) -> None:
    page = get(client, "/search?q=bread&page=2&per_page=1")
    assert page.link("Newest") == "/search?q=bread&sort=newest&per_page=1"
    assert [a.text for a in page.find("a", aria_current="true")] == ["Best match"]
    browsing = get(client, "/search")
    assert "Best match" not in browsing.html
    assert [a.text for a in browsing.find("a", aria_current="true")] == ["Newest"]


def test_pager(client: FlaskClient) -> None:
    first = get(client, "/search?per_page=2")
    assert not list(first.find("a", rel="prev"))
    assert next(first.find("a", rel="next")).attributes["href"] == "/search?page=2&per_page=2"
    middle = get(client, "/search?per_page=2&page=5")
    assert [a.attributes["aria-label"] for a in middle.find("a", aria_current="page")] == ["Page 5"]
    assert next(middle.find("a", rel="prev")).attributes["href"] == "/search?page=4&per_page=2"
    last = get(client, "/search?per_page=2&page=10")
    assert not list(last.find("a", rel="next"))


def test_past_the_end_the_last_page_is_offered(client: FlaskClient) -> None:
    page = get(client, "/search?page=999999")
    assert page.link("Go to page 2") == "/search?page=2"
    assert "19" in next(page.find("h2", class_="count")).text


def test_mode_any_is_said(client: FlaskClient) -> None:
    notice = "No article has all of these words"
    assert notice in get(client, "/search?q=bread+zebra").html
    assert notice not in get(client, "/search?q=bread").html


def test_nothing_found_offers_ways_on(client: FlaskClient) -> None:
    page = get(client, "/search?q=zebra&tag=bread&after=2020")
    assert "Nothing found for" in page.html
    assert page.link("Remove filter Tag bread") == "/search?q=zebra&after=2020-01-01"
    assert page.link("Remove filter From 1 January 2020") == "/search?q=zebra&tag=bread"
    assert page.link("Clear all") == "/search?q=zebra"
    assert not list(page.find("ul", class_="plain ways")), "none of them alone is in the way"
    assert page.link("Kitchen").startswith("/search?category=Kitchen")
    assert page.link("Ten walks")
    assert page.link("Show all 19 articles") == "/"


def test_nothing_found_says_which_filter_is_in_the_way(client: FlaskClient) -> None:
    page = get(client, "/search?q=sourdough&tag=wood&year=2021")
    assert page.link("Without tag wood") == "/search?q=sourdough&year=2021"
    ways = next(page.find("ul", class_="plain ways"))
    assert " ".join(ways.text.split()) == "Without tag wood 1 article"
    assert "Remove filter Year" in " ".join(page.elements[0].text.split())


def test_nothing_found_tries_few_filters(config: Config) -> None:
    engine = Counting()
    engine.rebuild(blog())
    tags = "&".join(f"tag=t{n}" for n in range(40))
    get(create_app(config, engine).test_client(), f"/search?q=zebra&{tags}")
    assert engine.searches <= 2 + MAX_RELAXED


def test_years_are_bars(client: FlaskClient) -> None:
    page = get(client, "/search?tag=soil&tag=trees&tag=bees")
    links = {" ".join(each.text.split()): each.attributes["href"] for each in page.find("a", class_="bar")}
    assert list(links) == [f"{year}, 1 article · 1" for year in (2020, 2022, 2023, 2024)], "none where nothing is"
    assert links["2022, 1 article · 1"] == "/search?tag=soil&tag=trees&tag=bees&year=2022"
    assert [each.attributes["height"] for each in page.find("rect") if "height" in each.attributes] == ["100"] * 4
    chosen = get(client, "/search?category=Garden&year=2022")
    assert next(chosen.find("a", class_="bar", aria_current="true")).attributes["href"] == "/search?category=Garden"
    assert not list(get(client, "/search?q=bread").find("ol", class_="bars")), "two years need no picture"


YEAR = BY_KEY["year"]


def years_chosen(*years: int) -> Query:
    return YEAR.select(Query(), tuple(map(str, years)))


def test_many_years_share_bars() -> None:
    values = [FacetValue(str(year), year - 1999, year in {2022, 2023}) for year in range(2000, 2024)]
    found = bars(YEAR, values, years_chosen(2022, 2023), lambda query: " ".join(query.selected("year")))
    assert [each.label for each in found] == [*(f"{year}–{year + 2}" for year in range(2000, 2024, 3))]
    assert found[-1].count == 22 + 23 + 24
    assert not found[-1].selected, "2021 is not"
    assert found[-1].url == "2021 2022 2023"
    assert found[0].url == "2022 2023 2000 2001 2002"
    assert [each.height for each in (found[0], found[-1])] == [9, 100]


def test_years_far_apart_and_years_without_articles() -> None:
    far = [FacetValue(str(year), 1) for year in (1066, 1999, 2024)]
    found = bars(YEAR, far, Query(), lambda query: " ".join(query.selected("year")))
    assert len(found) == 10
    assert [each.url for each in found if each.url] == ["1066", "1999 2024"]
    none = [FacetValue(str(year), 0, True) for year in (2020, 2021, 2022)]
    assert [each.height for each in bars(YEAR, none, years_chosen(2020, 2021, 2022), str)] == [0, 0, 0]
    assert bars(YEAR, far[:2], Query(), str) == ()


def test_the_last_word_may_be_unfinished(client: FlaskClient) -> None:
    assert "Nothing found" in get(client, "/search?q=sourd").html
    page = get(client, "/search?q=sourd&live=1")
    assert page.link("Sourdough for patient people").startswith(f"{BREAD}?q=sourd&live=1#:~:text=")
    assert next(page.find("input", name="q")).attributes["value"] == "sourd"
    assert page.link("fermentation, 1 article") == "/search?q=sourd&tag=fermentation&live=1"
    assert page.link("bread") == "/search?q=sourd&tag=bread&live=1"
    assert "Nothing found" in get(client, "/search?q=sourd+&live=1").html, "the blank ends the word"


@pytest.mark.parametrize("live", ["", "&live=1"])
def test_a_fragment_is_the_part_of_the_page_that_changes(client: FlaskClient, live: str) -> None:
    url = f"/search?q=bread&category=Kitchen&page=2&per_page=1{live}"
    whole, part = client.get(url), client.get(f"{url}&fragment=1")
    assert part.text.strip() in whole.text
    assert part.text.strip().startswith('<div id="searchapp-live"')
    assert part.headers["X-Robots-Tag"] == "noindex"
    assert part.headers["ETag"] != whole.headers["ETag"]
    assert client.get(url, headers={"If-None-Match": part.headers["ETag"]}).status_code == 200
    assert client.get(f"{url}&fragment=1", headers={"If-None-Match": part.headers["ETag"]}).status_code == 304


def test_a_generator_tag_leads_to_the_article_that_it_names(config: Config, engine: MemoryEngine) -> None:
    hrefs = ("/@post_url/2021-02-14-bread#what-you-need", "/@post_url/none", "@/none.md")
    html = " ".join(f'<a href="{href}">words</a>' for href in hrefs)
    engine.update([Article("posts/new.md", "New", html=html, sections=(Section("", "", "words", 0),))], ())
    page = create_app(config, engine).test_client().get("/articles/posts/new.md").text
    assert f'href="{BREAD}#what-you-need"' in page
    assert "@" not in re.sub(r"<script.*?</script>", "", page.partition("<main")[2].partition("</main>")[0])


def test_a_theme_comes_after_our_own_sheet(client: FlaskClient, config: Config, engine: MemoryEngine) -> None:
    assert client.get("/theme.css").status_code == 404
    assert "theme.css" not in client.get("/").text
    file = config.content_dir.parent / "blue.css"
    file.write_text(":root { --accent: blue; }")
    themed = create_app(replace(config, theme=str(file)), engine).test_client()
    for url in ("/", BREAD, "/articles/none.md"):
        sheets = [each.attributes["href"] for each in Page(themed.get(url).text).find("link", rel="stylesheet")]
        assert sheets[1:] == ["/theme.css"]
    answer = themed.get("/theme.css")
    assert (answer.text, answer.mimetype) == (":root { --accent: blue; }", "text/css")
    answer.close()
    again = themed.get("/theme.css", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    again.close()
    file.unlink()
    assert themed.get("/theme.css").status_code == 404


def test_scripts_are_small() -> None:
    scripts = set((Path(searchapp.web.__file__).parent / "static").glob("*.js"))
    ours = {script for script in scripts if script.name != "embed.js"}  # that of other sites' pages
    assert len(scripts) == len(ours) + 1
    assert sum(len(gzip.compress(each.read_bytes())) for each in ours) < 15_000


def test_an_empty_blog(config: Config) -> None:
    engine = MemoryEngine()
    engine.rebuild(())
    client = create_app(config, engine).test_client()
    assert "no articles here yet" in get(client, "/").html
    assert "Nothing found" in get(client, "/search?q=x").html


@pytest.mark.parametrize(
    "url", ["/search?page=0", "/?year=abc", "/search?per_page=1000", "/?q=a&q=b", "/?live=yes", "/?fragment=2"]
)
def test_bad_parameters_are_explained(client: FlaskClient, url: str) -> None:
    parameter = re.search(r"\?(\w+)=", url)
    assert parameter
    assert parameter[1] in next(get(client, url, 400).find("main")).text


@pytest.mark.parametrize("q", ["x" * 2000, "%00", "%ED%A0%80", "[" * 900, "%E2%80%AE", "utm&utm_source=1"])
def test_no_query_breaks_the_page(client: FlaskClient, q: str) -> None:
    get(client, f"/search?q={q}")


@given(q=st.text(max_size=60), tag=st.text(max_size=30), page=st.integers(1, 3))
def test_whatever_is_typed_is_text(client: FlaskClient, q: str, tag: str, page: int) -> None:
    query = {"q": q.encode("utf-8", "replace"), "tag": tag.encode("utf-8", "replace"), "page": page}
    response = client.get("/search", query_string=urlencode(query))
    assert response.status_code == 200
    assert not Page(response.text).faults


def test_hostile_text_is_text(client: FlaskClient) -> None:
    for url in ("/search?q=hostile", "/articles/posts/hostile.md", f"/search?q={HOSTILE}&tag={HOSTILE}"):
        page = get(client, url)
        scripts(page)
        assert "javascript:" not in page.html
        assert not list(page.find("img"))
    page = get(client, "/search?q=hostile")
    assert HOSTILE in page.elements[0].text
    assert page.link('"><b>') == "/articles/posts/hostile.md?q=hostile#%22%3E%3Cscript%3E:~:text=hostile%20words"


def test_article(client: FlaskClient) -> None:
    page = get(client, BREAD)
    assert next(page.find("h1")).text == "Sourdough for patient people"
    assert "14 February 2021" in next(page.find("time")).text
    assert page.link("Ada Moss") == "/search?author=Ada+Moss"
    assert page.link("Kitchen") == "/search?category=Kitchen"
    assert page.link("What you need") == "#what-you-need"
    assert list(page.find("h2", id="what-you-need"))
    assert next(page.find("article")).attributes["lang"] == "en"
    assert "Read it on the blog" not in page.html


def test_article_with_its_words_marked(client: FlaskClient) -> None:
    page = get(client, f"{BREAD}?q=Patience+bread")
    marks = list(page.find("mark"))
    assert [each.text for each in marks] == ["bread", "bread", "bread", "patience"]
    assert [each.attributes["id"] for each in marks] == [f"searchapp-m{number}" for number in range(1, 5)]
    finder = next(page.find("div", id="searchapp-finder"))
    assert "4 matches" in finder.text
    assert [each.attributes["href"] for each in page.find("a", class_="finder-step")] == [
        "#searchapp-m4",
        "#searchapp-m1",
    ]
    assert next(page.find("a", class_="finder-clear")).attributes["href"] == BREAD
    assert next(page.find("input", name="q")).attributes["value"] == "Patience bread"
    assert "marks.js" in scripts(page)
    response = client.get(f"{BREAD}?q=bread&lang=de")
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert f'href="{BREAD}?lang=de" aria-label' in response.text


def test_marks_of_an_unfinished_word_and_none_at_all(client: FlaskClient) -> None:
    assert next(get(client, f"{BREAD}?q=pat&live=1").find("mark")).text.lower() == "patient"
    for query in ("?q=pat", "?q=zebra", "?q=%3Cscript%3E", "?q=", "?q=--"):
        page = get(client, f"{BREAD}{query}")
        assert not list(page.find("mark"))
        assert "finder" not in page.html
    assert client.get(f"{BREAD}?q=a&q=b").status_code == 400
    assert "X-Robots-Tag" not in client.get(BREAD).headers


def test_links_in_results_keep_the_language(client: FlaskClient) -> None:
    link = get(client, "/search?q=patience&lang=de").link("Step by step")
    assert re.search(r"\.md\?q=patience&lang=de#step-by-step:~:text=", link)


def test_article_names_related_ones_and_why(client: FlaskClient) -> None:
    related = next(get(client, BREAD).find("aside", aria_labelledby="searchapp-related"))
    assert "Dark rye, slowly" in related.text
    assert "tagged bread" in related.text
    assert "Sourdough for patient people" not in related.text


def test_article_in_its_own_language(client: FlaskClient) -> None:
    page = get(client, "/articles/pages/%C3%BCber%20uns%20%231%3F.md")
    assert next(page.find("article")).attributes["lang"] == "de"
    assert not list(page.find("time"))
    assert "On this page" not in page.html


def test_links_to_the_blog_if_it_is_known(config: Config, engine: MemoryEngine) -> None:
    client = create_app(replace(config, site_url="https://example.org"), engine).test_client()
    assert get(client, BREAD).link("Read it on the blog") == "https://example.org/2021/bread/"
    found = get(client, "/search?q=sourdough").link("Sourdough")
    assert found == "https://example.org/2021/bread/#:~:text=Sourdough%20for%20patient,-people%20begins%20with"
    hostile = get(client, "/articles/posts/hostile.md")
    assert "Read it on the blog" not in hostile.html


@pytest.mark.parametrize("url", ["/articles/2021/bread", "/articles/2021/bread/", "/articles/old/bread.html"])
def test_former_addresses_lead_on(client: FlaskClient, url: str) -> None:
    response = client.get(url)
    assert (response.status_code, response.headers["Location"]) == (301, BREAD)


@pytest.mark.parametrize("id", ["none.md", "../x", "%2e%2e/x", "a%00", "y" * 3000, "", "a//b.md"])
def test_unknown_articles(client: FlaskClient, id: str) -> None:
    get(client, f"/articles/{id}", 404)


def test_reasons_in_words() -> None:
    reasons = (
        Reason("word", "crumb"),
        Reason("tag", "bread"),
        Reason("category", "Kitchen"),
        Reason("tag", "Bread"),
        Reason("tag", "rye"),
    )
    assert reasons_in_words(reasons) == "Also in Kitchen · also tagged Bread and rye · both mention “crumb”"
    assert reasons_in_words(reasons[:1]) == "Both mention “crumb”"
    assert reasons_in_words(()) == ""


def test_a_corrected_query_says_so_and_offers_the_literal_one(client: FlaskClient) -> None:
    page = get(client, "/search?q=Sourdoguh+-zebra&tag=bread&sort=newest")
    assert "Showing results for sourdough -zebra. Search instead for Sourdoguh -zebra." in " ".join(
        next(each.text for each in page.find("p", class_="notice")).split()
    )
    assert "1 result for sourdough -zebra" in " ".join(next(page.find("h2", class_="count")).text.split())
    assert next(page.find("input", name="q")).attributes["value"] == "Sourdoguh -zebra"
    assert page.link("Sourdough for patient people").startswith(f"{BREAD}?q=sourdough+-zebra#")
    assert page.link("sourdough -zebra") == "/search?q=sourdough+-zebra&tag=bread&sort=newest"
    literally = page.link("Sourdoguh -zebra")
    assert literally == "/search?q=Sourdoguh+-zebra&tag=bread&sort=newest&exact=1"
    page = get(client, literally)
    assert "Nothing found for" in page.html
    assert "Did you mean" in page.html
    assert page.link("sourdough -zebra") == "/search?q=sourdough+-zebra&tag=bread&sort=newest"
    assert "exact" not in {each.attributes["name"] for each in page.find("input")}, "the next words are others"


def test_dashes_can_be_read_in_two_ways_one_click_apart(client: FlaskClient) -> None:
    page = get(client, "/search?q=patient+-people&sort=newest")
    assert "A dash leaves out articles with that word." in page.html
    quoted = page.link('"patient -people"')
    assert quoted == "/search?q=%22patient+-people%22&sort=newest"
    page = get(client, quoted)
    assert "1 result for" in " ".join(next(page.find("h2", class_="count")).text.split())
    assert "A dash leaves out" not in page.html


def test_while_typing_the_corrected_query_is_what_was_typed_so_far(client: FlaskClient) -> None:
    page = get(client, "/search?q=patient+sourdoguh&live=1")
    assert page.link("patient sourdough") == "/search?q=patient+sourdough&live=1"
    assert page.link("patient sourdoguh") == "/search?q=patient+sourdoguh&exact=1&live=1"
    assert " OR " not in page.html
    assert page.link("Sourdough for patient people")
    assert "Showing results for" not in get(client, "/search?q=sourdo&live=1").html


def test_a_guess_is_offered_beside_what_was_found(client: FlaskClient) -> None:
    page = get(client, "/search?q=patient+wheeel")
    assert "Showing results for" not in page.html
    assert page.link("patient wheel") == "/search?q=patient+wheel"
    assert page.link("Sourdough for patient people")


@pytest.mark.parametrize("text", ["bread", "bread \ue000 &?", ""])
def test_each_value_has_the_link_that_chooses_it(config: Config, text: str) -> None:
    engine = MemoryEngine()
    values = ("plain", "C# & C++", "50 % off", "\ue000", "“é”", "a=b", "\ue001 two")
    engine.rebuild([replace(blog()[0], title=text or "x", tags=values, permalink="")])
    client = create_app(config, engine).test_client()
    for chosen in ("", "plain", "\ue000"):
        address = "/search?" + urlencode([("q", text)] * bool(text) + [("tag", chosen)] * bool(chosen))
        seen = 0
        for link in get(client, address).find("a", class_="value"):
            asked = parse_qs(urlsplit(link.attributes["href"]).query)
            others = [each for each in asked.get("tag", ()) if each != chosen]
            if others:
                assert others[0] in link.text
                assert asked.get("q", [""]) == [text]
                assert asked["tag"] == [each for each in (chosen, *others) if each]
                seen += others[0] in values
        assert seen == len(values) - bool(chosen)
