"""The reader's pages in a real browser: with and without JavaScript, wide and narrow, light and dark."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fieldnotes import HOSTILE
from playwright.sync_api import Locator, Page, expect

PAGES = (
    "/",
    "/search?q=bread",
    "/search?q=bread&category=Kitchen&tag=bread&year=2021",
    "/search?q=bread+zebra",
    "/search?q=zebra&tag=bread",
    "/search?page=2&per_page=5",
    "/search?page=99",
    "/search?q=hostile",
    "/articles/posts/2021-02-14-bread.md",
    "/articles/posts/2021-02-14-bread.md?q=bread+patience",
    "/articles/none.md",
    "/search?page=0",
    "/search?q=" + "x" * 300,
    "/help",
    "/help/configuration",
    "/help?q=synonyms",
    "/help?q=zzzz",
)

SCRIPTS = pytest.mark.parametrize("javascript", [False, True], ids=["plain", "scripted"])

MEASURE = """
() => {
  const number = text => [...text.match(/[\\d.]+/g).map(Number), 1].slice(0, 4);
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3]));
  const light = rgb => {
    const [r, g, b] = rgb.map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(number(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const box = element.getBoundingClientRect();
    const seen = element.checkVisibility() && box.width > 2 && box.bottom > 0;
    if (!seen || !walker.currentNode.data.trim()) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    const [a, b] = [light(over(number(style.color), ground)), light(ground)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < (large ? 3 : 4.5)) found.push([contrast.toFixed(2), element.outerHTML.slice(0, 120)]);
  }
  return found;
}
"""

SMALL_TARGETS = """
() => [...document.querySelectorAll('a, button, summary, input:not([type=hidden])')]
  .filter(e => e.checkVisibility() && !e.closest('.prose') && !e.matches('.skip'))
  .filter(e => !e.closest('h2, h3, .notice'))
  .map(e => [e.getBoundingClientRect(), e])
  .filter(([box]) => box.width > 1 && box.height < 43.5)
  .map(([box, e]) => [Math.round(box.height), e.outerHTML.slice(0, 120)])
"""


def titles(page: Page) -> list[str]:
    return page.locator(".hit h2").all_inner_texts()


def follow(page: Page, link: Locator) -> None:
    """Clicks a link and waits for what it leads to; a click alone does not wait."""
    with page.expect_navigation():
        link.click()
    expect(page.locator("[aria-busy]")).to_have_count(0)


@SCRIPTS
def test_search_by_form(open_page: Any, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    page.goto("/")
    expect(page.get_by_label("Search articles")).to_be_focused()
    page.keyboard.type("night trains")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=night\+trains$"))
    expect(page.locator(".hit h2")).to_have_text(["Night trains across the Alps"])
    expect(page.locator("mark").first).to_be_visible()
    expect(page.get_by_label("Search articles")).to_have_value("night trains")


@SCRIPTS
def test_a_facet_and_back_out(open_page: Any, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    page.goto("/search?q=bread")
    before = titles(page)
    filters = page.get_by_role("navigation", name="Filters")
    follow(page, filters.get_by_role("link", name=re.compile("^Travel")))
    assert titles(page) == ["Ten walks with a map and bread"]
    follow(page, page.get_by_role("link", name="Remove filter Category Travel"))
    assert titles(page) == before
    follow(page, filters.get_by_role("link", name=re.compile("^Kitchen")))
    follow(page, filters.get_by_role("link", name=re.compile("^2021")))
    assert len(titles(page)) == 2
    follow(page, page.get_by_role("link", name="Clear all"))
    assert titles(page) == before


@SCRIPTS
def test_pages(open_page: Any, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    page.goto("/search?per_page=8")
    seen = titles(page)
    for _ in range(2):
        follow(page, page.get_by_role("link", name="Next", exact=True))
        seen += titles(page)
    assert len(seen) == len(set(seen)) == 19
    expect(page.get_by_role("link", name="Next", exact=True)).to_have_count(0)
    expect(page.locator("[aria-current=page]")).to_have_accessible_name("Page 3")
    page.goto("/search?page=99")
    follow(page, page.get_by_role("link", name="Go to page 2"))
    assert titles(page)


@SCRIPTS
def test_article_and_its_sections(open_page: Any, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    page.goto("/search?q=step+sourdough")
    follow(page, page.get_by_role("link", name="Sourdough for patient people"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sourdough for patient people")
    follow(page, page.get_by_role("link", name="What went wrong"))
    expect(page.get_by_role("heading", name="What went wrong")).to_be_in_viewport()
    follow(page, page.get_by_role("link", name="Dark rye, slowly"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Dark rye, slowly")


def test_hostile_text_runs_nothing(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    for url in ("/search?q=hostile", "/articles/posts/hostile.md", f"/search?q={HOSTILE}&tag={HOSTILE}"):
        page.goto(url)
        page.wait_for_load_state()
    assert page.evaluate("[...document.scripts].every(each => each.src && !each.text)")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_sticks_out_and_text_can_be_read(open_page: Any, width: int) -> None:
    page = open_page(width=width, javascript=True)
    for url in PAGES:
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, url
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(MEASURE) == [], (url, scheme)


def test_dark_is_dark(open_page: Any) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        page = open_page(scheme=scheme, javascript=True)
        page.goto("/")
        shades[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", shades["dark"]))) < 120
    assert sum(map(int, re.findall(r"\d+", shades["light"]))) > 700


@pytest.mark.parametrize("width", [390, 1024])
def test_targets_are_large_enough_for_a_thumb(open_page: Any, width: int) -> None:
    page = open_page(width=width, javascript=True, touch=True)
    for url in PAGES:
        page.goto(url)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        assert page.evaluate(SMALL_TARGETS) == [], url


def test_filters_fold_on_a_phone_and_stand_open_on_a_desk(open_page: Any) -> None:
    phone = open_page(width=390)
    phone.goto("/search?q=bread")
    value = phone.locator(".value").first
    expect(value).not_to_be_visible()
    phone.locator("summary", has_text="Filters").click()
    expect(value).to_be_visible()
    follow(phone, value)
    expect(phone.get_by_role("link", name="Clear all")).to_be_visible()
    expect(phone.locator(".badge")).to_contain_text("1")
    desk = open_page(width=1280)
    desk.goto("/search?q=bread")
    expect(desk.locator(".value").first).to_be_visible()


def test_the_keyboard_reaches_the_content_at_once(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.goto("/search?q=bread")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "searchapp-main"


def test_paper_has_only_what_is_worth_printing(open_page: Any) -> None:
    page = open_page()
    page.goto("/articles/posts/2021-02-14-bread.md")
    page.emulate_media(media="print")
    expect(page.get_by_label("Search articles")).not_to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_page_loads(open_page: Any, width: int) -> None:
    page = open_page(width=width, javascript=True)
    for url in ("/", "/search?q=bread&category=Kitchen", "/search?q=zebra", "/articles/posts/2021-02-14-bread.md"):
        page.goto(url)
        shifts = page.evaluate(
            """() => new Promise(resolve => {
              let sum = 0;
              new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
                .observe({ type: 'layout-shift', buffered: true });
              setTimeout(() => resolve(sum), 150);
            })"""
        )
        assert shifts == 0, url
