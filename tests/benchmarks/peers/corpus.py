"""Made articles and queries: real paragraphs dealt out anew, with categories and tags that few have often. Seeded.

Only the standard library is imported here: Xapian's process runs in the system's Python.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

CATEGORIES, TAGS = 20, 400
PER_KIND = 10
KINDS = ("rare", "common", "long", "phrase", "prefix", "filtered")
SAMPLE = 10_000
"""Articles in which words are counted to choose queries."""

_EDGE, _END = r"(?<![\w'’.-])", r"(?![\w'’-]|\.\w)"
"""Only words that stand alone are chosen: engines differ about `don't` and `node.js`."""
_WORD = re.compile(rf"{_EDGE}[a-z]+{_END}")
_PLAIN = re.compile(rf"{_EDGE}[a-z]{{4,}}(?: [a-z]{{4,}}){{1,2}}{_END}")
_STOP = frozenset(
    """about after also been before being both could does each even from have here into just like made make many
    more most much only other over same should some such than that their them then there these they this those
    through very want well were what when where which while will with would your""".split()
)


@dataclass(frozen=True, slots=True)
class Record:
    """An article: its day counts from 2004-01-01; one category, some tags."""

    id: str
    title: str
    body: str
    category: str
    tags: tuple[str, ...]
    day: int


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: all `words` (side by side if `phrase`, the last one a beginning if `prefix`), within filters."""

    kind: str
    words: tuple[str, ...]
    phrase: bool = False
    prefix: bool = False
    tag: str = ""
    category: str = ""

    @property
    def text(self) -> str:
        """The words in the query language that most engines share."""
        joined = " ".join(self.words)
        return f'"{joined}"' if self.phrase else f"{joined}*" if self.prefix else joined

    @property
    def label(self) -> str:
        """For reading: the text and the filters."""
        return " ".join(part for part in (self.text, self.tag and f"#{self.tag}", self.category) if part)


def names(count: int, seed: int) -> list[str]:
    """Words that no text has, so that a tag is never met by a plain word."""
    chance = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(4)) + "x"] = None
    return list(found)


def write_articles(path: Path, paragraphs: Sequence[str], count: int) -> None:
    """Writes `count` articles, one JSON object a line; the first ones are the same whatever `count` is."""
    chance = random.Random(7)
    categories, tags = names(CATEGORIES, 1), names(TAGS, 2)
    of_category = [1 / (rank + 1) for rank in range(CATEGORIES)]
    of_tag = [1 / (rank + 2) for rank in range(TAGS)]
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            chosen = chance.choices(paragraphs, k=min(40, 2 + int(chance.expovariate(1 / 4))))
            words = chosen[0].split()
            at = chance.randrange(max(1, len(words) - 5))
            record = Record(
                id=f"posts/{number:07}.md",
                title=" ".join(words[at : at + chance.randint(3, 7)]),
                body="\n".join(chosen),
                category=chance.choices(categories, of_category)[0],
                tags=tuple(dict.fromkeys(chance.choices(tags, of_tag, k=chance.randint(0, 5)))),
                day=chance.randrange(20 * 365),
            )
            file.write(json.dumps(asdict(record)) + "\n")


def read_articles(path: Path) -> Iterator[Record]:
    """The articles of a file, one after the other."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            value = json.loads(line)
            yield Record(**{**value, "tags": tuple(value["tags"])})


def make_requests(path: Path, per_kind: int = PER_KIND) -> list[Request]:
    """`per_kind` requests of each of KINDS, from the first SAMPLE articles of a file; some may be equal."""
    chance = random.Random(3)
    articles = [record for record, _ in zip(read_articles(path), range(SAMPLE), strict=False)]
    held: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for record in articles:
        held.update(set(_content_words(record.body)))
        pairs.update(run for run in _PLAIN.findall(record.body.lower()) if not _STOP & set(run.split()))
    ranked = [word for word, _ in held.most_common()]
    common = ranked[: max(60, len(ranked) // 200)]
    usual = [run for run, _ in pairs.most_common(per_kind * 4)]
    requests: list[Request] = []
    for turn in range(per_kind):
        odd = bool(turn % 2)
        record = chance.choice(articles)
        here = sorted(set(_content_words(record.body)), key=lambda word: (held[word], word))
        several = tuple(chance.sample(common, 1 + turn % 3))
        runs = _PLAIN.findall(record.body.lower())
        phrase = chance.choice(runs) if odd and runs else chance.choice(usual)
        beginning = chance.choice(common if odd else ranked)
        narrow = chance.choice(articles)
        requests += [
            Request("rare", (here[0], here[-1]) if odd else (here[0],)),
            Request("common", several),
            Request("long", _long(record, chance, natural=odd)),
            Request("phrase", tuple(phrase.split()), phrase=True),
            Request("prefix", (beginning[: 3 + turn % 2],), prefix=True),
            Request(
                "filtered",
                tuple(chance.sample(common, 1 + turn % 2)),
                category=narrow.category if odd else "",
                tag="" if odd else (narrow.tags or names(1, 2))[0],
            ),
        ]
    return sorted(requests, key=lambda request: KINDS.index(request.kind))


def _long(record: Record, chance: random.Random, natural: bool) -> tuple[str, ...]:
    """Eight words of one article: any, or a run with its function words."""
    words = _WORD.findall(record.body.lower()) if natural else sorted(set(_content_words(record.body)))
    at = chance.randrange(max(1, len(words) - 8))
    chosen = words[at : at + 8] if natural else chance.sample(words, min(8, len(words)))
    return tuple(dict.fromkeys(word for word in chosen if len(word) > 1))


def _content_words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if len(word) > 3 and word not in _STOP]


def write_requests(path: Path, requests: Sequence[Request]) -> None:
    """Writes requests as a JSON list."""
    path.write_text(json.dumps([{**asdict(request), "text": request.text} for request in requests]))


def read_requests(path: Path) -> list[Request]:
    """What `write_requests` wrote."""
    values = json.loads(path.read_text())
    for value in values:
        del value["text"]
        value["words"] = tuple(value["words"])
    return [Request(**value) for value in values]
