"""What a query finds: as typed, else as it was surely meant, else by some of its words; the same for every engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from searchapp.model import Mode, Query
from searchapp.query import And, normalise, parse, relax, without_stop_words
from searchapp.retrieval.query_terms import prune
from searchapp.retrieval.spelling import Lexicon, respell
from searchapp.retrieval.thesaurus import Thesaurus

Matches = TypeVar("Matches")


@dataclass(frozen=True, slots=True)
class Reading(Generic[Matches]):
    """How a query was understood: the pruned tree, what matches, and what `model.Results` says about both.

    `sought` is the tree that the matches match: in mode "any" the relaxed one. `foremost` are those of them that have
    all words but stop words; None if there is no such difference.
    """

    tree: And | None
    sought: And | None
    mode: Mode
    matches: Matches
    did_you_mean: str | None = None
    corrected: bool = False
    foremost: Matches | None = None


def read(
    query: Query,
    match: Callable[[And | None], Matches],
    count: Callable[[Matches], int],
    lexicon: Lexicon,
    thesaurus: Thesaurus | None = None,
) -> Reading[Matches]:
    """Understands a query. `match` finds what matches a pruned tree, nothing for None; `count` says how many."""
    text = normalise(query.text)

    def meaning(text: str) -> And | None:
        tree = prune(parse(text))
        return tree if thesaurus is None or query.exact else thesaurus.expand(tree)

    tree = meaning(text)
    matches = match(tree)
    spelled = respell(text, count(matches), lexicon, meaning) if tree and tree.nodes else None
    said = spelled.text if spelled else None
    if spelled and spelled.sure:
        meant = meaning(spelled.text)
        mode, sought, found = _all_or_any(meant, match(meant), match, count)
        first = _foremost(meant, mode, match)
        if not count(found):
            said = None
        elif not query.exact:
            return Reading(meant, sought, mode, found, said, True, first)
    mode, sought, found = _all_or_any(tree, matches, match, count)
    return Reading(tree, sought, mode, found, said, foremost=_foremost(tree, mode, match))


def _foremost(tree: And | None, mode: Mode, match: Callable[[And | None], Matches]) -> Matches | None:
    telling = without_stop_words(tree) if tree and mode is Mode.ANY else None
    return match(telling) if telling else None


def _all_or_any(
    tree: And | None, matches: Matches, match: Callable[[And | None], Matches], count: Callable[[Matches], int]
) -> tuple[Mode, And | None, Matches]:
    """What matches a tree, or if that is nothing, some of its words; and the tree of those."""
    relaxed = relax(tree) if tree and not count(matches) else None
    some = match(relaxed) if relaxed else matches
    return (Mode.ANY, relaxed, some) if relaxed and count(some) else (Mode.ALL, tree, matches)
