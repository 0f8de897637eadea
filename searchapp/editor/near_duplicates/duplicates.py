"""Near-duplicates among all articles, in groups, and articles that are contained in another one.

Identical texts are found by a checksum, near ones by MinHash (`minhash`), contained ones by shared shingles
(`contained`); each is then confirmed over the full shingle sets. Drafts are not in the index, and so not reported.
Translations have no shingles in common; where articles of two languages share code, only their prose is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from searchapp.editor.near_duplicates import contained, minhash
from searchapp.editor.near_duplicates.alike import MIN_CONTAINMENT, MIN_SHINGLES, MIN_WORDS, THRESHOLD
from searchapp.editor.near_duplicates.fingerprints import Fingerprints, Progress, fingerprint
from searchapp.editor.near_duplicates.minhash import Indices
from searchapp.editor.near_duplicates.shingles import WIDTH, Hashes, intersection_size, prose_text, shingle_set
from searchapp.engine import Engine, iter_articles

MIN_PART_WORDS = 60
"""Articles of fewer words are not reported as contained: a greeting or a notice is in many."""


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a report; `words` counts those of its headings, text and code."""

    id: str
    title: str
    permalink: str
    date: datetime | None
    words: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles by id and their shingle overlap; all shares from 0 to 1.

    similarity  Jaccard index of their shingle sets
    of_first    share of the first's shingles that the second has too; `of_second` the other way round
    """

    first: str
    second: str
    similarity: float
    of_first: float
    of_second: float


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """A connected component of near-duplicates, the earliest article first.

    `pairs` is its maximum spanning tree, the most similar pair first: one fewer than the members.
    """

    members: tuple[Member, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class ContainedArticle:
    """An article, most or all of which is in a longer one; `pair.first` is the part."""

    part: Member
    whole: Member
    pair: Pair


@dataclass(frozen=True, slots=True)
class Duplicates:
    """The report of `find_duplicates`: the largest groups first, the most contained parts first.

    articles    number of articles compared
    short       how many of them are shorter than MIN_WORDS: compared with those of the same title only
    """

    threshold: float
    articles: int
    short: int
    groups: tuple[DuplicateGroup, ...]
    parts: tuple[ContainedArticle, ...]


def find_duplicates(engine: Engine, threshold: float = THRESHOLD, progress: Progress | None = None) -> Duplicates:
    """Find the near-duplicates among all indexed articles: pairs with a similarity of at least `threshold` (0.3 to 1).

    Raises IndexUnusableError while there is no index, OSError if temporary files cannot be written.
    """
    with fingerprint(iter_articles(engine), progress) as prints:
        copies, firsts = _copies(prints)
        near = [*copies, *_near(engine, prints, firsts, threshold)]
        groups = _groups(engine, prints, near)
        parts = _parts(engine, prints, firsts, threshold)
        short = int((prints.words < MIN_WORDS).sum())
        return Duplicates(threshold, len(prints.ids), short, groups, parts)


@dataclass(frozen=True, slots=True)
class _Edge:
    """A `Pair` by the articles' numbers."""

    first: int
    second: int
    similarity: float = 1.0
    of_first: float = 1.0
    of_second: float = 1.0


def _copies(prints: Fingerprints) -> tuple[list[_Edge], Indices]:
    """Pairs of articles with identical text, and the numbers of the distinct ones that are long enough to compare."""
    seen: dict[tuple[int, int, str], int] = {}
    copies: list[_Edge] = []
    firsts: list[int] = []
    for number, (total, words) in enumerate(zip(prints.checksums.tolist(), prints.words.tolist(), strict=True)):
        if words < WIDTH:
            continue
        title = prints.titles[number] if words < MIN_WORDS else ""
        first = seen.setdefault((total, words, title), number)
        if first == number:
            firsts.append(number)
        elif np.array_equal(prints.shingle_set(first), prints.shingle_set(number)):
            copies.append(_Edge(first, number))
    return copies, np.array([number for number in firsts if prints.words[number] >= MIN_WORDS], dtype=np.int64)


def _near(engine: Engine, prints: Fingerprints, numbers: Indices, threshold: float) -> Iterator[_Edge]:
    for first, second in numbers[minhash.candidates(prints.signatures[numbers], threshold)].tolist():
        edge = _compared(engine, prints, first, second)
        if edge.similarity >= threshold:
            yield edge


def _compared(engine: Engine, prints: Fingerprints, first: int, second: int) -> _Edge:
    a, b = prints.shingle_set(first), prints.shingle_set(second)
    if prints.languages[first] != prints.languages[second]:
        a, b = _prose(engine, prints.ids[first]), _prose(engine, prints.ids[second])
    common = intersection_size(a, b)
    together = len(a) + len(b) - common
    if min(len(a), len(b)) < MIN_SHINGLES:
        return _Edge(first, second, 0.0, 0.0, 0.0)
    return _Edge(first, second, common / together, common / len(a), common / len(b))


def _prose(engine: Engine, id: str) -> Hashes:
    article = engine.article(id)
    return shingle_set(prose_text(article) if article is not None else "")


def _groups(engine: Engine, prints: Fingerprints, edges: list[_Edge]) -> tuple[DuplicateGroup, ...]:
    """The connected components, each with its maximum spanning tree (Kruskal 1956)."""
    above: dict[int, int] = {}

    def top(number: int) -> int:
        while (higher := above.get(number, number)) != number:
            above[number] = above.get(higher, higher)
            number = higher
        return number

    kept: list[_Edge] = []
    for edge in sorted(edges, key=lambda edge: (-edge.similarity, edge.first, edge.second)):
        first, second = top(edge.first), top(edge.second)
        if first != second:
            above[max(first, second)] = min(first, second)
            kept.append(edge)
    trees: dict[int, list[_Edge]] = {}
    for edge in kept:
        trees.setdefault(top(edge.first), []).append(edge)
    groups = [_group(engine, prints, tree) for tree in trees.values()]
    return tuple(
        sorted(groups, key=lambda group: (-len(group.members), -group.pairs[0].similarity, group.members[0].id))
    )


def _group(engine: Engine, prints: Fingerprints, tree: list[_Edge]) -> DuplicateGroup:
    numbers = {number for edge in tree for number in (edge.first, edge.second)}
    members = sorted((_member(engine, prints, number) for number in numbers), key=_age)
    return DuplicateGroup(tuple(members), tuple(_pair(prints, edge) for edge in tree))


def _age(member: Member) -> tuple[bool, float, str]:
    return member.date is None, member.date.timestamp() if member.date else 0.0, member.id


def _member(engine: Engine, prints: Fingerprints, number: int) -> Member:
    id, words = prints.ids[number], int(prints.words[number])
    article = engine.article(id)
    if article is None:
        return Member(id, prints.titles[number], "", None, words)
    return Member(id, article.title, article.permalink, article.date, words)


def _pair(prints: Fingerprints, edge: _Edge) -> Pair:
    return Pair(prints.ids[edge.first], prints.ids[edge.second], edge.similarity, edge.of_first, edge.of_second)


def _parts(engine: Engine, prints: Fingerprints, numbers: Indices, threshold: float) -> tuple[ContainedArticle, ...]:
    """For each contained article the pair with the one that has most of it, the shortest of equals."""
    compared = np.zeros(len(prints.ids), dtype=bool)
    compared[numbers] = True
    among = compared[prints.sample_owners]
    long = numbers[prints.words[numbers] >= MIN_PART_WORDS]
    best: dict[int, _Edge] = {}
    pairs = contained.candidates(prints.sample_hashes[among], prints.sample_owners[among], long)
    for part, holder in pairs[prints.words[pairs[:, 0]] < prints.words[pairs[:, 1]]].tolist():
        edge = _compared(engine, prints, part, holder)
        if edge.of_first < MIN_CONTAINMENT or edge.similarity >= threshold:
            continue
        known = best.get(part)
        if known is None or (edge.of_first, edge.of_second) > (known.of_first, known.of_second):
            best[part] = edge
    found = [
        ContainedArticle(_member(engine, prints, edge.first), _member(engine, prints, edge.second), _pair(prints, edge))
        for edge in best.values()
    ]
    return tuple(sorted(found, key=lambda each: (-each.pair.of_first, -each.part.words, each.part.id)))
