"""What several test files share: an engine over a small blog, and the application on it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fieldnotes import blog
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from searchapp.config import Config
from searchapp.engines import open_engine
from searchapp.engines.memory import MemoryEngine
from searchapp.web import create_app


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


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk over a real index of the small blog, and a browser on the same machine."""

    config: Config
    app: Flask
    client: FlaskClient

    def post(self, url: str, page: str = "/desk", **data: Any) -> TestResponse:
        """Sends a form that stood on `page`."""
        form = html.fromstring(self.client.get(page).text)
        [csrf, *_] = form.xpath("//input[@name='csrf']/@value")
        return self.client.post(url, data={"csrf": csrf, **data})


@pytest.fixture
def desk(config: Config) -> Desk:
    with closing(open_engine(config)) as engine:
        engine.rebuild(blog())
    app = create_app(config)
    return Desk(config, app, app.test_client())
