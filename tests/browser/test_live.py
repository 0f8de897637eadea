"""Results while typing, in a real browser: what is shown, in the address bar, in the history, and read out."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fieldnotes import HOSTILE
from playwright.sync_api import Locator, Page, Route, expect

TRAINS = "Night trains across the Alps"


def box(page: Page) -> Locator:
    return page.get_by_label("Search articles")


def hits(page: Page) -> Locator:
    return page.locator(".hit h2")


def settled(page: Page) -> None:
    expect(page.locator("[aria-busy]")).to_have_count(0)


def asked(url: str) -> str:
    return parse_qs(urlsplit(url).query).get("q", [""])[0]


@pytest.fixture
def home(open_page: Any) -> Page:
    page = open_page(javascript=True)
    page.goto("/")
    expect(box(page)).to_be_focused()
    return page


def test_results_and_facets_follow_the_typing(home: Page) -> None:
    before = home.evaluate("performance.timeOrigin")
    home.keyboard.type("night tra")
    expect(hits(home).first).to_have_text(TRAINS)
    expect(home).to_have_url(re.compile(r"/search\?q=night\+tra&live=1$"))
    expect(home).to_have_title("night tra – Field Notes")
    expect(home.locator(".value")).to_have_count(0)  # one article is not narrowed
    box(home).fill("brea")
    expect(home.locator(".value", has_text="Kitchen")).to_contain_text("3 articles")
    expect(home.locator(".value", has_text="Travel")).to_contain_text("1 article")
    expect(home.locator(".value", has_text="Workshop")).to_have_count(0)
    expect(box(home)).to_be_focused()
    assert home.evaluate("performance.timeOrigin") == before, "it is still the same page"


def test_a_link_shows_the_same_page(home: Page, open_page: Any) -> None:
    home.keyboard.type("bre")
    expect(home).to_have_url(re.compile("live=1"))
    settled(home)
    home.locator(".value", has_text="Kitchen").click()
    expect(home.locator(".chip")).to_have_count(1)
    for javascript in (True, False):
        other = open_page(javascript=javascript)
        other.goto(home.url)
        assert hits(other).all_inner_texts() == hits(home).all_inner_texts() != []
        assert other.locator(".value").all_inner_texts() == home.locator(".value").all_inner_texts()
        assert box(other).input_value() == "bre"
        assert other.title() == home.title()


def test_enter_takes_the_words_as_they_are(home: Page) -> None:
    home.keyboard.type("sourd")
    expect(hits(home)).to_have_count(1)
    home.keyboard.press("Enter")
    expect(home).to_have_url(re.compile(r"\?q=sourd$"))
    expect(home.get_by_role("heading", name="Nothing found")).to_be_visible()


def test_back_and_forward(home: Page) -> None:
    newest = hits(home).all_inner_texts()
    home.keyboard.type("trains")
    home.keyboard.press("Enter")
    expect(hits(home)).to_have_text([TRAINS])
    box(home).fill("rye")
    expect(hits(home).first).to_have_text("Dark rye, slowly")
    home.locator(".value", has_text="rye").click()
    expect(home.locator(".chip")).to_contain_text("rye")
    home.go_back()
    expect(home.locator(".chip")).to_have_count(0)
    expect(box(home)).to_have_value("rye")
    home.go_back()
    expect(hits(home)).to_have_text([TRAINS])
    expect(box(home)).to_have_value("trains")
    home.go_back()
    expect(hits(home)).to_have_text(newest)
    expect(box(home)).to_have_value("")
    home.go_forward()
    expect(hits(home)).to_have_text([TRAINS])
    home.go_forward()
    home.go_forward()
    expect(home.locator(".chip")).to_contain_text("rye")
    expect(box(home)).to_have_value("rye")


def test_back_from_an_article_shows_what_was_typed(home: Page) -> None:
    home.keyboard.type("night tra")
    expect(hits(home).first).to_have_text(TRAINS)
    home.keyboard.press("Escape")
    hits(home).first.get_by_role("link").click()
    expect(home.get_by_role("heading", level=1)).to_have_text(TRAINS)
    home.go_back()
    expect(hits(home).first).to_have_text(TRAINS)
    expect(box(home)).to_have_value("night tra")


def test_an_answer_that_comes_late_is_dropped(home: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        if asked(route.request.url) == "rye":
            held.append(route)
        else:
            route.continue_()

    home.route("**/search?*fragment=1*", hold)
    box(home).fill("rye")
    expect(home.locator("[aria-busy]")).to_have_count(1)
    box(home).fill("trains")
    expect(hits(home)).to_have_text([TRAINS])
    assert len(held) == 1
    held[0].continue_()
    home.wait_for_timeout(100)
    expect(hits(home)).to_have_text([TRAINS])
    expect(home).to_have_url(re.compile("q=trains"))


def test_answers_out_of_order_without_abort(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.add_init_script(
        """const fetched = window.fetch; window.fetch = (url, options) => {
          const { signal, ...rest } = options ?? {};
          const late = url.includes('q=rye') ? 500 : 0;
          const answer = new Promise(resolve => setTimeout(resolve, late)).then(() => fetched(url, rest));
          return answer.finally(() => { if (late) window.came(); });
        };
        window.late = new Promise(resolve => { window.came = resolve; });"""
    )
    page.goto("/")
    expect(box(page)).to_be_focused()
    page.keyboard.insert_text("rye")
    page.wait_for_timeout(200)
    box(page).fill("trains")
    expect(hits(page)).to_have_text([TRAINS])
    page.evaluate("window.late")
    page.wait_for_timeout(50)
    expect(hits(page)).to_have_text([TRAINS])


FRAME = """() => ['.search', '.side', '.results', '.count', '.sort', '.foot'].map(name => {
  const { left, top, width } = document.querySelector(name).getBoundingClientRect();
  return [name, left, name === '.foot' ? top > innerHeight : top, name === '.sort' ? 0 : width];
})"""


def test_a_slow_network_keeps_the_old_results_in_their_place(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.goto("/search?q=bread")
    before = hits(page).all_inner_texts()
    frame = [each for each in page.evaluate(FRAME) if each[0] != ".count"]
    held: list[Route] = []
    page.route("**/search?*fragment=1*", lambda route: held.append(route))
    box(page).fill("trains")
    expect(page.locator("#searchapp-live[aria-busy]")).to_have_count(1)
    assert hits(page).all_inner_texts() == before
    expect(page).to_have_url(re.compile("q=trains&live=1"))
    held.pop().continue_()
    page.unroute("**/search?*fragment=1*")
    expect(hits(page)).to_have_text([TRAINS])
    assert [each for each in page.evaluate(FRAME) if each[0] != ".count"] == frame
    box(page).fill("zzzz")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    steady = {".search", ".side", ".results"}
    assert [each for each in page.evaluate(FRAME.replace("'.sort', ", "")) if each[0] in steady] == [
        each for each in frame if each[0] in steady
    ]


def test_when_the_server_does_not_answer_it_is_said(home: Page) -> None:
    home.route("**/search?*fragment=1*", lambda route: route.fulfill(status=429, body="no"))
    home.keyboard.type("trains")
    expect(home.locator("#searchapp-live > .notice")).to_contain_text("does not answer")
    expect(hits(home)).not_to_have_count(0)
    home.unroute("**/search?*fragment=1*")
    home.keyboard.type(" ")
    expect(hits(home)).to_have_text([TRAINS])
    expect(home.locator(".notice")).to_have_count(0)


def test_counts_are_read_out_once_the_typing_rests(home: Page) -> None:
    said = home.get_by_role("status")
    expect(said).to_have_text("")
    home.keyboard.type("night tra", delay=30)
    expect(said).to_have_text("1 result for night tra")
    box(home).fill("zzzz")
    expect(said).to_have_text("Nothing found for zzzz")


def test_unfinished_characters_of_an_input_method_search_nothing(home: Page) -> None:
    requests: list[str] = []
    home.on("request", lambda request: requests.append(request.url) if "q=" in request.url else None)
    client = home.context.new_cdp_session(home)
    client.send("Input.imeSetComposition", {"text": "きょ", "selectionStart": 2, "selectionEnd": 2})
    home.wait_for_timeout(300)
    assert requests == []
    assert home.url.endswith("/")
    client.send("Input.insertText", {"text": "trains"})
    expect(hits(home)).to_have_text([TRAINS])


def test_focus_stays_on_the_filter_that_was_chosen(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.goto("/search?q=bread")
    kitchen = page.locator(".value", has_text="Kitchen")
    kitchen.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(1)
    expect(kitchen).to_be_focused()
    page.locator(".chip").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.locator(".count")).to_be_focused()


def test_what_was_unfolded_stays_so(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.goto("/")
    more = page.locator(".facet", has=page.get_by_role("heading", name="Tag")).locator(".more")
    more.locator("summary").click()
    more.locator(".value").first.click()
    settled(page)
    expect(page.locator(".chip")).to_have_count(1)
    page.locator(".chip").click()
    settled(page)
    expect(more).to_have_attribute("open", "")


def test_the_next_page_begins_at_its_top(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.goto("/search")
    first = hits(page).all_inner_texts()
    page.get_by_role("link", name="Next", exact=True).click()
    expect(page).to_have_title(re.compile("page 2"))
    settled(page)
    assert set(hits(page).all_inner_texts()).isdisjoint(first)
    expect(page.locator(".count")).to_be_in_viewport()
    expect(page.locator(".count")).to_be_focused()


def test_a_click_for_another_tab_is_the_browsers(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.goto("/search?q=bread")
    with page.context.expect_page() as opened:
        page.locator(".value", has_text="Kitchen").click(modifiers=["ControlOrMeta"])
    expect(opened.value).to_have_url(re.compile("category=Kitchen"))
    assert "category" not in page.url


@pytest.mark.parametrize("text", [HOSTILE, '"><img src=x onerror=alert(1)>', "\u202eevil\u202c", "&lt;b&gt;%3Cb%3E"])
def test_hostile_typing_runs_nothing(home: Page, text: str) -> None:
    home.on("dialog", lambda dialog: pytest.fail("a script ran"))
    home.keyboard.insert_text(text)
    expect(home).to_have_url(re.compile("live=1|q="))
    settled(home)
    home.keyboard.insert_text(" hostile")
    expect(hits(home).first).to_contain_text("Hostile")
    assert home.evaluate("[...document.scripts].every(each => each.src)")
    assert home.evaluate("document.querySelectorAll('img').length") == 0


def test_by_touch(open_page: Any) -> None:
    page = open_page(width=390, javascript=True, touch=True)
    page.goto("/")
    box(page).tap()
    page.keyboard.type("rye")
    expect(hits(page).first).to_have_text("Dark rye, slowly")
    page.get_by_role("button", name="Search", exact=True).tap()
    expect(page).to_have_url(re.compile(r"q=rye$"))
    expect(box(page)).not_to_be_focused()


def test_what_was_typed_before_the_script_came_counts(open_page: Any) -> None:
    page = open_page(javascript=True)
    held: list[Route] = []
    page.route("**/live.js*", lambda route: held.append(route))
    page.goto("/", wait_until="commit")
    expect(box(page)).to_be_focused()
    page.keyboard.type("night tra")
    held.pop().continue_()
    expect(hits(page).first).to_have_text(TRAINS)


def test_where_the_script_does_not_come_the_form_works(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.route("**/*.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/")
    expect(box(page)).to_be_focused()
    page.keyboard.type("night trains")
    page.keyboard.press("Enter")
    expect(hits(page)).to_have_text([TRAINS])
