"""Templates are compiled once for all applications of a process, and of those that are forked from it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class Compiled(BytecodeCache):
    """Code of templates by name and source, in memory: files with code in them would have to be vouched for."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hands out what was compiled from this source."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was compiled."""
        self._code[bucket.key, bucket.checksum] = bucket.code


_compiled = Compiled()


def init_app(app: Flask) -> None:
    """Call it before anything asks for the application's `jinja_env`."""
    app.jinja_options = {**app.jinja_options, "bytecode_cache": _compiled}


def compile_for_readers(app: Flask) -> None:
    """Compiles the templates of the readers' pages, those of the desk not."""
    for name in app.jinja_env.list_templates(filter_func=lambda name: not name.startswith("desk/")):
        app.jinja_env.get_template(name)
