"""What becomes of words as they are typed, over real blogs: titles with errors of four kinds, and words that are right.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.words [blog …]

Titles are spoilt in one word of six letters or more, the same ones on every run: one edit or two behind its first
letter, two neighbours swapped (also the first two), or two words joined. What counts is whether the article that the
title ranks first is among the first three. A word of the articles that is corrected counts as wrong.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from searchapp.analysis import analyzer
from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.engines import open_engine
from searchapp.indexing import index
from searchapp.model import Query
from tests.benchmarks.corpora import blog
from tests.benchmarks.typos import BLOGS, measure, misspelt, show

QUERIES = 500
"""Of each kind, of each blog."""
WORDS = 1_000

_WORD = re.compile(r"[^\W\d_]{6,}")
_QUOTED = re.compile('["“”„«»]')
_PAIR = re.compile(r"([^\W\d_]{3,}) ([^\W\d_]{3,})")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

Spoil = Callable[[str, random.Random], str | None]


def _edited(times: int) -> Spoil:
    def spoil(title: str, chance: random.Random) -> str | None:
        words = list(_WORD.finditer(title))
        if not words:
            return None
        found = chance.choice(words)
        made = found[0]
        for _ in range(times):
            made = misspelt(made, chance, _LETTERS)
        return title[: found.start()] + made + title[found.end() :] if made != found[0] else None

    return spoil


def _swapped(title: str, chance: random.Random) -> str | None:
    words = list(_WORD.finditer(title))
    if not words:
        return None
    found = chance.choice(words)
    at = found.start() + chance.randrange(len(found[0]) - 1)
    made = title[:at] + title[at : at + 2][::-1] + title[at + 2 :]
    return made if made.casefold() != title.casefold() else None


def _joined(title: str, chance: random.Random) -> str | None:
    pairs = list(_PAIR.finditer(title))
    if not pairs:
        return None
    pair = chance.choice(pairs)
    return title[: pair.end(1)] + title[pair.start(2) :]


KINDS: dict[str, Spoil] = {"one edit": _edited(1), "two edits": _edited(2), "swapped": _swapped, "joined": _joined}


def spoilt(titles: Sequence[str], spoil: Spoil) -> list[tuple[str, str]]:
    """(title, the title with an error), the same ones on every run."""
    chance = random.Random(16)
    usable = sorted({title for title in titles if not _QUOTED.search(title) and spoil(title, chance)})
    picks = [chance.choice(usable) for _ in range(QUERIES)] if usable else []
    return [(title, made) for title in picks if (made := spoil(title, chance))]


def wrongly_corrected(engine: Engine, words: Sequence[str]) -> list[tuple[str, str]]:
    """The words that are replaced, with what they became."""
    answers = ((word, engine.search(Query(word, per_page=1))) for word in words)
    return [(word, found.did_you_mean or "") for word, found in answers if found.corrected]


def main() -> None:
    """Prints the shares of each blog."""
    for name in sys.argv[1:] or BLOGS:
        with blog(name) as content, tempfile.TemporaryDirectory(prefix="searchapp-bench-") as folder:
            config = Config(content_dir=content, index_dir=Path(folder) / "index")
            engine = open_engine(config)
            index(config, engine)
            articles = [found for id in engine.manifest() if (found := engine.article(id))]
            print(f"{name}, {len(articles):,} articles", flush=True)
            for kind, spoil in KINDS.items():
                asked = spoilt([article.title for article in articles], spoil)
                if outcomes := measure(engine, asked):
                    show(f"  {kind}", outcomes)
            texts = (section.text for article in articles for section in article.sections)
            own = sorted({word for text in texts for word in analyzer("").surfaces(text)})
            chosen = random.Random(16).sample(own, min(WORDS, len(own)))
            wrong = wrongly_corrected(engine, chosen)
            print(f"  right words that are corrected: {len(wrong)} of {len(chosen):,} {wrong[:5]}")
            engine.close()


if __name__ == "__main__":
    main()
