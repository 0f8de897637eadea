"""The commands `serve` and `config`."""

from __future__ import annotations

import logging

import click

from searchapp.cli import output
from searchapp.cli.options import common
from searchapp.config.loading import HIDDEN, Config, keys
from searchapp.model import Pinned, SynonymSet


@click.command("serve")
@click.option("--host", metavar="HOST", help="Where to listen.  [default: 127.0.0.1]")
@click.option("--port", metavar="PORT", help="0 takes a free one.  [default: 8000]")
@click.option("--workers", metavar="N", help="Processes that answer.  [default: 2]")
@click.option("--watch", is_flag=True, help="Also bring the index up to date whenever the content changes.")
@common
def serve(config: Config, as_json: bool, watch: bool) -> int:
    """Serve the search page and the API; builds the index first if there is none."""
    from searchapp import serving  # pulls in the web server, which no other command needs

    with output.progress("Indexing") as progress:
        articles, report = serving.prepare(config, progress)
    if report is not None:
        output.problems_to_stderr(report.skipped, report.warnings)
    for problem in serving.unknown_pins(config):
        output.tell(output.problem_line(problem))

    def ready(address: str) -> None:
        if as_json:
            output.print_json({"url": address, "workers": config.workers, "articles": articles})
        else:
            count = output.counted(articles, "article")
            workers = output.counted(config.workers, "worker")
            output.tell(f"Serving {address} ({workers}, {count})", logging.INFO)

    return serving.serve(config, ready, watch=watch)


@click.command("config")
@common
def show_config(config: Config, as_json: bool) -> None:
    """Print every setting in force and where its value came from."""
    values = {key: _masked(key, getattr(config, key)) for key in keys()}
    if as_json:
        output.print_json(
            {key: {"value": _plain(value), "source": config.sources[key]} for key, value in values.items()}
        )
        return
    rows = [(key, _shown(value), config.sources[key]) for key, value in values.items()]
    output.table(rows, ("key", "value", "from"))


def _masked(key: str, value: object) -> object:
    return ("set, not shown" if value else "") if key in HIDDEN else value


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, SynonymSet):
        return {"from": list(value.words), "to": list(value.to)} if value.to else {"words": list(value.words)}
    if isinstance(value, Pinned):
        return {"query": value.query, "articles": list(value.articles)}
    return value if isinstance(value, bool | int) else str(value)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, SynonymSet):
        return " → ".join(" = ".join(words) for words in (value.words, value.to) if words)
    if isinstance(value, Pinned):
        return f"{value.query}: {' '.join(value.articles)}"
    return str(value).lower() if isinstance(value, bool) else str(value)


COMMANDS = (serve, show_config)
