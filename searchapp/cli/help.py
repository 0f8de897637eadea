"""The command `help`."""

from __future__ import annotations

import re
from dataclasses import asdict
from itertools import chain, groupby
from typing import Any

import click
from rich.markdown import Markdown
from rich.text import Text

from searchapp import manual
from searchapp.cli import output
from searchapp.cli.options import before_loading
from searchapp.errors import UsageError

_LINK = re.compile(r"\[([^\]]+)\]\((?:([a-z-]+)\.md)?(?:#[a-z-]*)?\)")
"""A link within the manual, which a terminal can't follow."""


@click.command("help")
@click.argument("topic", default="")
@before_loading
def help_(topic: str, as_json: bool, **_: Any) -> None:
    """Print a page of the manual, or its topics.

    Formatted on a terminal, as Markdown into a pipe. Exit code 2 if there is no such TOPIC.
    """
    page = manual.page(topic) if topic else None
    if topic and page is None:
        raise UsageError(_unknown(topic))
    if as_json:
        output.print_json(asdict(page) if page else {"topics": [_head(each) for each in manual.pages()]})
    elif page is None:
        _print_topics()
    else:
        _print_page(page)


def _unknown(topic: str) -> str:
    context = click.get_current_context()
    nearest, group = manual.nearest(topic), context.find_root().command
    hints = [f"did you mean '{nearest}'?"] if nearest else []
    if isinstance(group, click.Group) and group.get_command(context, topic):
        hints.append(f"what the command takes: searchapp {topic} --help;")
    return f"the manual has no topic '{topic}'; {' '.join([*hints, 'all topics: searchapp help'])}"


def _head(page: manual.Page) -> dict[str, str]:
    return {key: value for key, value in asdict(page).items() if key != "markdown"}


def _print_topics() -> None:
    console = output.stdout()
    if not console.is_terminal:
        output.table((page.topic, page.description) for page in manual.pages())
        return
    parts = groupby(manual.pages(), key=lambda page: page.part)
    rows = [((part, ""), *((f"  {page.topic}", page.description) for page in pages)) for part, pages in parts]
    output.table(chain(*rows))
    output.say(console, Text("searchapp help TOPIC prints one; a server has them under /help", "dim"))


def _print_page(page: manual.Page) -> None:
    console = output.stdout()
    text = f"# {page.title}\n\n{page.markdown}"
    if console.is_terminal:
        console.print(Markdown(_LINK.sub(_for_a_terminal, text), code_theme="ansi_dark"))
    else:
        output.say(console, text.rstrip("\n"))


def _for_a_terminal(link: re.Match[str]) -> str:
    return f"{link[1]} (`searchapp help {link[2]}`)" if link[2] else link[1]


COMMANDS = (help_,)
