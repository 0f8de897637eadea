"""A draft on the desk in a real browser: pasted, dropped, and its links copied."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from test_accessible import AXE, NEEDS_AXE, RUN

DRAFT = "# My tour\n\nI pack *sourdough for patient people* and know about truing a bicycle wheel.\n"


def pasted(page: Any) -> None:
    page.goto("/desk")
    page.get_by_label("Your draft, in Markdown").fill(DRAFT)
    page.get_by_role("button", name="Read the draft").click()
    expect(page.get_by_role("heading", name="Links it could have")).to_be_visible()


def test_a_pasted_draft_gives_links_to_copy(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    pasted(page)
    first = page.locator("#link-1")
    first.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("status")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == first.locator("code").first.text_content()
    assert copied in ("[sourdough for patient people](/2021/bread/)", "[truing a bicycle wheel](/2024/bicycle/)")
    first.get_by_role("link", name="Show in the draft").click()
    expect(page.locator("#phrase-1")).to_be_in_viewport()


def test_it_works_without_javascript_on_a_phone(open_page: Any) -> None:
    page = open_page(width=390)
    pasted(page)
    expect(page.locator("#link-1 code").first).to_be_visible()
    expect(page.locator(".draft-copy").first).to_be_hidden()
    expect(page.get_by_label("Your draft, in Markdown")).to_have_value(DRAFT)


def test_a_file_dropped_on_the_box_is_read(open_page: Any) -> None:
    page = open_page(javascript=True)
    page.goto("/desk/draft")
    dropped = page.evaluate_handle(
        "text => { const data = new DataTransfer(); data.items.add(new File([text], 'a.md')); return data; }", DRAFT
    )
    page.locator("#draft").dispatch_event("drop", {"dataTransfer": dropped})
    expect(page.locator("#link-1")).to_be_visible()


@pytest.mark.slow
@NEEDS_AXE
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(open_page: Any, width: int, scheme: str) -> None:
    page = open_page(width=width, scheme=scheme, javascript=True)
    pasted(page)
    script = AXE.read_text("utf-8")
    page.evaluate(f"() => {{ {script} }}")
    assert page.evaluate(RUN) == []
