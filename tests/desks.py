"""The desk as tests open it; apart from `conftest`, of which there are two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from searchapp.config.loading import Config


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
