"""Cache of compiled templates, shared by all applications of a process and of those forked from it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class TemplateCache(BytecodeCache):
    """Compiled templates in memory, by name and checksum: files would have to be protected from tampering."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Set the bucket's code if its source was compiled before."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the bucket's code."""
        self._code[bucket.key, bucket.checksum] = bucket.code


_cache = TemplateCache()


def init_app(app: Flask) -> None:
    """Use the cache in an application; to be called before its `jinja_env` is first used."""
    app.jinja_options = {**app.jinja_options, "bytecode_cache": _cache}


def compile_for_readers(app: Flask) -> None:
    """Compile the templates of the readers' pages, without those of the desk."""
    for name in app.jinja_env.list_templates(filter_func=lambda name: not name.startswith("desk/")):
        app.jinja_env.get_template(name)
