"""The facets in a real browser: a sheet on phones, a histogram, a box to find a value in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fieldnotes import blog
from playwright.sync_api import Page, expect

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.web import create_app


def settled(page: Page) -> None:
    expect(page.locator("[aria-busy]")).to_have_count(0)


def inside(page: Page) -> bool:
    return bool(page.evaluate("Boolean(document.activeElement.closest('.sheet'))"))


@pytest.fixture
def phone(open_page: Any) -> Page:
    page = open_page(width=390, javascript=True, touch=True)
    page.goto("/search?q=bread")
    page.locator(".filters > summary").tap()
    expect(page.get_by_role("dialog", name="Filters")).to_be_visible()
    return page


def test_a_sheet_holds_the_focus(phone: Page) -> None:
    expect(phone.get_by_role("button", name="Close the filters")).to_be_focused()
    for key in ("Tab", "Shift+Tab"):
        for _ in range(25):
            phone.keyboard.press(key)
            assert inside(phone) or phone.evaluate("document.activeElement === document.body")
    assert phone.evaluate("[...document.querySelectorAll('.top, .foot, .results')].every(each => each.inert)")


@pytest.mark.parametrize("way", ["Escape", "close", "done", "beside"])
def test_a_sheet_closes(phone: Page, way: str) -> None:
    if way == "Escape":
        phone.keyboard.press("Escape")
    elif way == "beside":
        phone.touchscreen.tap(195, 10)
    else:
        phone.locator(f".sheet-{way}").tap()
    expect(phone.locator(".sheet")).not_to_be_visible()
    expect(phone.locator(".filters > summary")).to_be_focused()
    assert phone.evaluate("document.querySelectorAll('[inert]').length") == 0
    expect(phone.get_by_role("dialog")).to_have_count(0)


def test_several_filters_are_chosen_in_one_go(phone: Page) -> None:
    expect(phone.get_by_role("button", name="Show 3 results")).to_be_visible()
    for name, rest in (("Travel", 1), ("Kitchen", 3)):
        phone.locator(".value", has_text=name).first.tap()
        expect(phone.locator(f".value[aria-current]:has-text('{name}')")).to_have_count(1)
        expect(phone.locator(".sheet-done")).to_contain_text(f"Show {rest} result")
        expect(phone.get_by_role("dialog", name="Filters")).to_be_visible()
    phone.locator(".sheet-done").tap()
    expect(phone.locator(".chip")).to_have_count(2)
    expect(phone.locator(".badge")).to_contain_text("2")


def test_a_sheet_ends_where_there_is_room(phone: Page) -> None:
    phone.set_viewport_size({"width": 1280, "height": 800})
    expect(phone.get_by_role("dialog")).to_have_count(0)
    expect(phone.get_by_role("navigation", name="Filters")).to_be_visible()
    assert phone.evaluate("document.querySelectorAll('[inert]').length") == 0


@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "scripted"])
def test_years_by_click_and_by_keyboard(open_page: Any, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    page.goto("/search?category=Garden")
    filters = page.get_by_role("navigation", name="Filters")
    with page.expect_navigation():
        filters.get_by_role("link", name=re.compile("^2022")).click()
    expect(page.locator(".hit h2")).to_have_text(["Tomatoes from seed to sauce"])
    with page.expect_navigation():
        filters.get_by_role("link", name=re.compile("^2023")).press("Enter")
    expect(page.locator(".hit")).to_have_count(2)
    expect(page.locator(".bar[aria-current]")).to_have_count(2)
    expect(page.locator(".chip")).to_have_count(3)


@pytest.fixture(scope="module")
def many_tags(serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a blog with 130 tags, of which the page lists fifty."""
    engine = MemoryEngine()
    one = replace(blog()[0], permalink="", aliases=())
    names = [*(f"tag{number:03}" for number in range(129)), "Déjà vu"]
    engine.rebuild(replace(one, id=f"{name}.md", tags=(name,)) for name in names)
    folder = tmp_path_factory.mktemp("tags")
    with serving(create_app(Config(folder, folder), engine)) as url:
        yield url


def test_a_value_is_found_by_typing(chromium: Any, many_tags: str) -> None:
    page = chromium.new_page()
    page.goto(many_tags)
    tags = page.locator(".facet", has=page.get_by_role("heading", name="Tag"))
    expect(tags.locator(".value:visible")).to_have_count(10)
    tags.locator(".more > summary").click()
    expect(tags.locator(".value:visible")).to_have_count(50)
    expect(tags.locator(".unlisted")).to_contain_text("80")
    find = tags.get_by_label("Find a tag")
    find.fill("deja")
    expect(tags.locator(".value:visible")).to_have_count(1)
    find.fill("TAG12")
    expect(tags.locator(".value:visible")).to_have_count(9)
    expect(tags.locator(".unlisted")).to_have_count(0)
    tags.locator(".value:visible", has_text="tag127").click()
    expect(page.locator(".chip")).to_contain_text("tag127")
    expect(page.locator(".hit")).to_have_count(1)
    settled(page)
    expect(tags.locator(".value:visible").first).to_contain_text("tag127")
    expect(tags.locator(".value:visible")).to_have_count(9)
    tags.locator(".value:visible", has_text="tag128").click()
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator(".hit")).to_have_count(2)
    settled(page)
    find.fill("")
    expect(tags.locator(".value:visible")).to_have_count(130)
    page.close()


def test_without_scripts_nothing_is_there_that_needs_them(open_page: Any) -> None:
    page = open_page(width=390)
    page.goto("/search?q=bread")
    page.locator(".filters > summary").click()
    expect(page.locator(".value").first).to_be_visible()
    for name in (".sheet-close", ".sheet-done", ".find", ".search-key"):
        assert not [each for each in page.locator(name).all() if each.is_visible()]


@pytest.mark.parametrize(("motion", "name"), [("reduce", "none"), ("no-preference", "rise")])
def test_nothing_moves_for_those_who_want_it_still(open_page: Any, motion: str, name: str) -> None:
    page = open_page(width=390, javascript=True)
    page.emulate_media(reduced_motion=motion)
    page.goto("/search?q=bread")
    page.locator(".filters > summary").click()
    expect(page.get_by_role("dialog", name="Filters")).to_have_css("animation-name", name)
