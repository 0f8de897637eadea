"""A stranger's browser at the desk: the form, wrong and right tokens, out again, and a page that forges our forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fieldnotes import blog
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from test_accessible import AXE, NEEDS_AXE, RUN

from searchapp.config.loading import Config
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.web import create_app
from searchapp.web.desk.tokens import TokenStore


@dataclass(frozen=True, slots=True)
class Door:
    """A desk that takes no browser for one on its own machine, and a token that opens it."""

    url: str
    token: str


@pytest.fixture(scope="module")
def door(serving: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder: Path = tmp_path_factory.mktemp("door")
    engine = MemoryEngine()
    engine.rebuild(blog())
    config = Config(folder / "content", folder / "index", public_url="https://search.example.org")
    with serving(create_app(config, engine)) as url:  # type: ignore[operator]
        yield Door(url, TokenStore(config.desk_dir).issue("browser"))


@pytest.fixture
def page(chromium: Browser, door: Door) -> Iterator[Page]:
    context = chromium.new_context(base_url=door.url, viewport={"width": 390, "height": 850}, java_script_enabled=False)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def log_in(page: Page, token: str) -> None:
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Log in").click()


def test_in_with_a_token_and_out_again(page: Page, door: Door) -> None:
    page.goto("/desk/draft")
    expect(page.get_by_role("heading", name="Log in to the desk")).to_be_visible()
    log_in(page, "open sesame")
    expect(page.get_by_role("alert")).to_have_text("This is not a token of this desk.")
    log_in(page, door.token)
    expect(page).to_have_url(f"{door.url}/desk/draft")
    [cookie] = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/desk")
    page.goto("/")
    assert "desk" not in page.content()
    page.goto("/desk")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in to the desk")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_label("Token")).to_be_visible()


def test_a_form_of_another_site_does_nothing(page: Page, door: Door, serving: object) -> None:
    page.goto("/desk/login")
    log_in(page, door.token)
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    evil = Flask("evil")
    # "localhost" is another site than "127.0.0.1", to a browser.
    form = f"<form method=post action='{door.url}/desk/logout'><input name=csrf value=guess><button>Win</button></form>"
    evil.add_url_rule("/", "prize", lambda: form)
    with serving(evil) as url:  # type: ignore[operator]
        page.goto(url.replace("127.0.0.1", "localhost"))
        page.get_by_role("button", name="Win").click()
        expect(page.get_by_role("heading", name="This form was not taken")).to_be_visible()
    page.goto("/desk")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


@pytest.mark.slow
@NEEDS_AXE
@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_axe_finds_nothing(chromium: Browser, door: Door, width: int, scheme: str) -> None:
    context = chromium.new_context(
        base_url=door.url,
        viewport={"width": width, "height": 850},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    script = AXE.read_text("utf-8")
    page.goto("/desk/login")
    page.evaluate(f"() => {{ {script} }}")
    assert page.evaluate(RUN) == []
    log_in(page, "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    page.evaluate(f"() => {{ {script} }}")
    assert page.evaluate(RUN) == []
    context.close()
