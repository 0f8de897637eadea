"""Near-duplicates and tags on the desk in a real browser, over a real index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from test_accessible import AXE, NEEDS_AXE, RUN

from searchapp.config.loading import Config
from searchapp.engines import open_engine
from searchapp.indexing import index
from searchapp.web import create_app

TEXT = " ".join(f"word{number}" for number in range(80))
POSTS = {
    "a.md": f"---\ntitle: First\ndate: 2020-01-02\ntags: [blog, x]\n---\n{TEXT} yes\n",
    "b.md": f"---\ntitle: Second\ndate: 2021-01-02\ntags: [blogs, x]\n---\n{TEXT} no\n",
    "c.md": "---\ntitle: Third\ndate: 2022-01-02\ntags: [blog, rare]\n---\nQuite another one.\n",
}


@pytest.fixture(scope="module")
def desk(serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("desk")
    config = Config(folder / "content", folder / "index", site_title="Field Notes")
    config.content_dir.mkdir()
    for name, text in POSTS.items():
        (config.content_dir / name).write_text(text, encoding="utf-8")
    with closing(open_engine(config)) as engine:
        index(config, engine)
    with serving(create_app(config)) as url:
        yield f"{url}/desk"


def shown(page: Page, url: str) -> None:
    """Waits for a report that is being made."""
    page.goto(url)
    expect(page.locator(".desk-figures")).to_be_visible(timeout=30_000)


def test_merges_are_chosen_and_taken_as_a_patch(chromium: Browser, desk: str) -> None:
    context = chromium.new_context(accept_downloads=True, java_script_enabled=False)
    page = context.new_page()
    shown(page, f"{desk}/tags")
    expect(page.get_by_label("blogs", exact=True)).to_be_checked()
    expect(page.get_by_label("rare", exact=True)).not_to_be_checked()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the patch").click()
    assert download.value.suggested_filename == "tags.patch"
    patch = Path(download.value.path()).read_text(encoding="utf-8")
    assert "-tags: [blogs, x]\n+tags: [blog, x]\n" in patch
    assert "rare" not in patch
    shown(page, f"{desk}/duplicates")
    expect(page.get_by_role("heading", name=re.compile("2 articles"))).to_be_visible()
    expect(page.locator(".twins mark", has_text="yes")).to_be_visible()
    context.close()


def test_the_first_page_fills_in_what_the_reports_find(chromium: Browser, desk: str) -> None:
    page = chromium.new_context().new_page()
    page.goto(desk)
    expect(page.locator(".desk-cards li", has_text="Duplicates")).to_contain_text("2 alike", timeout=60_000)
    expect(page.locator(".desk-cards li", has_text="Tags")).to_contain_text("to look at", timeout=60_000)
    page.context.close()


def test_a_phone_shows_merges_and_their_reasons_without_scrolling_sideways(chromium: Browser, desk: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 850}, is_mobile=True, has_touch=True)
    page = context.new_page()
    shown(page, f"{desk}/tags")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for cell in page.locator(".merges-table tbody td:last-child").all():
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390
    context.close()


@pytest.mark.slow
@NEEDS_AXE
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(chromium: Browser, desk: str, width: int, scheme: Any) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 850}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    script = AXE.read_text("utf-8")
    for name in ("duplicates", "tags", "tags?kind=once"):
        shown(page, f"{desk}/{name}")
        page.evaluate(f"() => {{ {script} }}")
        assert page.evaluate(RUN) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    context.close()
