"""Links that land on the passage, here and on the blog itself; the marked words and the way through them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from test_browser import SCRIPTS, follow

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.model import Article, Section
from searchapp.web import create_app

FILLER = "Flour, water and a little patience, said the miller to nobody at all. " * 12
NAMES = (
    ("The first sail", "the-first-sail", "Canvas was dear, so the captain mended what she had."),
    (
        "Wind & weather",
        'wind"&%41 <b>',
        "A barometer falls before the weather does. Her logbook :~:text=says so, 50% of it.",
    ),
    ("海の上で", "海の上で", "早い朝でした。灯台の光がまだ見えていたので、静かに出港した。"),
    (
        "Home again",
        "home-again",
        "The captain told don't-ask-me stories; the keeper of the lighthouse wrote them down.",
    ),
)
HOSTILE = "<img src=x onerror=alert(1)>"


def voyage(id: str, title: str, permalink: str) -> Article:
    sections = (
        Section("", "", FILLER, 0),
        *(Section(name, anchor, f"{FILLER}\n{text}\n{FILLER}", 2) for name, anchor, text in NAMES),
    )
    html = "".join(
        (f'<h2 id="{escape(each.anchor)}">{escape(each.title)}</h2>' if each.anchor else "")
        + "".join(f"<p>{_emphasised(line)}</p>" for line in each.text.split("\n"))
        for each in sections
    )
    return Article(id=id, title=title, permalink=permalink, sections=sections, html=html, digest=id)


def _emphasised(line: str) -> str:
    return re.sub(r"\b(captain)\b", r"<em>\1</em>", escape(line).replace(". ", ".\n"))


ARTICLES = (
    voyage("voyage.md", "A voyage", "/voyage.html"),
    voyage(f"{HOSTILE.replace('/', '')}.md", f"{HOSTILE} abroad", "javascript:alert(1)"),
)


def _app(config: Config) -> Flask:
    engine = MemoryEngine()
    engine.rebuild(ARTICLES)
    return create_app(config, engine)


@pytest.fixture(scope="module")
def here(serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("here")
    with serving(_app(Config(folder, folder / "index"))) as url:
        yield url


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def beside_a_blog(serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The search of a blog that is at another origin, made by another generator: with curly quotes and a theme."""
    folder = tmp_path_factory.mktemp("blog")
    body = ARTICLES[0].html.replace("'", "’").replace(' "', " “")
    (folder / "voyage.html").write_text(f"<!doctype html><meta charset=utf-8><h1>A voyage</h1>{body}", "utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    site_url = f"http://127.0.0.1:{server.server_address[1]}"
    with serving(_app(Config(folder, folder / "index", site_url=site_url))) as url:
        yield url
    server.shutdown()
    thread.join()
    server.server_close()


def opened(open_page: Any, url: str, **how: Any) -> Page:
    page: Page = open_page(**how)
    # Of the sites of this module's own, too.
    page.route(re.compile(r"http://127\.0\.0\.1"), lambda route: route.continue_())
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    page.goto(url)
    return page


def lands(page: Page, link: Locator, words: str) -> None:
    follow(page, link)
    expect(page.get_by_text(words).last).to_be_in_viewport()


@SCRIPTS
def test_a_sections_link_lands_on_the_passage(open_page: Any, here: str, javascript: bool) -> None:
    page = opened(open_page, here, javascript=javascript)
    for query, section, words in (
        ("canvas", "The first sail", "Canvas was dear"),
        ("barometer", "Wind & weather", "falls before the weather does"),
        ("logbook 50", "Wind & weather", "text=says so"),
        ("灯台", "海の上で", "静かに出港した"),
        ("stories", "Home again", "wrote them down"),
    ):
        page.goto(f"{here}/search?q={query}")
        lands(page, page.get_by_role("link", name=section, exact=True).first, words)
        expect(page.locator("mark.found").first).to_have_text(re.compile(query.split()[0], re.IGNORECASE))
        # Where browsers put what a directive finds; the heading would be at the top.
        box = page.get_by_text(words).last.bounding_box()
        assert box is not None
        assert 250 < box["y"] + box["height"] / 2 < 600, query


def test_hits_of_a_known_blog_land_there(open_page: Any, beside_a_blog: str) -> None:
    page = opened(open_page, beside_a_blog, javascript=True)
    for query, words in (("logbook", "text=says so"), ("灯台", "静かに出港した"), ("ask stories", "wrote them down")):
        page.goto(f"{beside_a_blog}/search?q={query}")
        lands(page, page.get_by_role("link", name="A voyage", exact=True), words)
        assert "/voyage.html" in page.url


def test_hostile_titles_and_permalinks_lead_where_they_should(open_page: Any, here: str) -> None:
    page = opened(open_page, f"{here}/search?q=barometer+abroad", javascript=True)
    lands(page, page.locator(".hit h2 a").first, "falls before the weather does")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{HOSTILE} abroad")
    page.goto(f"{here}/articles/voyage.md?q={HOSTILE}")
    expect(page.locator("#searchapp-finder")).to_have_count(0)


def status(page: Page) -> Locator:
    return page.locator("#searchapp-finder [role=status]")


def current(page: Page) -> list[str]:
    return page.locator(".found-now").all_inner_texts()


def test_stepping_by_keyboard(open_page: Any, here: str) -> None:
    page = opened(open_page, f"{here}/articles/voyage.md?q=captain+weather", javascript=True)
    expect(status(page)).to_have_text("4 matches")
    for key, said, text in (
        ("n", "1 of 4", "captain"),
        ("n", "2 of 4", "weather"),
        ("n", "3 of 4", "weather"),
        ("p", "2 of 4", "weather"),
        ("p", "1 of 4", "captain"),
        ("p", "4 of 4", "captain"),
        ("n", "1 of 4", "captain"),
    ):
        page.keyboard.press(key)
        expect(status(page)).to_have_text(said)
        assert [each.lower() for each in current(page)] == [text]
        expect(page.locator(".found-now")).to_be_in_viewport()
    page.get_by_label("Search articles").focus()
    page.keyboard.type("n")
    expect(status(page)).to_have_text("1 of 4")
    assert "#" not in page.url


def test_stepping_begins_where_the_link_has_led(open_page: Any, here: str) -> None:
    page = opened(open_page, f"{here}/search?q=captain", javascript=True)
    follow(page, page.get_by_role("link", name="Home again", exact=True).first)
    page.keyboard.press("n")
    expect(status(page)).to_have_text("2 of 2")


def test_stepping_by_touch_and_clearing(open_page: Any, here: str) -> None:
    page = opened(open_page, f"{here}/articles/voyage.md?q=captain", javascript=True, touch=True, width=390)
    for name in ("Next match", "Next match", "Previous match"):
        page.get_by_role("button", name=name).tap()
    expect(status(page)).to_have_text("1 of 2")
    expect(page.locator(".found-now")).to_be_in_viewport()
    page.get_by_role("link", name="Clear the marks").tap()
    expect(page.locator("mark, #searchapp-finder")).to_have_count(0)
    expect(page).to_have_url(f"{here}/articles/voyage.md")
    expect(page.get_by_text("mended what she had")).to_be_in_viewport()
    page.keyboard.press("n")


def test_without_scripts_links_lead_to_the_first_match_and_the_last(open_page: Any, here: str) -> None:
    page = opened(open_page, f"{here}/articles/voyage.md?q=captain")
    expect(status(page)).to_have_text("2 matches")
    page.get_by_role("link", name="Last match").click()
    expect(page.get_by_text("told don't-ask-me")).to_be_in_viewport()
    page.get_by_role("link", name="First match").click()
    expect(page.get_by_text("mended what she had")).to_be_in_viewport()
    follow(page, page.get_by_role("link", name="Clear the marks"))
    expect(page.locator("mark")).to_have_count(0)


def test_nothing_moves_when_scripts_take_over(open_page: Any, here: str) -> None:
    boxes = []
    for javascript in (False, True):
        page = opened(open_page, f"{here}/articles/voyage.md?q=captain", javascript=javascript, width=390)
        parts = page.locator(".finder-step, .finder-clear, .prose > p:first-child").all()
        boxes.append([each.bounding_box() for each in parts])
    assert boxes[0] == boxes[1]
