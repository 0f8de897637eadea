"""The combobox of completions and the keys, in a real browser."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect


@pytest.fixture
def home(open_page: Any) -> Page:
    page = open_page(javascript=True)
    page.goto("/")
    expect(box(page)).to_be_focused()
    return page


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search articles")


def options(page: Page) -> Locator:
    return page.get_by_role("option")


def test_completions_of_every_kind(home: Page) -> None:
    expect(box(home)).to_have_attribute("aria-expanded", "false")
    home.keyboard.type("wo")
    expect(options(home)).to_have_text(["Workshop Category", "wood Tag", re.compile("Oiling wood.* Article")])
    home.keyboard.type("o")
    expect(options(home)).to_have_text(["wood Tag", re.compile("Oiling wood.* Article"), "wood Search"])
    expect(box(home)).to_have_attribute("aria-expanded", "true")
    expect(home.get_by_role("listbox", name="Suggestions")).to_have_id(box(home).get_attribute("aria-controls") or "")


def test_arrows_walk_through_them_and_back_to_the_box(home: Page) -> None:
    home.keyboard.type("wo")
    expect(options(home)).to_have_count(3)
    assert box(home).get_attribute("aria-activedescendant") is None
    for number in range(3):
        home.keyboard.press("ArrowDown")
        active = home.locator("[aria-selected=true]")
        expect(active).to_have_count(1)
        expect(box(home)).to_have_attribute("aria-activedescendant", active.get_attribute("id") or "")
        expect(options(home).nth(number)).to_have_attribute("aria-selected", "true")
    home.keyboard.press("ArrowDown")
    expect(home.locator("[aria-selected=true]")).to_have_count(0)
    home.keyboard.press("ArrowUp")
    expect(options(home).nth(2)).to_have_attribute("aria-selected", "true")
    expect(box(home)).to_be_focused()
    expect(box(home)).to_have_value("wo")


def test_enter_takes_what_is_active(home: Page) -> None:
    home.keyboard.type("wo")
    expect(options(home)).to_have_count(3)
    home.keyboard.press("ArrowDown")
    home.keyboard.press("Enter")
    expect(home).to_have_url(re.compile(r"/search\?category=Workshop$"))
    expect(home.locator(".chip")).to_contain_text("Workshop")
    expect(box(home)).to_have_value("")
    expect(options(home)).to_have_count(0)
    home.keyboard.type("woo")
    expect(options(home).last).to_have_text("wood Search")
    home.keyboard.press("ArrowUp")
    home.keyboard.press("Enter")
    expect(box(home)).to_have_value("wood")
    expect(home).to_have_url(re.compile(r"/search\?q=wood&category=Workshop$"))
    home.keyboard.type(" si")
    expect(options(home).first).to_contain_text("Article")
    home.keyboard.press("ArrowDown")
    home.keyboard.press("Enter")
    expect(home.get_by_role("heading", level=1)).to_have_text("Oiling wood the simple way")


def test_control_enter_opens_another_tab(home: Page) -> None:
    home.keyboard.type("oiling wo")
    expect(options(home).first).to_contain_text("Article")
    home.keyboard.press("ArrowDown")
    with home.context.expect_page() as opened:
        home.keyboard.press("ControlOrMeta+Enter")
    expect(opened.value).to_have_url(re.compile("/articles/"))
    assert "/articles/" not in home.url


def test_escape_closes_then_clears(home: Page) -> None:
    home.keyboard.type("wo")
    expect(options(home)).to_have_count(3)
    home.keyboard.press("Escape")
    expect(options(home)).to_have_count(0)
    expect(box(home)).to_have_value("wo")
    home.keyboard.press("Escape")
    expect(box(home)).to_have_value("")
    expect(home).to_have_url(re.compile("/search$"))
    expect(home.get_by_role("heading", name="Newest articles")).to_be_visible()


def test_leaving_the_box_closes_them_and_a_click_takes_one(home: Page) -> None:
    home.keyboard.type("wo")
    expect(options(home)).to_have_count(3)
    home.keyboard.press("Tab")
    expect(options(home)).to_have_count(0)
    box(home).press("End")
    home.keyboard.type("o")
    options(home).filter(has_text="Tag").click()
    expect(home).to_have_url(re.compile(r"/search\?tag=wood$"))


def test_completions_lead_on_from_an_article_too(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.goto("/articles/posts/2021-02-14-bread.md")
    page.keyboard.press("/")
    page.keyboard.type("garden")
    expect(options(page).first).to_have_text("Garden Category")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("category=Garden$"))
    expect(page.locator(".chip")).to_contain_text("Garden")


@pytest.mark.parametrize("key", ["/", "ControlOrMeta+k"])
def test_keys_lead_to_the_box(open_page: Any, key: str) -> None:
    page = open_page(javascript=True)
    page.goto("/search?q=bread")
    page.keyboard.press(key)
    expect(box(page)).to_be_focused()
    page.keyboard.type("a/b")
    expect(box(page)).to_have_value("a/b")


def test_arrows_walk_from_the_box_through_the_results(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.goto("/search?q=bread")
    links = page.locator(".hit h2 a")
    box(page).focus()
    page.keyboard.press("ArrowDown")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(box(page)).to_be_focused()


def test_an_input_method_keeps_its_keys(home: Page) -> None:
    home.keyboard.type("wo")
    expect(options(home)).to_have_count(3)
    client = home.context.new_cdp_session(home)
    client.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    composing = "new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true })"
    assert box(home).evaluate(f"each => each.dispatchEvent({composing})"), "not taken"
    down = composing.replace("Enter", "ArrowDown")
    assert box(home).evaluate(f"each => each.dispatchEvent({down})")
    expect(home.locator("[aria-selected=true]")).to_have_count(0)


def test_hostile_completions_are_text(home: Page) -> None:
    home.on("dialog", lambda dialog: pytest.fail("a script ran"))
    home.keyboard.type("hostile")
    expect(options(home).first).to_contain_text("<script>")
    assert home.evaluate("document.querySelectorAll('#searchapp-options script').length") == 0
    planted = {"text": "<img src=x onerror=alert(1)>", "kind": "article", "url": "javascript:alert(1)"}
    answer = json.dumps({"query": "x", "suggestions": [planted]})
    home.route("**/api/suggest*", lambda route: route.fulfill(body=answer, content_type="application/json"))
    home.keyboard.type(" x")
    expect(options(home)).to_have_text([re.compile("<img")])
    home.keyboard.press("ArrowDown")
    home.keyboard.press("Enter")
    assert home.url.startswith("http")


def test_late_completions_are_dropped(home: Page) -> None:
    held: list[Route] = []
    home.route("**/api/suggest?q=wo&*", lambda route: held.append(route))
    home.keyboard.type("wo")
    home.wait_for_timeout(250)
    home.keyboard.type("rk")
    expect(options(home).first).to_have_text("Workshop Category")
    before = options(home).all_inner_texts()
    held.pop().continue_()
    home.wait_for_timeout(100)
    assert options(home).all_inner_texts() == before
    home.keyboard.press("Escape")
    home.wait_for_timeout(200)
    expect(options(home)).to_have_count(0)
