"""Guesses at the targets of broken links, by name, title and date."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from searchapp.articles.generators.slugs import split_date
from searchapp.editor.links.address_forms import loose_key, path_key
from searchapp.editor.links.address_index import Node, slug, split_path

MAX_CANDIDATES = 60
"""Candidates that are compared letter by letter for one address, at most."""
MIN_TITLE_SIMILARITY = 0.85
"""Minimum similarity (0 to 1) of a link's text and a title; higher than for names, as texts are longer."""
MAX_COMPARED = 2_000
"""Broken links for which that is done, at most; a blog with more has moved, and kept its articles' names."""
MIN_NAME_SIMILARITY = 0.78
"""Minimum similarity (0 to 1) of two names, by `SequenceMatcher.ratio`."""
SHORT_NAME = 8
"""Letters of a name up to which it is also indexed with each one deleted, as a typing error may hit both ends."""
BY_TITLE = "a link's words are its title"
MAX_LENGTH = 120
"""Letters of a name that are compared, at most."""
_WORD = re.compile(r"[^\W_]+")


class AddressGuess(NamedTuple):
    """The number of the node that may be meant, the reason, and the similarity of the names, up to 1.0 for equal."""

    node: int
    why: str
    similarity: float


class MissingAddress(NamedTuple):
    """A path without an article, and the text of the link to it."""

    path: str
    text: str = ""


def guess_targets(nodes: Sequence[Node], missing: Iterable[MissingAddress]) -> Mapping[MissingAddress, AddressGuess]:
    """Return for each missing address the most similar visible node, if one is similar enough.

    One pass over the nodes for all: 100,000 nodes and 1,000 paths take seconds.
    """
    names_of = {each: _target_names(each) for each in missing}
    if not names_of:
        return {}
    likely = _NameIndex(nodes, names_of)
    found: dict[MissingAddress, AddressGuess | None] = {}
    for each, names in names_of.items():
        found[each] = likely.nearest(each, names, by_letters=len(found) < MAX_COMPARED)
    return _same_for_path({each: near for each, near in found.items() if near is not None}, names_of)


def _same_for_path(
    found: Mapping[MissingAddress, AddressGuess], names_of: Iterable[MissingAddress]
) -> Mapping[MissingAddress, AddressGuess]:
    """Use the best guess for a path for all links to it, whatever their texts."""
    best: dict[str, AddressGuess] = {}
    for missing, near in found.items():
        if near.similarity > best.get(missing.path, near._replace(similarity=0)).similarity:
            best[missing.path] = near
    return {missing: best[missing.path] for missing in names_of if missing.path in best}


class _NameIndex:
    """An inverted index of the nodes that may be meant: by words of names, whole names, and dates."""

    def __init__(self, nodes: Sequence[Node], names_of: Mapping[MissingAddress, tuple[str, ...]]) -> None:
        self.nodes = nodes
        self.by_word: dict[str, list[int]] = defaultdict(list)
        self.by_bare: dict[str, list[int]] = defaultdict(list)
        self.by_day: dict[tuple[int, ...], list[int]] = defaultdict(list)
        names = {name for names in names_of.values() for name in names if name}
        words = {word for name in names for word in _name_keys(name)}
        bare = set(map(_alphanumeric, names))
        days = {split_path(each.path)[0] for each in names_of}
        for number, node in enumerate(nodes):
            if node.hidden:
                continue
            for name in _names(node):
                if _alphanumeric(name) in bare:
                    self.by_bare[_alphanumeric(name)].append(number)
                for word in words.intersection(_name_keys(name)):
                    self.by_word[word].append(number)
            if node.day and (day := tuple(map(int, node.day.split("-")))) in days:
                self.by_day[day].append(number)

    def nearest(self, missing: MissingAddress, names: tuple[str, ...], *, by_letters: bool) -> AddressGuess | None:
        """Return the best guess: the same name, a similar one, else the only article of that day."""
        day = split_path(missing.path)[0]
        whys = (
            ("the same name at another address", BY_TITLE),
            ("a name much like it", "a link's words are like its title"),
        )
        for name, why in zip(names, whys[0], strict=False):
            if name and (same := self.by_bare.get(_alphanumeric(name))):
                best = max(same, key=lambda number: (_common_date_parts(day, self.nodes[number]), -number))
                return AddressGuess(best, why, 1.0)
        close = [
            near._replace(why=why)
            for name, why, least in zip(names, whys[1], (MIN_NAME_SIMILARITY, MIN_TITLE_SIMILARITY), strict=False)
            if name and by_letters and (near := self._by_letters(name)) is not None and near.similarity >= least
        ]
        if close:
            return max(close, key=lambda near: near.similarity)
        on_day = set(self.by_day.get(day, ())) if len(day) == 3 else ()
        return AddressGuess(min(on_day), "the only article of that day", 0.5) if len(on_day) == 1 else None

    def _by_letters(self, name: str) -> AddressGuess | None:
        candidates: dict[int, None] = {}
        for word in sorted(_name_keys(name), key=lambda word: (len(self.by_word.get(word, ())), word)):
            candidates |= dict.fromkeys(self.by_word.get(word, ())[: MAX_CANDIDATES - len(candidates)])
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(_alphanumeric(name)[:MAX_LENGTH])
        best: AddressGuess | None = None
        for number in candidates:
            for other in _names(self.nodes[number]):
                matcher.set_seq1(_alphanumeric(other)[:MAX_LENGTH])
                least = best.similarity if best else MIN_NAME_SIMILARITY
                if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= least and matcher.ratio() >= least:
                    best = AddressGuess(number, "", matcher.ratio())
        return best


def _target_names(missing: MissingAddress) -> tuple[str, ...]:
    """The names to look for: the last part of the path, and the link's text if it may be a title; "" for none.

    A number is no name: a similar number is not nearer.
    """
    name = split_date(loose_key(path_key(missing.path.partition("?")[0]).rpartition("/")[2]))[1]
    text = missing.text.casefold()
    return ("" if _alphanumeric(name).isdigit() else name, text if len(_WORD.findall(text)) > 1 else "")


def _names(node: Node) -> set[str]:
    aliases = (loose_key(path_key(alias).rpartition("/")[2]) for alias in node.aliases)
    return {loose_key(slug(node)), node.title.casefold(), *aliases}


def _name_keys(name: str) -> set[str]:
    """The keys of a name: words, prefix, suffix, sorted letters; of a short one also with each letter deleted."""
    bare = _alphanumeric(name)
    found = {*_WORD.findall(name), f"^{bare[:4]}", f"{bare[-4:]}$", "".join(sorted(bare))}
    if len(bare) <= SHORT_NAME:
        found.update(f"-{bare[:at]}{bare[at + 1 :]}" for at in range(len(bare)))
        found.add(f"-{bare}")
    return found


def _alphanumeric(name: str) -> str:
    """The letters and digits: `definingacontract` and `defining-a-contract` are the same."""
    return "".join(_WORD.findall(name))


def _common_date_parts(day: tuple[int, ...], node: Node) -> int:
    """How many of year, month and day agree."""
    other = tuple(map(int, node.day.split("-"))) if node.day else ()
    return next((at for at, (a, b) in enumerate(zip(day, other, strict=False)) if a != b), min(len(day), len(other)))
