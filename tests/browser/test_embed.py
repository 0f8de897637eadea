"""The search box on another site's pages: a blog of its own origin, a search that allows it, and a real browser."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fieldnotes import blog
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Route, expect
from test_accessible import AXE, NEEDS_AXE, RUN
from werkzeug.wrappers import Request, Response

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.web import create_app

PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>A blog</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head>
<body><header>{body}</header><main><h1>A blog</h1><p>Its own words.</p><p><input aria-label="Name" id="name"></p></main>
</body></html>"""
HOSTILE = """<style>body * { display: none !important; visibility: hidden !important; opacity: 0 !important;
color: red !important; font: 90px/3 cursive !important; transform: rotate(20deg) !important; zoom: 3 !important;
position: absolute !important; inset: -900px !important; pointer-events: none !important;
letter-spacing: 1em !important; text-transform: uppercase !important }
header { display: block !important; visibility: visible !important; opacity: 1 !important; transform: none !important;
position: static !important; zoom: 1 !important } html { font-size: 3px } dialog::backdrop { display: none }</style>"""


class Blog:
    """A static site: what is put at a path is served there, on 127.0.0.1 (allowed) and on localhost (not allowed)."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, str]] = {}
        self.url = ""
        self.search = ""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        html, policy = self.pages.get(Request(environ).path, ("", ""))
        response = Response(html, status=200 if html else 204, mimetype="text/html")
        if policy:
            response.headers["Content-Security-Policy"] = policy
        return response(environ, start_response)

    def page(self, attributes: str = "", *, head: str = "", body: str = "", lang: str = "en", policy: str = "") -> str:
        """Publishes a page, the script in its body unless that is given; returns its path. SEARCH is the search."""
        body = body or f'<script src="SEARCH/embed.js" {attributes}></script>'
        html = PAGE.format(lang=lang, head=head, body=body).replace("SEARCH", self.search)
        path = f"/{len(self.pages)}.html"
        self.pages[path] = (html, policy.replace("SEARCH", self.search))
        return path


@pytest.fixture(scope="module")
def other(serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blog]:
    folder = tmp_path_factory.mktemp("embed")
    engine = MemoryEngine()
    engine.rebuild(blog())
    other = Blog()
    with serving(other) as other.url:
        config = Config(folder / "content", folder / "index", site_title="Notes", allowed_origins=(other.url,))
        with serving(create_app(config, engine)) as other.search:
            yield other


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, other: Blog) -> Iterator[Visit]:
    """Opens a page of the blog; what the browser complains about fails the test, unless it is expected."""
    contexts = []
    complaints: list[str] = []

    def visit(path: str, *, width: int = 1280, scheme: str = "light", expected: str = "$^", **how: Any) -> Page:
        context = chromium.new_context(
            base_url=other.url,
            viewport={"width": width, "height": 850},
            color_scheme="dark" if scheme == "dark" else "light",
            has_touch=width < 500,
            is_mobile=width < 500,
            **how,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)

        def heard(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and not re.search(expected, message.text):
                complaints.append(message.text)

        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def opener(page: Page) -> Locator:
    return page.get_by_role("button", name="Search articles")


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Search articles")


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search articles")


def hits(page: Page) -> Locator:
    return page.get_by_role("option")


def active(page: Page) -> Locator:
    return page.locator("[role=option][aria-selected=true]")


def settled(page: Page, text: str) -> None:
    expect(page.locator("searchapp-search [role=status]")).to_have_text(text)
    expect(page.locator("searchapp-search [aria-busy]")).to_have_count(0)


def test_from_a_key_to_an_article_of_another_site(visit: Visit, other: Blog) -> None:
    page = visit(other.page())
    page.keyboard.press("/")
    expect(dialog(page)).to_be_visible()
    expect(box(page)).to_be_focused()
    expect(page.get_by_role("heading", name="Newest articles")).to_be_visible()
    expect(hits(page)).to_have_count(8)
    page.keyboard.type("bicy")
    settled(page, "1 result")
    expect(hits(page).first).to_contain_text("Truing a bicycle wheel")
    expect(hits(page).first.locator("mark").first).to_have_text("bicycle")
    expect(hits(page).first).to_contain_text("26 May 2024 · Workshop")
    expect(box(page)).to_have_attribute("aria-activedescendant", active(page).get_attribute("id") or "none")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"^{re.escape(other.search)}/articles/posts/2024-05-26-bicycle\.md\?q=bicy"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Truing a bicycle wheel")
    expect(page.locator("article mark").first).to_be_in_viewport()


def test_the_box_is_there_without_its_style(visit: Visit, other: Blog) -> None:
    page = visit(other.page(body="No box."), expected="ERR_FAILED")
    page.route("**/embed.css", lambda route: route.abort())
    page.goto(other.page())
    page.keyboard.press("/")
    expect(dialog(page)).to_be_visible()
    expect(box(page)).to_be_focused()
    expect(hits(page)).to_have_count(8)


def test_arrows_go_round_and_passages_have_links_of_their_own(visit: Visit, other: Blog) -> None:
    page = visit(other.page())
    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.type("rye patience")
    settled(page, "1 result")
    many = hits(page).count()
    assert many > 1
    expect(active(page)).to_contain_text("Dark rye")
    page.keyboard.press("ArrowUp")
    expect(hits(page).nth(many - 1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(hits(page).nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(active(page)).to_contain_text("Step by step")
    with page.context.expect_page() as opened:
        page.keyboard.press("ControlOrMeta+Enter")
    expect(opened.value).to_have_url(re.compile(r"/articles/posts/2021-11-02-rye\.md.*#step-by-step"))
    expect(dialog(page)).to_be_visible()
    expect(box(page)).to_have_value("rye patience")


def test_escape_gives_the_focus_back_and_keeps_the_words(visit: Visit, other: Blog) -> None:
    page = visit(other.page())
    page.locator("#name").focus()
    page.keyboard.type("a/b")
    expect(page.locator("#name")).to_have_value("a/b")
    page.keyboard.press("ControlOrMeta+k")
    page.keyboard.type("bread")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    expect(page.locator("#name")).to_be_focused()
    opener(page).click()
    expect(box(page)).to_have_value("bread")
    page.keyboard.type("soup")
    expect(box(page)).to_have_value("soup")
    page.get_by_role("button", name="Close").click()
    expect(opener(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog(page)).to_be_visible()
    for _ in range(12):  # the focus stays in it, or goes to the browser's own
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") in {"searchapp-search", "body"}
    page.mouse.click(5, 5)
    expect(dialog(page)).to_have_count(0)


def test_all_results_and_completions_lead_to_the_search(visit: Visit, other: Blog) -> None:
    page = visit(other.page())
    opener(page).click()
    box(page).fill("wo")
    chips = page.get_by_role("group", name="Suggestions")
    expect(chips.get_by_role("link", name="Workshop Category")).to_have_attribute(
        "href", f"{other.search}/search?category=Workshop"
    )
    box(page).fill("woo")
    chips.get_by_role("button", name="wood").click()
    expect(box(page)).to_have_value("wood")
    settled(page, "3 results")
    page.get_by_role("link", name="Show all 3 results").click()
    expect(page).to_have_url(f"{other.search}/search?q=wood")


def test_what_was_corrected_is_said_and_can_be_refused(visit: Visit, other: Blog) -> None:
    page = visit(other.page())
    opener(page).click()
    box(page).fill("sause")
    expect(dialog(page)).to_contain_text("Showing results for “⁨sauce⁩”.")
    page.get_by_role("button", name="Search for “⁨sause⁩” as typed").click()
    expect(dialog(page)).to_contain_text("Nothing found for “⁨sause⁩”")
    expect(page.get_by_role("heading", name="Newest articles")).to_be_visible()
    expect(hits(page)).to_have_count(8)
    page.get_by_role("link", name="Browse all 19 articles").click()
    expect(page).to_have_url(f"{other.search}/search")


def test_some_words_are_better_than_none(visit: Visit, other: Blog) -> None:
    page = visit(other.page())
    opener(page).click()
    box(page).fill("bread zebra")
    expect(dialog(page)).to_contain_text("these have some of them")
    expect(hits(page).first).to_contain_text("bread")


def test_an_input_method_keeps_its_keys(visit: Visit, other: Blog) -> None:
    page = visit(other.page())
    opener(page).click()
    expect(hits(page)).to_have_count(8)
    page.context.new_cdp_session(page).send(
        "Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1}
    )
    for key in ("Enter", "ArrowDown", "Escape"):
        composing = (
            f"new KeyboardEvent('keydown', {{ key: '{key}', isComposing: true, bubbles: true, cancelable: true }})"
        )
        assert box(page).evaluate(f"each => each.dispatchEvent({composing})"), "not taken"
    expect(dialog(page)).to_be_visible()
    expect(hits(page).first).to_have_attribute("aria-selected", "true")


def test_late_answers_are_dropped(visit: Visit, other: Blog) -> None:
    page = visit(other.page())
    opener(page).click()
    expect(hits(page)).to_have_count(8)
    held: list[Route] = []
    page.route("**/api/search?q=wo&*", lambda route: held.append(route))
    box(page).fill("wo")
    page.wait_for_timeout(250)
    box(page).fill("bees")
    settled(page, "1 result")
    held.pop().continue_()
    page.wait_for_timeout(100)
    expect(hits(page).first).to_contain_text("What bees need")


def test_enter_before_the_answer_does_not_open_an_older_one(visit: Visit, other: Blog) -> None:
    page = visit(other.page())
    opener(page).click()
    expect(hits(page)).to_have_count(8)
    page.route("**/api/search?q=soup*", lambda route: None)
    page.keyboard.type("soup")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{other.search}/search?q=soup")


def test_a_search_that_is_down_says_so_and_recovers(visit: Visit, other: Blog) -> None:
    page = visit(other.page(), expected="ERR_FAILED|ERR_INTERNET|503")
    page.route("**/api/**", lambda route: route.abort())
    opener(page).click()
    expect(dialog(page)).to_contain_text("The search does not answer")
    page.keyboard.type("bread")
    expect(page.get_by_role("link", name="Open the search page")).to_have_attribute(
        "href", f"{other.search}/search?q=bread"
    )
    page.unroute("**/api/**")
    page.route("**/api/suggest*", lambda route: route.fulfill(status=503))
    page.keyboard.type(" ")
    expect(hits(page).first).to_be_visible()
    expect(dialog(page)).not_to_contain_text("does not answer")


def test_an_origin_that_is_not_allowed_gets_nothing(visit: Visit, other: Blog) -> None:
    path = other.page()
    page = visit(other.url.replace("127.0.0.1", "localhost") + path, expected="CORS|ERR_FAILED")
    opener(page).click()
    expect(dialog(page)).to_contain_text("The search does not answer")
    expect(page.get_by_role("link", name="Open the search page")).to_have_attribute("href", f"{other.search}/search")
    read = "async url => { try { return await (await fetch(url)).text() } catch (error) { return error.name } }"
    assert page.evaluate(read, f"{other.search}/api/search?q=bread") == "TypeError"
    assert visit(path).evaluate(read, f"{other.search}/api/search?q=bread").startswith("{")
    assert visit(path, expected="CORS|ERR_FAILED").evaluate(read, f"{other.search}/search?q=bread") == "TypeError"


def shape(page: Page) -> list[Any]:
    places = [opener(page), dialog(page), box(page), hits(page).first]
    names = ["fontSize", "color", "letterSpacing", "visibility", "opacity", "textTransform", "pointerEvents"]
    styles = f"each => {names}.map(name => getComputedStyle(each)[name])"
    return [[{n: round(v) for n, v in (each.bounding_box() or {}).items()}, each.evaluate(styles)] for each in places]


@pytest.mark.slow
def test_hostile_css_changes_nothing(visit: Visit, other: Blog) -> None:
    pages = [visit(other.page(head=head)) for head in ("<style>header { height: 44px; margin: 0 }</style>", HOSTILE)]
    for page in pages:
        page.keyboard.press("/")
        expect(hits(page)).to_have_count(8)
        page.keyboard.type("bread")
        settled(page, "3 results")
    usual, hostile = map(shape, pages)
    assert usual[1:] == hostile[1:]
    assert usual[0][0]["width"] == hostile[0][0]["width"], "the button"
    assert usual[0][0]["height"] == hostile[0][0]["height"]
    assert usual[0][1] == hostile[0][1]


def test_a_strict_policy_of_the_page_is_kept(visit: Visit, other: Blog) -> None:
    policy = (
        "default-src 'none'; script-src SEARCH; connect-src SEARCH; require-trusted-types-for 'script'; trusted-types"
    )
    page = visit(other.page(policy=policy))
    opener(page).click()
    page.keyboard.type("wood")
    settled(page, "3 results")
    assert opener(page).evaluate("each => getComputedStyle(each).borderRadius") == "10px"


@pytest.mark.parametrize("width", [390, 1280])
def test_fingers_find_everything(visit: Visit, other: Blog, width: int) -> None:
    page = visit(other.page(), width=width)
    opener(page).click()
    box(page).fill("wo")
    expect(page.get_by_role("group", name="Suggestions")).to_be_visible()
    targets = "input, button, a"
    sizes = (
        page.locator("searchapp-search")
        .locator(targets)
        .evaluate_all(
            "all => all.filter(e => e.checkVisibility()).map(e => [e.className, e.getBoundingClientRect().height])"
        )
    )
    assert len(sizes) > 5
    assert [each for each in sizes if each[1] < 43.5] == []
    if width == 390:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        bounds = dialog(page).bounding_box()
        assert bounds
        assert (bounds["x"], bounds["width"], round(bounds["height"])) == (0, 390, 850)
        hits(page).nth(1).tap()
        expect(page).to_have_url(re.compile("/articles/"))


@pytest.mark.slow
@NEEDS_AXE
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(visit: Visit, other: Blog, scheme: str, width: int) -> None:
    page = visit(
        other.page(head="<style>:root { color-scheme: light dark }</style>"),
        width=width,
        scheme=scheme,
        expected="ERR_FAILED",
    )
    script = AXE.read_text("utf-8")
    found = {}

    def examine(name: str) -> None:
        page.wait_for_timeout(250)
        page.evaluate(f"() => {{ {script} }}")
        if complaints := page.evaluate(RUN):
            found[name] = complaints

    examine("closed")
    opener(page).click()
    expect(hits(page)).to_have_count(8)
    examine("newest")
    for words in ("wo", "sause", "zzzz", "bread zebra"):
        box(page).fill(words)
        expect(page.locator("searchapp-search [aria-busy]")).to_have_count(0)
        examine(words)
    page.route("**/api/**", lambda route: route.abort())
    box(page).fill("another")
    expect(dialog(page)).to_contain_text("does not answer")
    examine("failed")
    assert found == {}


def paper(page: Page) -> Any:
    return dialog(page).evaluate("each => getComputedStyle(each).backgroundColor")


@pytest.mark.slow
def test_light_dark_and_a_theme(visit: Visit, other: Blog) -> None:
    white, black = "rgb(255, 255, 255)", "rgb(24, 29, 28)"
    for attributes, scheme, expected in (
        ("", "light", white),
        ("", "dark", black),
        ('data-theme="light"', "dark", white),
        ('data-theme="dark"', "light", black),
    ):
        page = visit(other.page(attributes), scheme=scheme)
        opener(page).click()
        assert paper(page) == expected, (attributes, scheme)
    page.evaluate("document.querySelector('searchapp-search').setAttribute('theme', 'light')")
    assert paper(page) == white
    css = "searchapp-search { --searchapp-paper: #fee; --searchapp-width: 300px } ::part(button) { border-radius: 0 }"
    page = visit(other.page(head=f"<style>{css}</style>"), reduced_motion="reduce")
    assert (opener(page).bounding_box() or {})["width"] == 300
    assert opener(page).evaluate("each => getComputedStyle(each).borderRadius") == "0px"
    opener(page).click()
    assert paper(page) == "rgb(255, 238, 238)"
    assert dialog(page).evaluate("each => getComputedStyle(each).animationName") == "none"


SCRIPT = '<script src="SEARCH/embed.js" {}></script>'


@pytest.mark.parametrize("how", ["", "async", "defer", 'type="module"', 'crossorigin type="module"'])
def test_however_the_script_is_loaded(visit: Visit, other: Blog, how: str) -> None:
    page = visit(
        other.page(body=SCRIPT.format(how) + "<nav>" + SCRIPT.format(how + ' data-placeholder="Find"') + "</nav>")
    )
    expect(page.locator("searchapp-search")).to_have_count(2)
    expect(page.locator("nav > searchapp-search").get_by_role("button", name="Find")).to_be_visible()
    opener(page).first.focus()
    page.keyboard.press("/")
    expect(page.get_by_role("dialog")).to_have_count(1)
    head = visit(other.page(head=SCRIPT.format(how), body="<i></i>"))
    expect(head.locator("body > searchapp-search[floating]").get_by_role("button")).to_be_in_viewport()
    target = visit(other.page(head=SCRIPT.format(how + ' data-target="#here"'), body='<p id="here"></p>'))
    expect(target.locator("#here > searchapp-search")).to_have_count(1)


def test_nothing_is_global(visit: Visit, other: Blog) -> None:
    names = "Object.getOwnPropertyNames(window)"
    without = visit(other.page(body="<i></i>")).evaluate(names)
    assert set(visit(other.page()).evaluate(names)) - set(without) == set()


def test_what_a_data_attribute_says_is_checked(visit: Visit, other: Blog) -> None:
    warnings: list[str] = []
    bad = {"colour": "red", "theme": "blue", "shortcuts": "yes", "target": "#none", "lang": "x_y", "strings": "{"}
    attributes = " ".join(f'data-{name}="{value}"' for name, value in bad.items()) + ' data-tags=" wood ,, "'
    page = visit(other.page(body="<i></i>"), expected=".")
    page.on("console", lambda message: warnings.append(message.text))
    page.goto(other.page(attributes))
    expect(opener(page)).to_be_visible()
    for name in bad:
        assert [each for each in warnings if f"data-{name}" in each and "searchapp" in each], name
    assert len(warnings) == len(bad)
    page = visit(other.page('data-target="]["'), expected="data-target")
    expect(opener(page)).to_be_visible()


def test_a_search_of_some_tags_and_categories_only(visit: Visit, other: Blog) -> None:
    page = visit(other.page('data-tags="wood, maps" data-categories="Workshop,Travel" data-placeholder="Find"'))
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name="Browse all 5 articles")).to_have_attribute(
        "href", f"{other.search}/search?category=Workshop&category=Travel&tag=wood&tag=maps"
    )
    page.keyboard.type("wo")
    settled(page, "3 results")
    expect(page.get_by_role("link", name="Category")).to_have_count(0)


def test_a_tag_with_a_comma_stands_in_quotes(visit: Visit, other: Blog) -> None:
    page = visit(other.page("""data-tags='"Paris, Texas", rye, " a "b,"c' data-placeholder="Find\""""))
    page.get_by_role("button", name="Find").click()
    expect(page.locator('a[href*="tag=Paris%2C+Texas&tag=rye&tag=a&tag=b&tag=c"]')).to_have_count(1)


def test_a_search_within_any_filters(visit: Visit, other: Blog) -> None:
    page = visit(other.page('data-filters="author=Ada+Moss&amp;after=2021" data-tags="bread" data-placeholder="Find"'))
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name="Browse all 3 articles")).to_have_attribute(
        "href", f"{other.search}/search?tag=bread&author=Ada+Moss&after=2021"
    )
    page.keyboard.type("rye")
    settled(page, "1 result")
    expect(page.get_by_role("link", name="Tag")).to_have_count(0)


def test_words_of_the_page_and_its_keys(visit: Visit, other: Blog) -> None:
    heard = """<script>window.heard = []; addEventListener('keydown', event => {
      if (event.target.localName === 'input') return;
      heard.push(event.key);
      if (event.key === '/') event.preventDefault();
    });</script>"""
    strings = """data-strings='{"search": "Find a post", "results": "{n} found"}'"""
    page = visit(other.page(head=heard, body=SCRIPT.format(strings)))
    page.keyboard.press("/")
    page.wait_for_timeout(100)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Find a post").click()
    page.keyboard.type("bread / rye")
    expect(page.get_by_role("combobox", name="Find a post")).to_have_value("bread / rye")
    settled(page, "1 found")
    assert page.evaluate("heard") == ["/"]
    page.keyboard.press("Escape")
    page = visit(other.page('data-shortcuts="off"'))
    page.keyboard.press("/")
    page.keyboard.press("Control+j")
    page.wait_for_timeout(100)
    expect(dialog(page)).to_have_count(0)
    page.evaluate("document.querySelector('searchapp-search').open('soup')")
    settled(page, "1 result")


def test_hostile_articles_are_text(visit: Visit, other: Blog) -> None:
    page = visit(other.page())
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    opener(page).click()
    page.keyboard.type("hostile")
    expect(hits(page).first).to_contain_text('Hostile <script>alert("x")</script>')
    assert page.locator("searchapp-search").locator("script, img").count() == 0
    answer = page.request.get(f"{other.search}/api/search?q=hostile").json()
    answer["hits"][0] |= {
        "url": "javascript:alert(1)",
        "sections": [],
        "highlights": {"title": "<img src=x onerror=alert(1)><mark>x", "body": "<mark><b>&lt;i&gt;</b></mark>"},
    }
    page.route(
        "**/api/search?q=hostile+x*",
        lambda route: route.fulfill(json=answer, headers={"Access-Control-Allow-Origin": "*"}),
    )
    page.keyboard.type(" x")
    expect(hits(page).first).to_contain_text("<img src=x onerror=alert(1)><mark>x")
    expect(hits(page).first.locator("mark")).to_have_text("<b><i></b>")
    assert (hits(page).first.get_attribute("href") or "").startswith(other.search)


def test_it_is_small(other: Blog) -> None:
    script = Path(__file__).parents[2] / "searchapp" / "web" / "static" / "embed.js"
    assert len(gzip.compress(script.read_bytes(), 5)) < 10_000


def test_words_in_the_language_of_the_page(visit: Visit, other: Blog) -> None:
    page = visit(other.page(lang="ar"))
    element = page.locator("searchapp-search")
    expect(element).to_have_attribute("dir", "rtl")
    page.keyboard.press("/")
    expect(page.get_by_role("dialog")).not_to_have_attribute("aria-label", "Search articles")
    glass, close = (page.get_by_role("dialog").locator(each).bounding_box() for each in (".head > svg", ".shut"))
    assert glass
    assert close
    assert glass["x"] > close["x"], "from right to left"
    german = visit(other.page('data-lang="de"'))
    expect(german.locator("searchapp-search")).to_have_attribute("lang", "de")
    german.keyboard.press("/")
    german.keyboard.type("bread")
    settled(german, "3 Ergebnisse")


def test_it_speaks_the_language_of_the_page(visit: Visit, other: Blog) -> None:
    page = visit(other.page(lang="ar"))
    page.get_by_role("button", name="ابحث في المقالات").click()
    expect(page.get_by_role("dialog")).to_have_css("direction", "rtl")
    page.keyboard.type("bread")
    settled(page, "3 نتائج")
    page = visit(other.page('data-lang="pl"'))
    page.get_by_role("button", name="Szukaj w artykułach").click()
    page.keyboard.type("bread")
    settled(page, "3 wyniki")
    # Not one of ours: then one that the reader likes.
    page = visit(other.page(lang="it"), locale="de-AT")
    page.get_by_role("button", name="Artikel durchsuchen").click()
    page.keyboard.type("zebra")
    expect(page.get_by_role("dialog")).to_contain_text("Nichts gefunden für")


def test_without_the_words_of_a_language_it_speaks_english(visit: Visit, other: Blog) -> None:
    page = visit(other.page(), expected="Failed to load")
    page.route("**/embed/strings.json*", lambda route: route.abort())
    page.goto(other.page(lang="ja"))
    opener(page).click()
    page.keyboard.type("rye")
    settled(page, "1 result")
