"""The desk's page of what readers look for, in a real browser: from a search to what helps with it."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from test_accessible import AXE, NEEDS_AXE, RUN


def noted(page: Page) -> None:
    """A reader seeks something in vain and something that is there; the log is written within a second."""
    page.goto("/")
    for query in ("sourdough kefir", "bread"):
        page.get_by_label("Search articles").fill(query)
        with page.expect_request("**/api/intents"):
            page.keyboard.press("Enter")
    page.goto("/desk/queries")
    for _ in range(20):
        if page.get_by_role("link", name="sourdough kefir").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(page.get_by_role("heading", name="Not found", exact=True)).to_be_visible()


def test_from_what_was_not_found_to_what_helps(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    noted(page)
    row = page.locator("section", has=page.get_by_role("heading", name="Not found", exact=True)).locator(
        "tr", has_text="sourdough kefir"
    )
    row.get_by_role("link", name="Add a synonym or pin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("sourdough kefir")
    expect(page.locator("#synonym")).to_be_in_viewport()
    page.get_by_role("button", name="Copy the pin").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    [pin] = tomllib.loads(page.evaluate("navigator.clipboard.readText()"))["pinned"]
    assert pin == {"query": "sourdough kefir", "articles": ["posts/2021-02-14-bread.md"]}


@pytest.mark.slow
@NEEDS_AXE
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(open_page: Any, width: int, scheme: str) -> None:
    page = open_page(width=width, scheme=scheme, javascript=True)
    noted(page)
    script = AXE.read_text("utf-8")
    for url in ("/desk/queries", "/desk/queries/about?q=sourdough+kefir", "/desk/queries/about?q=zzqq"):
        page.goto(url)
        page.evaluate(f"() => {{ {script} }}")
        assert page.evaluate(RUN) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
