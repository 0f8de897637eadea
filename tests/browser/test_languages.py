"""The interface in other languages, in a browser: mirrored for Arabic, never too wide, a switch that keeps a search."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from searchapp.web.i18n import LANGUAGES

BREAD = "/articles/posts/2021-02-14-bread.md"


def middle(element: Locator) -> float:
    box = element.bounding_box()
    assert box
    return box["x"] + box["width"] / 2


def wait_for(page: Page, results: str) -> None:
    expect(page.locator("h2.count")).to_contain_text(results)
    expect(page.locator("[aria-busy]")).to_have_count(0)


def test_arabic_is_mirrored(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.goto("/search?category=Garden&category=Workshop&per_page=2&page=2&lang=ar")
    assert middle(page.locator(".side")) > middle(page.locator(".results"))
    assert middle(page.locator(".brand")) > middle(page.locator("#searchapp-q")) > middle(page.locator("form button"))
    assert middle(page.locator(".search-sign")) > middle(page.locator("#searchapp-q"))
    assert middle(page.locator("h2.count")) > middle(page.locator(".sort"))
    assert middle(page.locator(".value-label").first) > middle(page.locator(".value-count").first)
    assert middle(page.locator("a[rel=prev]")) > middle(page.locator("[aria-current=page]"))
    assert middle(page.locator("[aria-current=page]")) > middle(page.locator("a[rel=next]"))
    assert middle(page.locator("a[rel=next] svg")) < middle(page.locator("a[rel=next]")), "the arrow points onwards"
    assert page.locator("a[rel=next] svg").evaluate("each => getComputedStyle(each).scale") == "-1 1"
    chip = page.locator(".chip").first
    assert middle(chip.locator(".chip-kind")) > middle(chip.locator("svg"))
    # Time runs from the right, and the tabulator with it.
    bars = page.locator(".bar")
    assert middle(bars.first) > middle(bars.last)
    bars.first.focus()
    page.keyboard.press("Tab")
    expect(bars.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".bar[aria-current]")).to_have_count(1)
    assert "lang=ar" in page.url
    # A title in Latin letters keeps its order, and its card its side.
    expect(page.locator(".hit").first).to_have_css("direction", "ltr")
    page.goto(f"{BREAD}?lang=ar")
    expect(page.locator(".reading")).to_have_css("direction", "ltr")
    expect(page.locator(".related")).to_have_css("direction", "rtl")
    width = page.locator(".article .prose").bounding_box()
    assert width
    assert width["width"] > 500


def test_arabic_by_keyboard(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.goto("/?lang=ar")
    box = page.locator("#searchapp-q")
    box.fill("w")
    options = page.get_by_role("option")
    expect(options.nth(1)).to_be_visible()
    assert middle(options.first.locator(".option-text")) > middle(options.first.locator(".option-kind"))
    for key, active in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(options.nth(active)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("lang=ar"))
    assert page.locator("html").get_attribute("dir") == "rtl"


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 390])
def test_long_words_fit(open_page: Any, width: int) -> None:
    page = open_page(width=width)
    for language in LANGUAGES:
        for url in ("/?", "/search?q=bread&tag=bread&page=2&per_page=1&", "/search?q=zebra&tag=bread&", f"{BREAD}?"):
            page.goto(f"{url}lang={language.tag}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (url, language.tag)
    page = open_page(width=width, javascript=True)
    for tag in ("de", "pl", "ar"):
        page.goto(f"/search?q=bread&lang={tag}")
        page.locator(".filters > summary").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, tag


@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "scripted"])
def test_the_switch_keeps_the_search(open_page: Any, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    page.goto("/search?q=bread&category=Kitchen&lang=en")
    page.get_by_role("link", name="Deutsch").click()
    expect(page).to_have_url(re.compile(r"/search\?q=bread&category=Kitchen&lang=de$"))
    wait_for(page, "3 Ergebnisse für")
    page.locator("#searchapp-q").fill("rye")
    if javascript:
        expect(page).to_have_url(re.compile("q=rye"))
    else:
        page.get_by_role("button", name="Suchen").click()
    wait_for(page, "1 Ergebnis für")
    assert "category=Kitchen" in page.url
    page.get_by_role("link", name="Polski").click()
    wait_for(page, "1 wynik dla")
    assert re.search(r"q=rye&category=Kitchen&lang=pl$", page.url)
    page.locator(".hit h2 a").click()
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    page.get_by_role("link", name="Ada Moss").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "pl")
