"""The command `deploy`."""

from __future__ import annotations

import sys
from importlib.resources import files

import click

from searchapp.cli import output
from searchapp.cli.options import common
from searchapp.config.loading import Config

FILES = {"systemd": "searchapp.service", "nginx": "nginx.conf", "caddy": "Caddyfile"}


@click.command("deploy")
@click.argument("what", type=click.Choice(list(FILES)))
@common
def deploy(config: Config, as_json: bool, what: str) -> None:  # noqa: ARG001 - every command has one
    """Print a file to begin with: a hardened systemd unit, or a site for nginx or Caddy."""
    name = FILES[what]
    text = files("searchapp").joinpath("deploy", name).read_text(encoding="utf-8")
    if as_json:
        output.print_json({"file": name, "text": text})
    else:
        sys.stdout.write(text)


COMMANDS = (deploy,)
