"""Templates are compiled before workers are forked: no reader waits for it."""

from __future__ import annotations

import jinja2
import pytest
from fieldnotes import blog
from flask import Flask

from searchapp.web import prepare_forks


def test_once_prepared_no_readers_page_compiles_a_template(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_forks()
    compiled: list[object] = []
    compile_one = jinja2.Environment.compile
    monkeypatch.setattr(
        jinja2.Environment, "compile", lambda self, *args, **kwargs: compiled.append(args) or compile_one(self, *args)
    )
    client = app.test_client()
    for url in (
        "/",
        "/?q=bread",
        "/?q=nothingatall",
        f"/articles/{blog()[0].id}",
        "/nowhere",
        "/search?q=bread&page=0",
    ):
        assert client.get(url).status_code < 500
    assert compiled == []
