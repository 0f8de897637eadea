"""What several test files share: an engine over a small blog, and the application on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import warm
from desks import Desk
from fieldnotes import blog
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from searchapp.articles.pool import child
from searchapp.config.loading import Config
from searchapp.engines import open_engine
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.web import create_app

# How long an example takes says more of the machine than of the code; a folder may be shared by the examples of a test.
USUAL = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
settings.register_profile("quick", USUAL, max_examples=30)
settings.register_profile("thorough", USUAL, max_examples=600)
settings.load_profile("quick")

MOST_PROCESSES = 4
"""Each may have a Chromium and servers of its own."""


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """The whole suite runs on the machine's cores; what is named runs in this process, and so does all with -n 0.

    One process more than there are cores: some of the tests wait for watchers, servers and clocks.
    """
    option = config.option
    whole = config.args_source == pytest.Config.ArgsSource.TESTPATHS
    here = option.collectonly or option.usepdb or option.capture == "no" or option.markexpr == "cluster"
    worker = "PYTEST_XDIST_WORKER" in os.environ  # it is called in each, too
    if whole and not here and not worker and getattr(option, "numprocesses", 0) is None:
        option.numprocesses = min(len(os.sched_getaffinity(0)) + 1, MOST_PROCESSES)
        option.dist = "worksteal"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test that needs a cluster fetches, compiles and starts it."""
    for item in items:
        if item.get_closest_marker("cluster") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(autouse=True)
def warm_workers(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if not request.node.get_closest_marker("fresh_workers"):
            patch.setattr(child, "_spawn", warm.Worker)
        yield


@pytest.fixture
def engine() -> MemoryEngine:
    engine = MemoryEngine()
    engine.rebuild(blog())
    return engine


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(content_dir=tmp_path / "content", index_dir=tmp_path / "index", site_title="Field Notes")


@pytest.fixture
def app(config: Config, engine: MemoryEngine) -> Flask:
    return create_app(config, engine)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def desk(config: Config) -> Desk:
    with closing(open_engine(config)) as engine:
        engine.rebuild(blog())
    app = create_app(config)
    return Desk(config, app, app.test_client())
