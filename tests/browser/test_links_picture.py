"""The desk's picture of links in a real browser: walked through without a script, and as axe-core sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from test_accessible import AXE, NEEDS_AXE, RUN
from test_desk_links import linked_app

HUB = "_posts/2024-01-01-hub.md"


@pytest.fixture(scope="module")
def address(serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(linked_app(tmp_path_factory.mktemp("linked"))) as url:
        yield url


@pytest.fixture
def open_desk(chromium: Browser, address: str) -> Iterator[Any]:
    contexts = []

    def open_one(width: int, scheme: Any, javascript: bool = False) -> Page:
        context = chromium.new_context(
            base_url=address,
            viewport={"width": width, "height": 850},
            color_scheme=scheme,
            java_script_enabled=javascript,
            bypass_csp=javascript,
        )
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_graph_is_walked_through_by_clicks(open_desk: Any, width: int) -> None:
    page = open_desk(width, "dark")
    page.goto("/desk/links")
    page.get_by_role("link", name="Its links: The hub").first.click(timeout=30_000)
    expect(page.get_by_role("heading", name="Linked from 28")).to_be_visible()
    expect(page.locator("svg .link-dot")).to_have_count(18)
    page.locator("svg .link-dot.link-out").click()
    expect(page.get_by_role("heading", name="Around “Leaf 1”")).to_be_visible()
    box = page.locator("main").bounding_box()
    assert box is not None
    assert box["width"] <= width
    page.get_by_label("Find an article").fill("leaf 7")
    page.keyboard.press("Enter")
    page.get_by_role("list", name="Articles found").get_by_role("link", name="Leaf 7", exact=True).click()
    expect(page.get_by_role("cell", name="words 7")).to_be_visible()


@pytest.mark.slow
@NEEDS_AXE
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "light"), (1280, "dark"), (390, "dark")])
def test_axe_finds_nothing(open_desk: Any, width: int, scheme: str) -> None:
    page = open_desk(width, scheme, True)
    script = AXE.read_text("utf-8")
    found = {}
    for url in ("", f"?around={HUB}", "?q=hub", "?around=none", "/orphans", "/weak", "/broken", "/moved"):
        page.goto(f"/desk/links{url}")
        expect(page.get_by_role("heading", level=1)).not_to_have_text("This report is being made", timeout=30_000)
        page.evaluate(f"() => {{ {script} }}")
        if complaints := page.evaluate(RUN):
            found[url] = complaints
    assert found == {}
