"""The options of every command, and the configuration loaded from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import click

from searchapp import logs
from searchapp.config.loading import HIDDEN, Config, load

_SETTINGS = ("host", "port", "workers")
Command = Callable[..., Any]


def _loaded(file: str | None, flags: dict[str, object]) -> Config:
    """Load the configuration and set up the log."""
    config = load(file, flags)
    logs.hide(*(str(getattr(config, key)) for key in HIDDEN))
    if config.log_format == "json":
        logs.use(logs.JsonHandler())
    return config


def common(function: Command) -> Command:
    """Decorator: add --content, --index, --config and --json; call the function with `config` and `as_json`.

    Parameters of the function that are also settings (`host`, `port`, …) override the configuration.
    """

    @wraps(function)
    def call(load: Callable[[], Config], **rest: Any) -> Any:
        return function(config=load(), **rest)

    return before_loading(call)


def before_loading(function: Command) -> Command:
    """As `common`, for a function that takes `load`, which loads the configuration and may raise, not `config`."""

    @wraps(function)
    def call(content_dir: str | None, index_dir: str | None, config_file: str | None, **rest: Any) -> Any:
        flags: dict[str, object] = {name: rest.pop(name) for name in _SETTINGS if name in rest}
        flags |= {"content_dir": content_dir, "index_dir": index_dir}
        return function(load=partial(_loaded, config_file, flags), **rest)

    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        click.option("--config", "config_file", metavar="FILE", help="Instead of ./searchapp.toml."),
        click.option("--index", "index_dir", metavar="DIR", help="The generated index.  [default: ./index]"),
        click.option("--content", "content_dir", metavar="DIR", help="The articles.  [default: ./content]"),
    ):
        call = option(call)
    return call
