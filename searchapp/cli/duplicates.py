"""The command `duplicates`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from typing import Any

import click
from rich.text import Text

from searchapp.cli import output
from searchapp.cli.options import common
from searchapp.config.loading import Config
from searchapp.editor.near_duplicates.alike import THRESHOLD
from searchapp.editor.near_duplicates.differences import Differences, differences
from searchapp.editor.near_duplicates.duplicates import Duplicates, Member, Pair, find_duplicates
from searchapp.engine import Engine
from searchapp.engines import open_engine
from searchapp.errors import SearchappError
from searchapp.model import Fragment

SHOWN_PAIRS = 5
"""Pairs of a group whose differences are printed, at most."""

_SHARE = click.FloatRange(0.3, 1.0)


@click.command("duplicates")
@click.option(
    "--threshold", type=_SHARE, default=THRESHOLD, show_default=True, metavar="T", help="The share in common, 0.3 to 1."
)
@common
def duplicates(config: Config, as_json: bool, threshold: float) -> int:
    """List articles that say almost the same, in groups, with what differs.

    Two articles are near-duplicates if of all runs of four words that either has, both have a share of T or more. Also
    listed are articles that stand almost whole in another one. Drafts and revisions that are not shown do not count.
    Exit code 1 if there are any.
    """
    with closing(open_engine(config)) as engine, output.progress("Comparing") as progress:
        total = engine.status().articles
        try:
            found = find_duplicates(engine, threshold, lambda done: progress(done, total))
        except OSError as error:
            raise SearchappError(f"articles can't be compared without room for temporary files: {error}") from error
        if as_json:
            output.print_json(report_json(engine, found))
        else:
            _show(engine, found)
    return 1 if found.groups or found.parts else 0


def report_json(engine: Engine, found: Duplicates) -> dict[str, Any]:
    """Return the document of `duplicates --json`."""
    return {
        "articles": found.articles,
        "short": found.short,
        "threshold": found.threshold,
        "groups": [
            {
                "articles": [_member_json(member) for member in group.members],
                "pairs": [_pair_json(engine, pair) for pair in group.pairs],
            }
            for group in found.groups
        ],
        "contained": [
            {
                "article": _member_json(part.part),
                "within": _member_json(part.whole),
                "share": round(part.pair.of_first, 4),
            }
            for part in found.parts
        ],
    }


def _member_json(member: Member) -> dict[str, Any]:
    return {**asdict(member), "date": member.date.isoformat() if member.date else None}


def _pair_json(engine: Engine, pair: Pair) -> dict[str, Any]:
    different = _differences(engine, pair)
    return {
        "first": pair.first,
        "second": pair.second,
        "similarity": round(pair.similarity, 4),
        "of_first": round(pair.of_first, 4),
        "of_second": round(pair.of_second, 4),
        "differences": different.total,
        "passages": [
            {
                "heading": passage.heading,
                "first": "".join(fragment.text for fragment in passage.first),
                "second": "".join(fragment.text for fragment in passage.second),
            }
            for passage in different.passages
        ],
    }


def _differences(engine: Engine, pair: Pair) -> Differences:
    first, second = engine.article(pair.first), engine.article(pair.second)
    return Differences((), 0) if first is None or second is None else differences(first, second)


def _show(engine: Engine, found: Duplicates) -> None:
    console = output.stdout()
    for number, group in enumerate(found.groups, 1):
        count = output.counted(len(group.members), "article")
        output.say(console, Text(f"{number}. {count} that say almost the same", style="bold"))
        for member in group.members:
            output.say(console, _member_line(member))
        for pair in group.pairs[:SHOWN_PAIRS]:
            for line in _pair_lines(engine, pair):
                output.say(console, line)
        if len(group.pairs) > SHOWN_PAIRS:
            output.say(
                console, Text(f"     … {output.counted(len(group.pairs) - SHOWN_PAIRS, 'more pair')}", style="dim")
            )
        output.say(console, "")
    for part in found.parts:
        share = f"{part.pair.of_first:.0%} of it is also in"
        output.say(console, Text(f"{output.clean(part.part.id)}: {share} {output.clean(part.whole.id)}"))
    groups, parts = output.counted(len(found.groups), "group"), output.counted(len(found.parts), "contained article")
    summary = f"{groups} of near-duplicates, {parts}" if found.groups or found.parts else "no near-duplicates"
    output.say(output.stderr(), f"{output.counted(found.articles, 'article')}, {summary}")


def _member_line(member: Member) -> Text:
    day = f"{member.date:%Y-%m-%d}" if member.date else "no date   "
    line = Text.assemble("   ", (f"{day}  ", "dim"), (output.clean(member.id), "cyan"))
    return line.append(f"  {output.clean(member.title)} ({output.counted(member.words, 'word')})")


def _pair_lines(engine: Engine, pair: Pair) -> Iterator[Text]:
    yield Text(f"   {pair.similarity:.0%}  {output.clean(pair.first)}  {output.clean(pair.second)}", style="dim")
    different = _differences(engine, pair)
    for passage in different.passages:
        for sign, side, style in (("-", passage.first, "red"), ("+", passage.second, "green")):
            if side:
                yield Text(f"     {sign} ").append(_marked(side, style))
    if different.total > len(different.passages):
        rest = output.counted(different.total - len(different.passages), "more differing passage")
        yield Text(f"     … {rest}", style="dim")


def _marked(fragments: tuple[Fragment, ...], style: str) -> Text:
    text = Text()
    for fragment in fragments:
        text.append(output.clean(fragment.text), style=style if fragment.matched else "")
    return text


COMMANDS = (duplicates,)
