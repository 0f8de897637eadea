"""What takes long is made once per generation, by a process of its own."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path

import pytest
from desks import Desk
from flask import Flask
from lxml import html

from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.engines import open_engine
from searchapp.web.desk.blueprint import desk as blueprint
from searchapp.web.desk.reports import forget, report
from searchapp.web.state import state


def counted(config: Config, engine: Engine) -> tuple[int, int]:
    """How many articles there are, and in which process that was asked."""
    return engine.status().articles, os.getpid()


def slow(config: Config, engine: Engine) -> str:
    """Takes as long as a file is there."""
    while (config.content_dir / "wait").exists():
        time.sleep(0.05)
    return "ready at last"


def failing(config: Config, engine: Engine) -> str:
    """Fails as long as a file is there."""
    if (config.content_dir / "fail").exists():
        raise OSError("the disk is on fire")
    return "mended"


def ending(config: Config, engine: Engine) -> None:
    """Is killed."""
    os.kill(os.getpid(), 9)


BUILDS = {build.__name__: build for build in (counted, slow, failing, ending)}


@pytest.fixture
def reporting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk with one page more, which shows one of BUILDS."""
    monkeypatch.setattr("searchapp.web.desk.reports.PATIENCE", 0.3)
    desk.config.content_dir.mkdir()
    # Blueprints are closed once they are registered: the page goes to the application, as one of the desk's.
    app: Flask = desk.app
    app.add_url_rule("/desk/test/<name>", "desk.test", lambda name: str(report(BUILDS[name])))
    app.add_url_rule("/desk/forget/<name>", "desk.forget", lambda name: str(forget(BUILDS[name])))
    return desk


def eventually(desk: Desk, url: str) -> str:
    for _ in range(200):
        answer = desk.client.get(url)
        if answer.status_code != 202:
            assert answer.status_code == 200
            return answer.text
    raise AssertionError("the report never came")


def test_a_report_is_made_once_per_generation_elsewhere(reporting: Desk) -> None:
    first = eventually(reporting, "/desk/test/counted")
    articles, process = eval(first)
    assert process != os.getpid()
    assert eventually(reporting, "/desk/test/counted") == first
    with closing(open_engine(reporting.config)) as engine:
        engine.update([], [next(iter(engine.manifest()))])
    second = eventually(reporting, "/desk/test/counted")
    assert eval(second)[0] == articles - 1
    reporting.client.get("/desk/forget/counted")
    assert eventually(reporting, "/desk/test/counted") != second


def test_who_must_wait_is_told_and_the_page_comes_back_by_itself(reporting: Desk) -> None:
    waiting = reporting.config.content_dir / "wait"
    waiting.touch()
    answer = reporting.client.get("/desk/test/slow?page=2")
    assert (answer.status_code, answer.headers["Refresh"]) == (202, "2; url=/desk/test/slow?page=2")
    below = reporting.client.get("/desk/test/slow", environ_overrides={"SCRIPT_NAME": "/find"})
    assert below.headers["Refresh"] == "2; url=/find/desk/test/slow"
    assert "being made" in answer.text
    assert reporting.client.get("/search?q=bread").status_code == 200
    waiting.unlink()
    assert eventually(reporting, "/desk/test/slow") == "ready at last"


def test_a_report_that_fails_says_so_and_is_tried_again(
    reporting: Desk, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    failing = reporting.config.content_dir / "fail"
    failing.touch()
    while (answer := reporting.client.get("/desk/test/failing")).status_code == 202:
        pass
    assert (answer.status_code, "could not be made" in answer.text) == (500, True)
    assert "the disk is on fire" in caplog.text
    failing.unlink()
    assert eventually(reporting, "/desk/test/failing") == "mended"
    while (answer := reporting.client.get("/desk/test/ending")).status_code == 202:
        pass
    assert answer.status_code == 500


def test_the_first_page_tells_what_the_index_holds(desk: Desk) -> None:
    page = html.fromstring(desk.client.get("/desk").text)
    with desk.app.app_context():
        articles = state().engine.status().articles
    assert str(articles) in page.text_content()
    assert blueprint.url_prefix == "/desk"
