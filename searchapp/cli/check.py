"""The command `check`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from searchapp import rules
from searchapp.cli import output, problem_formats
from searchapp.cli.options import common
from searchapp.config.loading import Config
from searchapp.indexing.check import examine


def _patterns(_context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of repeated options, separated by commas or not. Raises BadParameter."""
    patterns = tuple(part.strip() for each in given for part in each.split(",") if part.strip())
    for pattern in patterns:
        if wrong := rules.complaint(pattern, paths=option.name == "ignore"):
            raise click.BadParameter(wrong)
    return patterns


@click.command("check")
@click.option(
    "--format", "form", type=click.Choice(list(problem_formats.WRITERS)), help="How to print it.  [default: text]"
)
@click.option("--select", metavar="CODES", multiple=True, callback=_patterns, help="Only these: codes, link-*, all.")
@click.option("--ignore", metavar="CODES", multiple=True, callback=_patterns, help="Not these, or image-alt:2009/*.")
@click.option("--rules", "listing", is_flag=True, help="List all rules instead.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@common
def check(
    config: Config,
    as_json: bool,
    form: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    listing: bool,
    paths: tuple[str, ...],
) -> int:
    """Report what is wrong with the articles, per file and line.

    With PATHs only with these files, or those in these folders, drafts included: fast enough for each commit, but
    without the rules that need the whole blog, such as broken links. Needs no index and touches none. Exit code 1 if
    anything is wrong.
    """
    if as_json and form not in {None, "json"}:
        raise click.UsageError(f"--json is --format json; leave out one of --json and --format {form}")
    form = "json" if as_json else form or "text"
    selection = rules.select(select or config.check_select, (*config.check_ignore, *ignore))
    if listing:
        if form not in {"text", "json"}:
            raise click.UsageError("--rules prints text or, with --json, JSON")
        if form == "json":
            output.print_json({"rules": problem_formats.rule_json(selection.codes)})
        else:
            problem_formats.rule_table(selection.codes)
        return 0
    with output.progress("Checking") as progress:
        found = examine(config, selection, progress, below=[_id_of(config, path) for path in paths])
        problem_formats.WRITERS[form](found, config.content_dir)
    return 1 if found.counts else 0


def _id_of(config: Config, path: str) -> str:
    """The path below the content folder of one relative to the working or content folder. Raises UsageError."""
    for base in (Path.cwd(), config.content_dir):
        whole = Path(os.path.normpath(base / path))
        if os.path.lexists(whole):
            if not whole.is_relative_to(config.content_dir):
                raise click.UsageError(f"{path} is not below {config.content_dir}; name its blog with --content")
            return whole.relative_to(config.content_dir).as_posix()
    raise click.UsageError(f"there is no file or folder {path}, neither here nor in {config.content_dir}")


COMMANDS = (check,)
