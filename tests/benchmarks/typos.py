"""How often a title with a typing error still finds its article, over real blogs.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.typos [blog …]

A query is the title of an article with one edit in one of its words of four letters or more, whose first letter stays:
a letter left out, put in or replaced, or two swapped, by the same chances on every run. Titles with quotation marks are
left out, as quoted words are not corrected. What counts is whether the article that the title ranks first
is still among the first three.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.engines import open_engine
from searchapp.indexing import index
from searchapp.model import Query
from tests.benchmarks.corpora import blog

BLOGS = ("haacked", "rust-blog", "infeeds", "siadlak")
QUERIES = 500
"""Over all blogs."""
AMONG = 3

_WORD = re.compile(r"[^\W\d_]{4,}")
_QUOTED = re.compile('["“”„«»]')


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one query: whether its article was found, corrected and as typed, and the milliseconds of the search."""

    typed: str
    found: bool
    as_typed: bool
    took: float


def misspelt(word: str, chance: random.Random, letters: str) -> str:
    """The word with one edit behind its first letter; never the word itself."""
    while True:
        at = chance.randrange(1, len(word))
        kind = chance.choice(("left out", "put in", "replaced", "swapped"))
        letter = chance.choice(letters)
        if kind == "put in":
            made = word[: at + 1] + letter + word[at + 1 :]
        elif kind == "swapped":
            made = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
        else:
            made = word[:at] + (letter if kind == "replaced" else "") + word[at + 1 :]
        if made.casefold() != word.casefold():
            return made


def queries(titles: Sequence[str], count: int, seed: int) -> list[tuple[str, str]]:
    """(title, the title with one edit), the same ones on every run."""
    chance = random.Random(seed)
    titles = sorted({title for title in titles if _WORD.search(title) and not _QUOTED.search(title)})
    letters = "".join(sorted({letter for title in titles for word in _WORD.findall(title) for letter in word.lower()}))
    found = []
    while titles and len(found) < count:
        title = chance.choice(titles)
        word = chance.choice(list(_WORD.finditer(title)))
        found.append((title, title[: word.start()] + misspelt(word[0], chance, letters) + title[word.end() :]))
    return found


def measure(engine: Engine, asked: Sequence[tuple[str, str]]) -> list[Outcome]:
    """Asks the engine for each pair of `queries`; those whose title finds nothing are left out."""
    outcomes = []
    for title, typed in asked:
        first = engine.search(Query(title, per_page=1)).hits
        began = time.perf_counter()
        hits = engine.search(Query(typed, per_page=AMONG)).hits
        took = (time.perf_counter() - began) * 1000
        literal = engine.search(Query(typed, per_page=AMONG, exact=True)).hits
        if first:
            found, as_typed = (first[0].id in {hit.id for hit in some} for some in (hits, literal))
            outcomes.append(Outcome(typed, found, as_typed, took))
    return outcomes


def show(label: str, outcomes: Sequence[Outcome]) -> None:
    """The shares, and how long the searches took."""
    share = sum(outcome.found for outcome in outcomes) / len(outcomes)
    without = sum(outcome.as_typed for outcome in outcomes) / len(outcomes)
    times = [outcome.took for outcome in outcomes]
    took = f"median {statistics.median(times):.1f} ms, most {max(times):.1f} ms"
    print(f"{label}: {share:.1%} of {len(outcomes)}, {without:.1%} if not corrected; {took}")


def main() -> None:
    """Prints the share of each blog and of all."""
    names = sys.argv[1:] or BLOGS
    everything: list[Outcome] = []
    for number, name in enumerate(names):
        with blog(name) as content, tempfile.TemporaryDirectory(prefix="searchapp-bench-") as folder:
            config = Config(content_dir=content, index_dir=Path(folder) / "index")
            engine = open_engine(config)
            articles = index(config, engine).articles
            titles = [found.title for id in engine.manifest() if (found := engine.article(id))]
            asked = queries(titles, QUERIES // len(names), number)
            outcomes = measure(engine, asked)
            engine.close()
        show(f"{name}, {articles:,} articles", outcomes)
        for outcome in outcomes:
            if not outcome.found:
                print(f"    {outcome.typed}")
        everything += outcomes
    show("all", everything)


if __name__ == "__main__":
    main()
