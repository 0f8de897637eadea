"""The command `tags`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
from typing import Any

import click
from rich.text import Text

from searchapp.analysis.folding import fold_value
from searchapp.cli import output
from searchapp.cli.options import common
from searchapp.config.loading import Config
from searchapp.editor.tagging.label_merges import HEADINGS, KINDS, SURE, MergeProposal, TagReport, patch_of, tag_report
from searchapp.engines import open_engine
from searchapp.errors import NotFoundError

SHOWN = 20
"""Proposals of a kind that are printed, at most."""


@click.command("tags")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only such findings (repeatable).")
@click.option("--only", "names", multiple=True, metavar="NAME", help="Only this tag, as in tag:blogs (repeatable).")
@click.option("--patch", "as_patch", is_flag=True, help="Print a patch that makes the merges; change nothing.")
@common
def tags(config: Config, as_json: bool, kinds: tuple[str, ...], names: tuple[str, ...], as_patch: bool) -> int:
    """List tags and categories that could be merged, and why.

    Spellings of one label (case, accents, hyphens, plural, a slip), tags with a category of the same name, categories
    whose articles are all in another one, tags used once. Exit code 1 if there are any.

    --patch prints one unified diff of the front matter, for git apply; without --kind or --only of the spellings alone.
    What can't be changed safely is left out and named on standard error. Exit code 1 if nothing would change.
    """
    if as_patch and as_json:
        raise click.UsageError("give either --patch or --json")
    with closing(open_engine(config)) as engine:
        found = tag_report(engine)
    chosen = _chosen(found, kinds, names)
    if as_patch:
        return _print_patch(config, chosen if kinds or names else [each for each in chosen if each.kind in SURE])
    if as_json:
        output.print_json(report_json(found, chosen))
    else:
        _show(found, chosen)
    return 1 if chosen else 0


def _chosen(found: TagReport, kinds: Sequence[str], names: Sequence[str]) -> list[MergeProposal]:
    """The proposals of these kinds and names. Raises NotFoundError for an unknown name."""
    wanted: dict[str, str] = {fold_value(name): name for name in names}
    known = {fold_value(each.name) for each in found.findings}
    unknown = [name for folded, name in wanted.items() if folded not in known]
    if unknown:
        raise NotFoundError(f"nothing was found about {unknown[0]}; searchapp tags --json names all findings")
    return [
        each
        for each in found.findings
        if (not kinds or each.kind in kinds) and (not wanted or fold_value(each.name) in wanted)
    ]


def _print_patch(config: Config, chosen: Sequence[MergeProposal]) -> int:
    """Print the patch as bytes on standard output, everything else on standard error."""
    made = patch_of(config, chosen)
    sys.stdout.flush()
    sys.stdout.buffer.write(made.diff)
    console = output.stderr()
    for problem in made.skipped:
        output.say(console, Text("left out: ").append(output.problem_line(problem)))
    if made.diff:
        files, command = output.counted(made.files, "file"), f"git -C {shlex.quote(str(made.root))} apply"
        output.say(console, f"{files} would change; apply the patch with {command}, then run searchapp index")
    else:
        output.say(console, "Nothing would change")
    return 0 if made.diff else 1


def report_json(found: TagReport, chosen: Sequence[MergeProposal]) -> dict[str, Any]:
    """Return the document of `tags --json`."""
    return {
        "articles": found.articles,
        "tags": found.tags,
        "categories": found.categories,
        "findings": [_finding_json(each) for each in chosen],
    }


def _finding_json(finding: MergeProposal) -> dict[str, Any]:
    document = {"name": finding.name, **asdict(finding)}
    document["can_patch"] = document.pop("merge") is not None
    return document


def _show(found: TagReport, chosen: Sequence[MergeProposal]) -> None:
    console = output.stdout()
    for kind, group in groupby(chosen, key=attrgetter("kind")):
        findings = list(group)
        output.say(console, Text(f"{HEADINGS[kind]} ({output.number(len(findings))})", style="bold"))
        for line in _lines(findings):
            output.say(console, line)
        output.say(console, "")
    verdict = output.counted(len(chosen), "finding") if chosen else "no findings"
    counts = f"{output.counted(found.tags, 'tag')}, {output.number(found.categories)} categories"
    output.say(output.stderr(), f"{counts}, {verdict}")
    if any(each.merge for each in chosen):
        output.say(
            output.stderr(), "searchapp tags --patch prints the merges as a patch; --only NAME or --kind KIND some"
        )


def _lines(findings: Sequence[MergeProposal]) -> Iterator[Text]:
    for finding in findings[:SHOWN]:
        line = Text.assemble("  ", (output.clean(finding.name), "cyan"), f" ({output.number(finding.count)})")
        if finding.into is not None:
            line.append(" → ").append(output.clean(finding.into), style="green")
            line.append(f" ({output.number(finding.into_count)})")
        yield line.append(f"  {output.clean(finding.reason)}", style="dim")
    if len(findings) > SHOWN:
        more = output.number(len(findings) - SHOWN)
        yield Text(f"  … and {more} more; --kind {findings[0].kind} --json lists all", style="dim")


COMMANDS = (tags,)
