"""The commands that ask an index: `search`, `related` and `stats`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console
from rich.text import Text

from searchapp import facets, serialize
from searchapp.cli import output
from searchapp.cli.options import common
from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.engines import open_engine
from searchapp.errors import NotFoundError
from searchapp.facets import BY_KEY, FACETS
from searchapp.model import Article, Fragment, Hit, Mode, Query, Results, Sort
from searchapp.query import parse_date
from searchapp.retrieval.locating import possible_ids

SHOWN_FACET_VALUES = 6

_LIMIT = click.IntRange(1, 100)
_PAGE = click.IntRange(1, 1_000_000)
_SORT = click.Choice([str(sort) for sort in Sort])
_TEXT = click.File("r", encoding="utf-8", errors="replace")


class _WordsCommand(click.Command):
    """Lets `-word` through as a word to exclude, and refuses `--word`, which is a mistyped option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        for argument in args:
            if argument == "--":
                break
            name = argument.split("=", 1)[0]
            if name.startswith("--") and name not in known:
                raise click.NoSuchOption(name, ctx=ctx)
        return super().parse_args(ctx, args)


def as_day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> date | None:
    """A day, or the first one of a month or year."""
    day = parse_date(value) if value is not None else None
    if day is None and value is not None:
        raise click.BadParameter(f"{value!r} is no date; write 2024, 2024-03 or 2024-03-09")
    return day


def _allowed(_context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    facet = BY_KEY[parameter.name or ""]
    for value in values:
        if not facet.allows(value):
            raise click.BadParameter(f"{value!r} is no {facet.key}; write one such as {facet.example}")
    return values


def _facet_options(command: Callable[..., int]) -> Callable[..., int]:
    for facet in reversed(FACETS):
        about = f"Only {facet.words.option} (repeatable)."
        option = click.option(
            f"--{facet.key}", multiple=True, metavar=facet.key[0].upper(), callback=_allowed, help=about
        )
        command = option(command)
    return command


_FIELDS = ":, ".join(facet.operator for facet in FACETS if facet.operator)
_HELP = f"""Search the articles.

WORDS must all occur; "a phrase", -word, OR, title:, {_FIELDS}:, train* as on the page.
Without WORDS everything is listed, newest first. Exit code 1 if nothing is found.
"""


@click.command("search", cls=_WordsCommand, help=_HELP, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1)
@_facet_options
@click.option("--after", callback=as_day, metavar="D", help="Published on or after this day.")
@click.option("--before", callback=as_day, metavar="D", help="Published before this day.")
@click.option("--sort", type=_SORT, default="relevance", show_default=True, help="The order.")
@click.option("--exact", is_flag=True, help="The words as typed, even where corrected ones would find more.")
@click.option("--explain", is_flag=True, help="With each result the parts that its score is the sum of.")
@click.option("--page", type=_PAGE, default=1, metavar="N", help="Which page of results.")
@click.option("--limit", type=_LIMIT, default=10, metavar="N", help="Results per page.")
@common
def search(
    config: Config,
    as_json: bool,
    words: tuple[str, ...],
    after: date | None,
    before: date | None,
    sort: str,
    exact: bool,
    explain: bool,
    page: int,
    limit: int,
    **selected: tuple[str, ...],
) -> int:
    query = Query(
        " ".join(words),
        tuple((facet.key, value) for facet in FACETS for value in selected[facet.key]),
        after,
        before,
        Sort(sort),
        page=page,
        per_page=limit,
        exact=exact,
        explain=explain,
    )
    with closing(open_engine(config)) as engine:
        engine.status()
        began = time.perf_counter()
        results = engine.search(query)
        took = (time.perf_counter() - began) * 1000
    if as_json:
        output.print_json(serialize.results(results, took, config.site_url))
    else:
        _show_results(results, config)
    return 0 if results.hits else 1


def _show_results(results: Results, config: Config) -> None:
    query = results.query
    if results.corrected:
        shown, typed = output.clean(results.did_you_mean or ""), output.clean(query.text)
        output.say(output.stderr(), f"Showing results for: {shown} (--exact for {typed})")
    elif results.did_you_mean:
        output.say(output.stderr(), f"Did you mean: {output.clean(results.did_you_mean)}")
    if results.other_reading:
        meaning = "words side by side" if results.other_reading.count('"') > query.text.count('"') else "exclusions"
        output.say(output.stderr(), f"With dashes read as {meaning}: {output.clean(results.other_reading)}")
    if not results.total:
        output.say(output.stderr(), "Nothing found" + (f" for {output.clean(query.text)}" if query.text else ""))
        return
    if not results.hits:
        output.say(output.stderr(), f"There is no page {query.page}; the last is {results.pages}")
        return
    console = output.stdout()
    if results.mode is Mode.ANY:
        output.say(output.stderr(), "No article has all of these words; these have some of them")
    first = (query.page - 1) * query.per_page + 1
    for position, hit in enumerate(results.hits, first):
        if hit.partial and position in {first, results.total + 1}:
            output.say(console, Text("Further articles have some of these words:", style="dim"))
        _show_hit(console, position, hit, config)
    for line in _facet_lines(results):
        output.say(console, line)
    total = output.counted(results.total, "article")
    more = f", page {query.page} of {results.pages}; --page {query.page + 1} for more"
    last = f", page {query.page} of {results.pages}" if results.pages > 1 else ""
    output.say(console, Text(total + (more if query.page < results.pages else last), style="dim"))


def _show_hit(console: Console, position: int, hit: Hit, config: Config) -> None:
    title = _highlighted(hit.title_fragments or (Fragment(hit.title),), "bold")
    output.say(console, Text.assemble((f"{position:>3}. ", "dim"), title, ("  pinned" if hit.pinned else "", "dim")))
    address = serialize.public_url(config.site_url, hit.permalink, hit.id) if config.site_url else hit.id
    anchor = f"#{hit.section.anchor}" if hit.section and hit.section.anchor else ""
    output.say(console, Text.assemble("     ", (output.clean(address + anchor), "cyan")))
    day = f"{hit.date:%Y-%m-%d}" if hit.date else ""
    facts = [day, ", ".join(hit.authors), ", ".join(hit.categories), " ".join(f"#{tag}" for tag in hit.tags)]
    if any(facts):
        output.say(console, Text("     " + output.clean(" · ".join(fact for fact in facts if fact)), style="dim"))
    if hit.reasons:
        because = ", ".join(f"{reason.kind}: {reason.value}" for reason in hit.reasons)
        output.say(console, Text("     because of " + output.clean(because)))
    elif hit.snippet:
        output.say(console, Text.assemble("     ", _highlighted(hit.snippet)))
    for line in _explanation(hit):
        output.say(console, Text(f"     {output.clean(line)}", style="dim"))
    output.say(console, "")


def _highlighted(fragments: Iterable[Fragment], style: str = "") -> Text:
    text = Text(style=style)
    for fragment in fragments:
        text.append(output.clean(fragment.text), style="bold yellow" if fragment.matched else "")
    return text


def _facet_lines(results: Results) -> Iterator[Text]:
    for facet in facets.shown(results):
        values = results.facets[facet.key]
        shown = ", ".join(
            f"{'✓ ' if value.selected else ''}{output.clean(value.value)} {output.number(value.count)}"
            for value in values[:SHOWN_FACET_VALUES]
        )
        more = len(values) - SHOWN_FACET_VALUES
        rest = f", and {output.number(more)} more" if more > 0 else ""
        yield Text.assemble((f"{facet.key}: ", "dim"), shown + rest)


@click.command("related")
@click.argument("article", required=False)
@click.option("--draft", type=_TEXT, metavar="FILE", help="An unpublished text; - is standard input.")
@click.option("--limit", type=_LIMIT, default=10, metavar="N", help="How many.")
@common
def related(config: Config, as_json: bool, article: str | None, draft: TextIO | None, limit: int) -> int:
    """List articles like ARTICLE (its id, file or address), or like a draft.

    Exit code 1 if there is no such article, or none like it.
    """
    if (article is None) == (draft is None):
        raise click.UsageError("give either an article or --draft FILE")
    with closing(open_engine(config)) as engine:
        engine.status()
        source: Article | None = None
        if draft is not None:
            from searchapp import articles  # reading Markdown costs 0.1 s that nothing else here needs

            hits = engine.related(articles.render_draft(draft.read()), limit)
        else:
            source = _resolve(engine, config, article or "")
            hits = engine.related(source.id, limit)
    if as_json:
        output.print_json(serialize.related(source, hits, config.site_url))
    else:
        for position, hit in enumerate(hits, 1):
            _show_hit(output.stdout(), position, hit, config)
        if not hits:
            output.say(output.stderr(), "No article is like it")
    return 0 if hits else 1


def _resolve(engine: Engine, config: Config, text: str) -> Article:
    """The article that a person means by its id, its file's path or its address. Raises NotFoundError."""
    for id in possible_ids(engine, config, text):
        article = engine.article(id)
        if article is not None:
            return article
    if any((folder / text).is_file() for folder in (Path.cwd(), config.content_dir) if "\0" not in text):
        raise NotFoundError(f"{text} is not in the index; searchapp index brings it in unless it is hidden or skipped")
    raise NotFoundError(f"no article {text}; give its id, its file or its address")


@click.command("stats")
@common
def stats(config: Config, as_json: bool) -> None:
    """Show what the index holds. Exit code 3 if there is none."""
    with closing(open_engine(config)) as engine:
        status = engine.status()
    built = status.generation.indexed_at
    if as_json:
        output.print_json(
            {
                "articles": status.articles,
                "terms": status.terms,
                "categories": status.categories,
                "tags": status.tags,
                "size": status.size,
                "generation": status.generation.name,
                "indexed_at": built.isoformat(),
            }
        )
        return
    output.table(
        [
            ("articles", output.number(status.articles)),
            ("terms", output.number(status.terms)),
            ("categories", output.number(status.categories)),
            ("tags", output.number(status.tags)),
            ("size", f"{status.size / 1_000_000:,.1f} MB"),
            ("generation", status.generation.name),
            ("built", f"{built.astimezone(config.zone):%Y-%m-%d %H:%M:%S %Z}"),
        ]
    )


COMMANDS = (search, related, stats)


def _explanation(hit: Hit) -> Iterator[str]:
    """The parts of the score, a line each, and the sum; nothing if it was not asked for."""
    for part in hit.explanation:
        reckoned = f" = {part.idf:g} × {part.impact:g}" if part.idf is not None and part.impact is not None else ""
        reckoned = f" (× {part.factor:g})" if part.factor is not None else reckoned
        met = f"“{part.text}”" + (f" as “{part.term}”" if part.kind == "synonym" else "") if part.text else ""
        where = " ".join(filter(None, (part.kind, met, part.field and f"in {part.field}")))
        yield f"{part.value:>18,.5f}  {where}{reckoned}"
    if hit.explanation:
        yield f"{hit.score:>18,.5f}  score"
