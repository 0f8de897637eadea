"""What a browser tells about what its reader sought: one message for one intent, and nothing of the way there."""

from __future__ import annotations

import json
import logging
import time
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Request, expect
from test_embed import Blog, Visit, box, dialog, hits, opener, other, visit

__all__ = ["other", "visit"]  # fixtures

TRAINS = "posts/2023-09-21-trains.md"


class Told:
    """What a page has sent."""

    def __init__(self, page: Page) -> None:
        self.messages: list[dict[str, Any]] = []
        self._page = page
        page.on("request", self._heard)

    def _heard(self, request: Request) -> None:
        if request.url.endswith("/api/intents"):
            self.messages.append(json.loads(request.post_data or ""))

    def texts(self, expected: int) -> list[str]:
        """What was sought, once so many messages have come."""
        deadline = time.monotonic() + 10
        while len(self.messages) < expected:
            assert time.monotonic() < deadline, "waited in vain"
            self._page.wait_for_timeout(20)
        return [parse_qs(each["search"].removeprefix("?"))["q"][0] for each in self.messages]


@pytest.fixture
def home(open_page: Any) -> Page:
    page: Page = open_page(javascript=True)
    page.clock.install()
    page.goto("/")
    return page


def results(page: Page) -> Any:
    return page.locator(".hit h2")


def leave(page: Page) -> None:
    """As the browser says it: what a page sends when it really goes is stopped by the fixture's look at requests."""
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    page.wait_for_timeout(50)


def type_(page: Page, text: str, expected: str | int) -> None:
    """Letter by letter, each of which is answered."""
    page.get_by_label("Search articles").fill("")
    for letter in text:
        page.keyboard.type(letter)
        with page.expect_response("**/search?*fragment=1*"):
            page.clock.run_for(200)
    expect(page.locator("[aria-busy]")).to_have_count(0)
    if isinstance(expected, str):
        expect(results(page)).to_have_text([expected])
    else:
        expect(results(page)).to_have_count(expected)


def test_letters_become_one_intent_with_its_click(home: Page) -> None:
    told = Told(home)
    type_(home, "trains", "Night trains across the Alps")
    assert told.messages == []
    with home.expect_request("**/articles/**") as opened:
        home.keyboard.press("Escape")
        results(home).get_by_role("link").click()
    assert "referer" not in opened.value.all_headers(), "or else the server would count it once more"
    expect(home.get_by_role("heading", level=1)).to_have_text("Night trains across the Alps")
    assert told.texts(1) == ["trains"]
    assert told.messages == [
        {
            "search": "?q=trains&live=1", "interface": "live", "clicks": [{"id": TRAINS, "rank": 1}],
            "total": 1, "mode": "all", "corrected": False,
        }
    ]  # fmt: skip


def test_what_rested_and_what_was_left(home: Page) -> None:
    told = Told(home)
    type_(home, "bread", 3)
    home.clock.run_for(2_000)
    type_(home, "ry", 1)
    assert told.texts(1) == ["bread"], "what came after it was another word"
    leave(home)
    assert told.texts(2) == ["bread", "ry"]
    assert [each["interface"] for each in told.messages] == ["live", "live"]


def test_what_a_completion_was_chosen_for_is_none(home: Page) -> None:
    told = Told(home)
    type_(home, "night", 1)
    expect(home.get_by_role("option").first).to_contain_text("Night trains")
    home.keyboard.press("ArrowDown")
    home.keyboard.press("Enter")
    expect(home.get_by_role("heading", level=1)).to_have_text("Night trains across the Alps")
    assert told.messages == []


def test_enter_settles_and_nothing_is_told_twice(home: Page) -> None:
    told = Told(home)
    type_(home, "rye", 1)
    home.keyboard.press("Enter")
    expect(home).to_have_url(f"{home.url.partition('/search')[0]}/search?q=rye")
    expect(home.locator("[aria-busy]")).to_have_count(0)
    home.locator(".value", has_text="rye").click()
    expect(home.locator(".chip")).to_have_count(1)
    home.go_back()
    expect(home.locator(".chip")).to_have_count(0)
    leave(home)
    assert told.texts(1) == ["rye"]
    assert told.messages[0]["interface"] == "page"


def test_what_the_server_counted_is_told_with_its_clicks_only(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.goto("/search?q=bread&per_page=2&page=2")
    told = Told(page)
    results(page).get_by_role("link").first.click()
    expect(page.get_by_role("article")).to_be_visible()
    leave(page)
    assert told.texts(1) == ["bread"]
    assert [sorted(each) for each in told.messages] == [["clicks", "interface", "search"]]
    assert told.messages[0]["clicks"][0]["rank"] == 3


def test_without_scripts_the_server_is_told_where_a_reader_comes_from(open_page: Any) -> None:
    page = open_page()
    page.goto("/search?q=rye")
    with page.expect_request("**/articles/**") as opened:
        results(page).get_by_role("link").click()
    assert opened.value.all_headers()["referer"].endswith("/search?q=rye")


def test_the_box_on_another_site(visit: Visit, other: Blog, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    page = visit(other.page())
    told = Told(page)
    page.keyboard.press("/")
    page.keyboard.type("trains")
    expect(hits(page)).to_have_count(3)
    page.keyboard.press("Escape")
    expect(dialog(page)).to_be_hidden()
    opener(page).click()
    box(page).fill("rye")
    expect(hits(page).first).to_contain_text("rye")
    hits(page).first.click(modifiers=["Control"])
    box(page).fill("soup")
    expect(hits(page).first).to_contain_text("soup")
    assert told.texts(2) == ["trains", "rye"]
    caplog.clear()
    page.goto("about:blank")
    deadline = time.monotonic() + 10
    while "POST /api/intents" not in caplog.text:
        assert time.monotonic() < deadline, "what was left is told while it is left"
        page.wait_for_timeout(20)
    assert [each["interface"] for each in told.messages] == ["widget"] * 2
    assert [each["clicks"] for each in told.messages] == [[], [{"id": "posts/2021-11-02-rye.md", "rank": 1}]]
    assert told.messages[0]["total"] == 1
