"""The articles that a broken link may have meant."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from searchapp.articles.generators.slugs import dated
from searchapp.editor.links.address_forms import key, loose
from searchapp.editor.links.address_index import Node, slug, split

MOST = 60
"""Candidates that are compared letter by letter for one address."""
CLOSER = 0.85
"""The same for a link's words and a title, which say more than a name does."""
MOST_BY_LETTERS = 2_000
"""Lost links for which that is done; a blog that has more has moved, and its articles' names have not."""
CLOSE = 0.78
"""Share of letters that two names must have in common, in order."""
SHORT = 8
"""Letters of a name of which a mistyped one leaves neither beginning nor end."""
BY_WORDS = "a link's words are its title"
LONGEST = 120
"""Letters of a name that are compared."""
_WORD = re.compile(r"[^\W_]+")


class AddressGuess(NamedTuple):
    """A node (by number) that may be meant, why, and how like the name is: 1.0 is the same."""

    node: int
    why: str
    likeness: float


class MissingAddress(NamedTuple):
    """A path at which nothing is, and the words of the link to it."""

    path: str
    text: str = ""


def nearest(nodes: Sequence[Node], lost: Iterable[MissingAddress]) -> Mapping[MissingAddress, AddressGuess]:
    """For each of the lost the visible node that is most like it, if one is like it.

    Goes over the nodes once for all: 100,000 nodes and 1,000 paths take seconds.
    """
    wanted = {each: _wanted(each) for each in lost}
    if not wanted:
        return {}
    likely = _Likely(nodes, wanted)
    found: dict[MissingAddress, AddressGuess | None] = {}
    for each, names in wanted.items():
        found[each] = likely.nearest(each, names, by_letters=len(found) < MOST_BY_LETTERS)
    return _alike({each: near for each, near in found.items() if near is not None}, wanted)


def _alike(
    found: Mapping[MissingAddress, AddressGuess], wanted: Iterable[MissingAddress]
) -> Mapping[MissingAddress, AddressGuess]:
    """The best for each path goes for all links to it, whatever their words."""
    best: dict[str, AddressGuess] = {}
    for lost, near in found.items():
        if near.likeness > best.get(lost.path, near._replace(likeness=0)).likeness:
            best[lost.path] = near
    return {lost: best[lost.path] for lost in wanted if lost.path in best}


class _Likely:
    """Those of the nodes that may be meant: by a word of a name, by a whole name, by the day."""

    def __init__(self, nodes: Sequence[Node], wanted: Mapping[MissingAddress, tuple[str, ...]]) -> None:
        self.nodes = nodes
        self.by_word: dict[str, list[int]] = defaultdict(list)
        self.by_bare: dict[str, list[int]] = defaultdict(list)
        self.by_day: dict[tuple[int, ...], list[int]] = defaultdict(list)
        sought = {name for names in wanted.values() for name in names if name}
        words = {word for name in sought for word in _words(name)}
        bare = set(map(_bare, sought))
        days = {split(each.path)[0] for each in wanted}
        for number, node in enumerate(nodes):
            if node.hidden:
                continue
            for name in _names(node):
                if _bare(name) in bare:
                    self.by_bare[_bare(name)].append(number)
                for word in words.intersection(_words(name)):
                    self.by_word[word].append(number)
            if node.day and (day := tuple(map(int, node.day.split("-")))) in days:
                self.by_day[day].append(number)

    def nearest(self, lost: MissingAddress, names: tuple[str, ...], *, by_letters: bool) -> AddressGuess | None:
        """The best: of the same name, of a like one, else alone on the day."""
        day = split(lost.path)[0]
        whys = (
            ("the same name at another address", BY_WORDS),
            ("a name much like it", "a link's words are like its title"),
        )
        for name, why in zip(names, whys[0], strict=False):
            if name and (same := self.by_bare.get(_bare(name))):
                best = max(same, key=lambda number: (_common(day, self.nodes[number]), -number))
                return AddressGuess(best, why, 1.0)
        close = [
            near._replace(why=why)
            for name, why, least in zip(names, whys[1], (CLOSE, CLOSER), strict=False)
            if name and by_letters and (near := self._by_letters(name)) is not None and near.likeness >= least
        ]
        if close:
            return max(close, key=lambda near: near.likeness)
        there = set(self.by_day.get(day, ())) if len(day) == 3 else ()
        return AddressGuess(min(there), "the only article of that day", 0.5) if len(there) == 1 else None

    def _by_letters(self, name: str) -> AddressGuess | None:
        candidates: dict[int, None] = {}
        for word in sorted(_words(name), key=lambda word: (len(self.by_word.get(word, ())), word)):
            candidates |= dict.fromkeys(self.by_word.get(word, ())[: MOST - len(candidates)])
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(_bare(name)[:LONGEST])
        best: AddressGuess | None = None
        for number in candidates:
            for other in _names(self.nodes[number]):
                matcher.set_seq1(_bare(other)[:LONGEST])
                least = best.likeness if best else CLOSE
                if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= least and matcher.ratio() >= least:
                    best = AddressGuess(number, "", matcher.ratio())
        return best


def _wanted(lost: MissingAddress) -> tuple[str, ...]:
    """The names to look for: the last part of the path, and the link's words if they may be a title.

    A number is no name: that of another article is no nearer for being like it.
    """
    name = dated(loose(key(lost.path.partition("?")[0]).rpartition("/")[2]))[1]
    text = lost.text.casefold()
    return ("" if _bare(name).isdigit() else name, text if len(_WORD.findall(text)) > 1 else "")


def _names(node: Node) -> set[str]:
    aliases = (loose(key(alias).rpartition("/")[2]) for alias in node.aliases)
    return {loose(slug(node)), node.title.casefold(), *aliases}


def _words(name: str) -> set[str]:
    """What a name is found by: words, beginning, end, letters in whatever order; a short one without any of them."""
    bare = _bare(name)
    found = {*_WORD.findall(name), f"^{bare[:4]}", f"{bare[-4:]}$", "".join(sorted(bare))}
    if len(bare) <= SHORT:
        found.update(f"-{bare[:at]}{bare[at + 1 :]}" for at in range(len(bare)))
        found.add(f"-{bare}")
    return found


def _bare(name: str) -> str:
    """The letters and digits alone: `DefiningAContract` and `defining-a-contract` are the same."""
    return "".join(_WORD.findall(name))


def _common(day: tuple[int, ...], node: Node) -> int:
    """How many of year, month and day are the same."""
    other = tuple(map(int, node.day.split("-"))) if node.day else ()
    return next((at for at, (a, b) in enumerate(zip(day, other, strict=False)) if a != b), min(len(day), len(other)))
