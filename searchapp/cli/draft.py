"""The commands `draft` and `links`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from searchapp import serialize
from searchapp.cli import output
from searchapp.cli.options import common
from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.engines import open_engine
from searchapp.errors import DraftError, UsageError
from searchapp.retrieval.locating import possible_ids

if TYPE_CHECKING:
    from searchapp.articles import ParsedDraft
    from searchapp.editor.drafting.draft_report import DraftReport, PastableLink
    from searchapp.editor.drafting.label_suggestions import LabelSuggestion

_LIMIT = click.IntRange(1, 100)
_WHY = {
    "title": "its title: {}",
    "heading": "its heading: {}",
    "link": "others link it as: {}",
    "phrase": "it speaks of it again and again",
}


@click.command("links")
@click.argument("draft", metavar="DRAFT")
@click.option("--limit", type=_LIMIT, default=10, metavar="N", help="How many.")
@common
def links(config: Config, as_json: bool, draft: str, limit: int) -> int:
    """Suggest links from DRAFT, a Markdown file or - for standard input, to the blog's articles.

    Each with the phrase's line and column, the article that it should lead to, why, and the Markdown to paste there.
    Exit code 1 if there are none.
    """
    from searchapp.editor.drafting.draft_report import pastable_links, version_ids
    from searchapp.editor.drafting.existing_links import linked_ids
    from searchapp.editor.near_duplicates.alike import find_similar

    with closing(open_engine(config)) as engine:
        engine.status()
        parsed = _read(draft)
        exclude = linked_ids(engine, parsed.links, config.site_url)
        exclude |= version_ids(find_similar(parsed.draft, engine))
        exclude |= {_published(engine, config, draft, parsed)}
        found = pastable_links(engine, parsed, exclude, config.site_url, limit)
    _warn(draft, parsed)
    if as_json:
        output.print_json({**_draft_json(parsed), "links": [_link_json(each, config) for each in found]})
    else:
        _show_links(draft, found)
        if not found:
            output.say(output.stderr(), "No link to suggest")
    return 0 if found else 1


@click.command("draft")
@click.argument("draft", metavar="DRAFT")
@click.option("--limit", type=_LIMIT, default=5, metavar="N", help="How many articles and links.")
@common
def draft(config: Config, as_json: bool, draft: str, limit: int) -> int:
    """Show all that the blog has for DRAFT, a Markdown file or - for standard input.

    Articles like it, links that it could have, tags and categories that it lacks, articles that say almost the same.
    Exit code 1 if there is nothing.
    """
    from searchapp.editor.drafting.draft_report import draft_report

    with closing(open_engine(config)) as engine:
        engine.status()
        parsed = _read(draft)
        itself = _published(engine, config, draft, parsed)
        found = draft_report(engine, parsed, id=itself, site_url=config.site_url, limit=limit)
    _warn(draft, parsed)
    if as_json:
        output.print_json(_report_json(found, config))
    else:
        _show(draft, found)
    return 0 if found.related or found.links or found.alike else 1


def _read(path: str) -> ParsedDraft:
    """The parsed in a file or on standard input. Raises UsageError, DraftError."""
    from searchapp.articles import MAX_DRAFT, parse_draft  # 0.1 s that `--help` does not need

    try:
        if path == "-":
            return parse_draft(sys.stdin.buffer.read(MAX_DRAFT + 1))
        with Path(path).open("rb") as file:
            return parse_draft(file.read(MAX_DRAFT + 1))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no path"
        raise UsageError(f"{path} can't be read: {reason}; give a Markdown file, or - for standard input") from error
    except DraftError as error:
        raise DraftError(f"{_named(path)} {error}") from error


def _named(path: str) -> str:
    return "the draft on standard input" if path == "-" else path


def _published(engine: Engine, config: Config, path: str, parsed: ParsedDraft) -> str:
    """The id of the article in that file, or of a related one with the draft's title; "" for neither."""
    from searchapp.editor.drafting.draft_report import published_as

    if path != "-":
        manifest = engine.manifest()
        known = next((id for id in possible_ids(engine, config, path) if id in manifest), "")
        if known:
            return known
    return published_as(engine, parsed)


def _warn(path: str, parsed: ParsedDraft) -> None:
    for line, reason in parsed.warnings:
        place = f"{path}:{line}" if line else path
        output.say(output.stderr(), output.clean(f"{place}: {reason}"))


def _show(path: str, found: DraftReport) -> None:
    console = output.stdout()
    if found.itself:
        output.say(console, Text(f"Published as {output.clean(found.itself)}", style="dim"))
    if found.foreign:
        output.say(output.stderr(), f"The articles near to it are not in its language ({found.parsed.language})")
    if found.alike:
        output.say(console, Text("Says almost the same", style="bold"))
        for each in found.alike:
            output.say(console, output.clean(f"  {each.similarity:>4.0%}  {each.title}  {each.id}"))
    output.say(console, Text("Links it could have", style="bold"))
    _show_links(path, found.links)
    _or_none(found.links)
    output.say(console, Text("Articles like it", style="bold"))
    for hit in found.related:
        because = ", ".join(f"{reason.kind}: {reason.value}" for reason in hit.reasons)
        output.say(console, output.clean(f"  {hit.title}  {hit.id}  ({because})"))
    _or_none(found.related)
    for title, labels in (("Tags it could have", found.tags), ("Categories it could have", found.categories)):
        output.say(console, Text(title, style="bold"))
        for label in labels:
            voters = ", ".join(hit.title for hit in label.voters[:3])
            more = f" and {len(label.voters) - 3} more" if len(label.voters) > 3 else ""
            output.say(console, output.clean(f"  {label.value}  as {voters}{more}"))
        _or_none(labels)


def _or_none(found: Sequence[object]) -> None:
    if not found:
        output.say(output.stdout(), Text("  none", style="dim"))


def _show_links(path: str, found: Sequence[PastableLink]) -> None:
    console = output.stdout()
    for each in found:
        link = each.link
        place = f"{'-' if path == '-' else path}:{each.line}:{each.column}: "
        around = Text.assemble(
            (output.clean(place), "dim"), output.clean(each.before),
            (output.clean(link.phrase), "bold yellow"), output.clean(each.after),
        )  # fmt: skip
        output.say(console, around)
        heading = f" § {link.name}" if link.anchor else ""
        output.say(console, output.clean(f"    {link.article.title}{heading}  ({_WHY[link.kind].format(link.name)})"))
        for markdown in filter(None, (each.paste.markdown, each.paste.jekyll)):
            output.say(console, Text(f"    {output.clean(markdown)}", style="cyan"))


def _draft_json(parsed: ParsedDraft) -> dict[str, Any]:
    return {
        "draft": {"title": parsed.draft.title, "language": parsed.language},
        "warnings": [{"line": line, "reason": reason} for line, reason in parsed.warnings],
    }


def _report_json(found: DraftReport, config: Config) -> dict[str, Any]:
    return {
        **_draft_json(found.parsed),
        "published_as": found.itself or None,
        "related": serialize.related(None, found.related, config.site_url)["hits"],
        "links": [_link_json(each, config) for each in found.links],
        "tags": [_label_json(each, config) for each in found.tags],
        "categories": [_label_json(each, config) for each in found.categories],
        "alike": [
            {
                **_article_json(each, config),
                "similarity": round(each.similarity, 3),
                "of_draft": round(each.of_draft, 3),
                "of_article": round(each.of_article, 3),
            }
            for each in found.alike
        ],
    }


def _article_json(article: Any, config: Config) -> dict[str, str]:
    """The JSON form of anything with an id, a title and a permalink."""
    url = serialize.public_url(config.site_url, article.permalink, article.id)
    return {"id": article.id, "url": url, "title": article.title}


def _link_json(each: PastableLink, config: Config) -> dict[str, Any]:
    link = each.link
    return {
        "phrase": link.phrase,
        "line": each.line,
        "column": each.column,
        "before": each.before,
        "after": each.after,
        "article": _article_json(link.article, config),
        "anchor": link.anchor,
        "why": {"kind": link.kind, "text": link.name},
        "score": link.score,
        "articles_with_phrase": link.articles,
        "replace": dict(zip(("line", "column", "end_line", "end_column"), each.replaced, strict=True)),
        "markdown": each.paste.markdown,
        "jekyll": each.paste.jekyll or None,
    }


def _label_json(label: LabelSuggestion, config: Config) -> dict[str, Any]:
    return {
        "value": label.value,
        "score": label.score,
        "articles": label.articles,
        "because": [_article_json(hit, config) for hit in label.voters],
    }


COMMANDS = (links, draft)
