"""axe-core finds nothing to complain about: every page, in every state, wide and narrow, light and dark.

axe-core is not ours and not in Python: `npm install axe-core` here, or AXE_CORE names its `axe.min.js`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

AXE = Path(os.environ.get("AXE_CORE") or Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js")
NEEDS_AXE = pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core: npm install axe-core, or AXE_CORE")

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = f"""async () => (await axe.run(document, {{ runOnly: {RULES}, resultTypes: ['violations'] }})).violations
  .flatMap(each => each.nodes.map(node => `${{each.id}}: ${{node.target}} ${{node.failureSummary}}`))"""

PAGES = (
    "/",
    "/search?q=bread",
    "/search?q=bread&category=Kitchen&tag=bread&year=2021",
    "/search?q=zebra&tag=bread",
    "/search?q=bread+zebra",
    "/search?page=2&per_page=5",
    "/search?page=99",
    "/search?q=hostile",
    "/articles/posts/2021-02-14-bread.md",
    "/articles/posts/2021-02-14-bread.md?q=bread+patience",
    "/articles/none.md",
    "/explain?q=bread+time",
    "/search?page=0",
    "/?lang=ar",
    "/search?q=bread&category=Kitchen&tag=bread&year=2021&lang=ar",
    "/search?q=zebra&tag=bread&lang=ar",
    "/articles/posts/2021-02-14-bread.md?lang=ar",
    "/search?q=bread&lang=ja",
    "/help",
    "/help?lang=ar",
    "/help/configuration",
    "/help/http-api",
    "/help?q=webhok",
    "/help?q=zzzz",
)


def unfolded(page: Page) -> None:
    page.goto("/search?q=bread")
    page.evaluate("document.querySelectorAll('details:not(.filters)').forEach(each => { each.open = true; })")


def typing(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Search articles").fill("wo")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[aria-busy]")).to_have_count(0)


def typed_in_vain(page: Page) -> None:
    page.goto("/search?q=bread&year=2021")
    page.get_by_label("Search articles").fill("zzzz")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    expect(page.locator("[aria-busy]")).to_have_count(0)


def sheet(page: Page) -> None:
    page.goto("/search?category=Garden")
    if page.locator(".filters > summary").is_visible():
        page.locator(".filters > summary").click()
        expect(page.get_by_role("dialog", name="Filters")).to_be_visible()
        page.wait_for_timeout(250)
    else:
        page.locator(".bar").first.focus()


def typing_in_arabic(page: Page) -> None:
    page.goto("/?lang=ar")
    page.locator("#searchapp-q").fill("wo")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[aria-busy]")).to_have_count(0)


@pytest.mark.slow
@NEEDS_AXE
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(open_page: Any, scheme: str, width: int) -> None:
    page = open_page(width=width, scheme=scheme, javascript=True)
    script = AXE.read_text("utf-8")
    found: dict[str, list[str]] = {}

    def examine(name: str) -> None:
        page.evaluate(f"() => {{ {script} }}")
        if complaints := page.evaluate(RUN):
            found[name] = complaints

    for url in PAGES:
        page.goto(url)
        examine(url)
    states: tuple[Callable[[Page], None], ...] = (unfolded, typing, typing_in_arabic, typed_in_vain, sheet)
    for state in states:
        state(page)
        examine(state.__name__)
    assert found == {}
