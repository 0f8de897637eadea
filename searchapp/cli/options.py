"""The options that every command has, and the configuration that they lead to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from searchapp.config import Config, load

_SETTINGS = ("host", "port", "workers")
Command = Callable[..., Any]


def common(function: Command) -> Command:
    """Adds --content, --index, --config and --json; calls the function with `config` and `as_json`.

    Parameters of the function that are also settings (`host`, `port`, …) override the configuration.
    """

    @wraps(function)
    def call(
        content_dir: str | None, index_dir: str | None, config_file: str | None, as_json: bool, **rest: Any
    ) -> Any:
        flags: dict[str, object] = {name: rest.pop(name) for name in _SETTINGS if name in rest}
        flags |= {"content_dir": content_dir, "index_dir": index_dir}
        config: Config = load(config_file, flags)
        return function(config=config, as_json=as_json, **rest)

    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        click.option("--config", "config_file", metavar="FILE", help="Instead of ./searchapp.toml."),
        click.option("--index", "index_dir", metavar="DIR", help="The generated index.  [default: ./index]"),
        click.option("--content", "content_dir", metavar="DIR", help="The articles.  [default: ./content]"),
    ):
        call = option(call)
    return call
