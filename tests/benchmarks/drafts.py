"""How well a draft's links and tags are guessed, over real blogs whose authors have set theirs.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.drafts [blog …]

Each article is a draft from which all its links to its own blog are removed; their words stay. A link counts as one
that can be guessed if its words say what it leads to: they share two telling words with the target's title, or all that
it has. The article itself is never suggested. Suggestions that are no link of the author's may be good all the same, so
their share is a lower bound of the precision. For tags the article's own are removed.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from searchapp.analysis.analyzer import analyzer
from searchapp.analysis.folding import fold_value
from searchapp.articles import parse_draft
from searchapp.config.loading import Config
from searchapp.editor.drafting import existing_links, label_suggestions, link_suggestions
from searchapp.engine import Engine
from searchapp.engines import open_engine
from searchapp.facets import BY_KEY
from searchapp.indexing import index
from searchapp.languages import STOP_WORDS
from searchapp.model import Draft
from tests.benchmarks.corpora import blog

BLOGS = {"haacked": "/archive/:year/:month/:day/:title/", "rust-blog": "", "infeeds": ""}
"""Each with the permalink that its configuration has."""
DRAFTS = 150
FIRST = 5

_INLINE = re.compile(r"(?<!!)\[([^\[\]]+)\]\(([^()\s]+)[^()]*\)")
_REFERENCE = re.compile(r"(?<!!)\[([^\[\]]+)\]\[([^\[\]]*)\]")
_DEFINITION = re.compile(r"^ {0,3}\[([^\]\n]+)\]:[ \t]*<?([^\s>]+)", re.M)
_POINTING = frozenset("here link post posts article entry last previous earlier first next this that read blog".split())


@dataclass(slots=True)
class Tally:
    """`possible` links that can be guessed, how many of them are suggested; `own`: the author's links among those."""

    drafts: int = 0
    possible: int = 0
    found: int = 0
    found_first: int = 0
    suggested: int = 0
    own: int = 0
    seconds: list[float] = field(default_factory=list)


def without_links(engine: Engine, id: str, source: str) -> tuple[str, list[tuple[str, str]]]:
    """The source with the words of its links to articles in their place; (words, id) of each."""
    removed: list[tuple[str, str]] = []
    defined = {match[1].casefold(): match[2] for match in _DEFINITION.finditer(source)}

    def words(match: re.Match[str], target: str) -> str:
        found = existing_links.locate(engine, target) if target else None
        if found is None or found == id:
            return match[0]
        removed.append((match[1], found))
        return match[1]

    source = _INLINE.sub(lambda match: words(match, match[2]), source)
    source = _REFERENCE.sub(lambda match: words(match, defined.get((match[2] or match[1]).casefold(), "")), source)
    return source, removed


def says(words: str, title: str) -> bool:
    """Whether the words of a link tell what it leads to."""
    one, other = (
        {token.term for token in analyzer("en").tokens(text) if token.surface not in STOP_WORDS | _POINTING}
        for text in (words, title)
    )
    return len(one & other) >= 2 or (len(other) == 1 and other <= one)


def drafts(engine: Engine, content: Path, count: int) -> Iterator[tuple[str, str, set[str], set[str]]]:
    """(id, source without its links, the ids that it linked, those that can be guessed), the same on every run."""
    ids = sorted(engine.manifest())
    random.Random(7).shuffle(ids)
    for id in ids:
        source, removed = without_links(engine, id, (content / id).read_text("utf-8", "replace"))
        possible = {
            target for words, target in removed if (found := engine.article(target)) and says(words, found.title)
        }
        if possible and count > 0:
            count -= 1
            yield id, source, {target for _, target in removed}, possible


def measure_links(engine: Engine, content: Path, count: int = DRAFTS) -> Tally:
    """What is suggested for drafts that had links."""
    tally = Tally()
    for id, source, own, possible in drafts(engine, content, count):
        parsed = parse_draft(source.encode())
        began = time.process_time()
        found = [link.article.id for link in link_suggestions.suggest_links(engine, parsed, {id})]
        tally.seconds.append(time.process_time() - began)
        tally.drafts += 1
        tally.possible += len(possible)
        tally.found += len(possible.intersection(found))
        tally.found_first += len(possible.intersection(found[:FIRST]))
        tally.suggested += len(found[:FIRST])
        tally.own += len(own.intersection(found[:FIRST]))
    return tally


def measure_tags(engine: Engine, count: int = DRAFTS) -> tuple[int, int, int]:
    """(tags that articles have, suggested, suggested that they have)."""
    has = suggested = right = 0
    ids = sorted(engine.manifest())
    random.Random(9).shuffle(ids)
    for id in ids:
        article = engine.article(id)
        if article is None or not article.tags or sum(len(section.text) for section in article.sections) < 800:
            continue
        draft = Draft(article.title, "\n".join(section.text for section in article.sections))
        near = tuple(hit for hit in engine.related(draft, label_suggestions.NEIGHBOURS + 1) if hit.id != id)
        found = {fold_value(label.value) for label in label_suggestions.suggest_labels(engine, BY_KEY["tag"], (), near)}
        mine = set(map(fold_value, article.tags))
        has, suggested, right = has + len(mine), suggested + len(found), right + len(mine & found)
        count -= 1
        if not count:
            break
    return has, suggested, right


def show(name: str, tally: Tally, tags: tuple[int, int, int]) -> None:
    """Two lines."""
    if tally.drafts:
        all_found, first_found = tally.found / tally.possible, tally.found_first / tally.possible
        own, seconds = tally.own / max(tally.suggested, 1), statistics.median(tally.seconds)
        print(
            f"{name}: of {tally.possible} links in {tally.drafts} drafts {all_found:.0%} are suggested, "
            f"{first_found:.0%} among the first {FIRST}; of {tally.suggested} suggestions {own:.0%} are the author's "
            f"own links; {seconds:.2f} s of processor time"
        )
    else:
        print(f"{name}: no links to its own articles")
    has, suggested, right = tags
    if has:
        print(f"{name}: {right / max(suggested, 1):.0%} of {suggested} tags are right, {right / has:.0%} found")


def main() -> None:
    """Prints what each blog gives."""
    for name in sys.argv[1:] or BLOGS:
        with blog(name) as content, tempfile.TemporaryDirectory(prefix="searchapp-bench-") as folder:
            config = Config(content_dir=content, index_dir=Path(folder) / "index", permalink=BLOGS.get(name, ""))
            engine = open_engine(config)
            index(config, engine)
            show(name, measure_links(engine, content), measure_tags(engine))
            engine.close()


if __name__ == "__main__":
    main()
