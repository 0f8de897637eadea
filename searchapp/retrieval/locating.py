"""Resolve what a person types for an article: its id, its file's path or its URL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from searchapp.config.loading import Config
from searchapp.engine import Engine


def possible_ids(engine: Engine, config: Config, text: str) -> Iterator[str]:
    """Yield the ids that an id, a file's path or a URL may refer to, likeliest first; they need not exist."""
    yield text
    content = config.content_dir
    for path in (Path(text), content / text):
        for absolute, base in (
            (Path(os.path.normpath(path.absolute())), content),
            (Path(os.path.realpath(path)) if "\0" not in text else path, Path(os.path.realpath(content))),
        ):
            if absolute.is_relative_to(base):
                yield absolute.relative_to(base).as_posix()
    try:
        address = urlsplit(text)
    except ValueError:
        return
    if not (address.scheme in {"http", "https"} or text.startswith("/")):
        return
    base_path = urlsplit(config.site_url).path.rstrip("/")
    for path_text in dict.fromkeys((address.path.removeprefix(base_path), address.path)):
        _, found, id = path_text.partition("/articles/")
        if found:
            yield unquote(id)
        for permalink in dict.fromkeys((path_text, unquote(path_text), text)):
            located = engine.locate(permalink)
            if located is not None:
                yield located
