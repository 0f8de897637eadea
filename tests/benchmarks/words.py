"""How words with typing errors fare over a real blog, by kind of error, and which right words are taken for errors.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.words [blog] [--other blog]

Errors: QUERIES words of titles, or pairs of neighbours, for each of KINDS. Each is a query of its own, and is put right
(answered or offered as what was meant, in any of its forms), corrected to something else, offered something else, or
left as it is.

Right words: WORDS that articles of the blog have, each a query of its own; and as many that only another blog has,
beside a word of this one. None should be corrected; the second kind can't always be told from errors.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path

from searchapp.analysis.analyzer import analyzer
from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.engines import open_engine
from searchapp.indexing import index
from searchapp.model import Query
from tests.benchmarks.corpora import blog
from tests.benchmarks.typos import misspelt

QUERIES = 500
"""Of each kind."""
WORDS = 1_000
SHOWN = 20

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PAIR = re.compile(r"(?<!\S)[^\W\d_]{2,}(?= ([^\W\d_]{3,})(?!\S))")
_WORD = re.compile(r"(?<!\S)[^\W\d_]{5,}(?!\S)")


def _one(word: str, chance: random.Random) -> str:
    return misspelt(word, chance, _LETTERS)


def _swapped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _doubled(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + word[at] + word[at:]


KINDS: dict[str, tuple[re.Pattern[str], Callable[[str, random.Random], str]]] = {
    "one edit": (_WORD, _one),
    "two edits": (_WORD, lambda word, chance: _one(_one(word, chance), chance)),
    "transposed": (_WORD, _swapped),
    "doubled": (_WORD, _doubled),
    "wrong first letter": (_WORD, lambda word, chance: chance.choice(_LETTERS) + word[1:]),
    "first two swapped": (_WORD, lambda word, _: word[1] + word[0] + word[2:]),
    "joined": (_PAIR, lambda pair, _: pair.replace(" ", "")),
    "wrong blank": (_PAIR, lambda pair, _: re.sub(r" (.)", r"\1 ", pair)),
}
"""Kind of error -> what of a title it is made in, and how."""


def queries(titles: Collection[str], kind: str, count: int) -> list[tuple[str, str]]:
    """Return (words of a title, the same with an error of a kind), the same on every run."""
    pattern, change = KINDS[kind]
    meant = sorted({" ".join(filter(None, (m[0], *m.groups()))).lower() for t in titles for m in pattern.finditer(t)})
    chance = random.Random(kind)
    made = [(text, change(text, chance)) for text in chance.sample(meant, min(count, len(meant)))]
    return [(text, typed) for text, typed in made if typed != text]


def outcome(engine: Engine, meant: str, typed: str, language: str) -> str:
    """Return what a query is taken for: "right", "corrected wrongly", "offered wrongly" or "left"."""
    results = engine.search(Query(typed, per_page=1))
    if results.did_you_mean is None:
        return "left"
    said, right = (set(analyzer(language).alternatives(text)) for text in (results.did_you_mean, meant))
    if " " in meant or " " in results.did_you_mean:
        said, right = ({analyzer(language).sequence(text)} for text in (results.did_you_mean, meant))
    return "right" if said & right else "corrected wrongly" if results.corrected else "offered wrongly"


def words(engine: Engine) -> list[str]:
    """Return the words of four letters or more of all articles, sorted."""
    articles = [article for id in engine.manifest() if (article := engine.article(id))]
    texts = (text for article in articles for text in (article.title, *(part.text for part in article.sections)))
    return sorted({word for text in texts for word in analyzer("").surfaces(text) if len(word) > 3 and word.isalpha()})


def misread(engine: Engine, asked: Collection[str]) -> tuple[list[str], list[str]]:
    """Return "query → what it is taken for" of the corrected queries, and of those with an offer."""
    corrected: list[str] = []
    offered: list[str] = []
    for text in asked:
        results = engine.search(Query(text, per_page=1))
        if results.did_you_mean:
            (corrected if results.corrected else offered).append(f"{text} → {results.did_you_mean}")
    return corrected, offered


def _show_errors(engine: Engine, kind: str, titles: Collection[str], language: str) -> None:
    took, found = [], Counter[str]()
    asked = queries(titles, kind, QUERIES)
    for meant, typed in asked:
        began = time.perf_counter()
        found[outcome(engine, meant, typed, language)] += 1
        took.append((time.perf_counter() - began) * 1000)
    shares = ", ".join(f"{name} {number / len(asked):.1%}" for name, number in sorted(found.items(), reverse=True))
    print(f"{kind}: {shares} of {len(asked)}; median {statistics.median(took):.1f} ms, most {max(took):.1f} ms")


def _show_misread(label: str, engine: Engine, asked: Collection[str]) -> None:
    corrected, offered = misread(engine, asked)
    print(f"{label}: of {len(asked):,} {len(corrected)} corrected, {len(offered)} offered another")
    for pair in (*corrected[:SHOWN], *offered[:SHOWN]):
        print(f"    {pair}")


def _index(name: str, folder: Path) -> Engine:
    with blog(name) as content:
        config = Config(content_dir=content, index_dir=folder / name)
        engine = open_engine(config)
        index(config, engine)
    return engine


def main() -> None:
    """Print the shares of all kinds, and the right words that are misread."""
    parser = argparse.ArgumentParser()
    parser.add_argument("blog", nargs="?", default="infeeds")
    parser.add_argument("--other", default="haacked")
    parser.add_argument("--language", default="en")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="searchapp-bench-") as folder:
        engine, other = (_index(name, Path(folder)) for name in (chosen.blog, chosen.other))
        titles = [article.title for id in engine.manifest() if (article := engine.article(id))]
        for kind in KINDS:
            _show_errors(engine, kind, titles, chosen.language)
        own, foreign = words(engine), words(other)
        chance = random.Random(0)
        _show_misread("words of the blog", engine, chance.sample(own, min(WORDS, len(own))))
        strange = sorted(set(foreign) - set(own))
        beside = [f"{word} {chance.choice(own)}" for word in chance.sample(strange, min(WORDS, len(strange)))]
        _show_misread("words of another blog, each beside one of the blog", engine, beside)
        engine.close()
        other.close()


if __name__ == "__main__":
    main()
