"""Query resolution: as typed, else corrected, else by some of its words; the same for every engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from searchapp.model import Mode, Query
from searchapp.query import And, in_parts, normalise, other_reading, parse, text_of, while_typing
from searchapp.retrieval.query_terms import prune
from searchapp.retrieval.query_trees import relax, title_text, without_stop_words
from searchapp.retrieval.questions import without_questions
from searchapp.retrieval.spelling import Lexicon, respell
from searchapp.retrieval.thesaurus import Thesaurus
from searchapp.retrieval.unspaced_words import anywhere, most

Matches = TypeVar("Matches")


@dataclass(frozen=True, slots=True)
class Interpretation(Generic[Matches]):
    """One interpretation of a query: the pruned tree, its matches, and what `model.Results` says about both.

    `matched` is the tree of the matches: in mode "any" the relaxed one. `complete` are those matches that have
    all words but stop words; None if there is no such difference. `title` are all words, also those that no article
    has to have, if nothing else was typed.
    """

    tree: And | None
    matched: And | None
    mode: Mode
    matches: Matches
    complete: Matches | None = None
    did_you_mean: str | None = None
    corrected: bool = False
    other_reading: str | None = None
    title: str | None = None


def resolve(
    query: Query,
    match: Callable[[And | None], Matches],
    count: Callable[[Interpretation[Matches]], int],
    lexicon: Lexicon,
    thesaurus: Thesaurus,
) -> Interpretation[Matches]:
    """Return the interpretation that a query is answered by.

    match   returns the matches of a pruned tree, none for None
    count   returns how many articles match; numbers above `spelling.FEW` need not be exact
    """
    asked, text = normalise(query.text), text_of(query)

    def meaning(text: str) -> And | None:
        tree = prune(parse(text))
        tree = without_questions(tree) if tree else None
        return tree if query.exact else thesaurus.expand(tree)

    def read(text: str) -> Interpretation[Matches]:
        tree = meaning(text)
        found = Interpretation(tree, tree, Mode.ALL, match(tree), title=title_text(prune(parse(text)) or And()))
        loose = anywhere(tree) if tree else None
        if (
            loose
            and not count(found)
            and count(apart := replace(found, tree=loose, matched=loose, matches=match(loose)))
        ):
            return apart
        return found

    typed = read(text)
    if query.unfinished and (parts := in_parts(asked)) != asked and not count(typed):
        # The letter before has found the articles with all parts but the last.
        asked, text = parts, while_typing(parts)
        typed = read(text)
    spelled = respell(text, count(typed), lexicon, meaning) if typed.tree and typed.tree.nodes else None
    # What was added to the text is not what the reader meant.
    said = spelled.text.removesuffix(text[len(asked) :]) if spelled else None
    if spelled and spelled.sure:
        meant = _all_or_any(read(spelled.text), match, count, lexicon)
        if not count(meant):
            said = None
        elif not query.exact:
            return replace(meant, did_you_mean=said, corrected=True, other_reading=_other_reading(query, lexicon))
    meant = _all_or_any(typed, match, count, lexicon)
    return replace(meant, did_you_mean=said, other_reading=_other_reading(query, lexicon))


def _other_reading(query: Query, lexicon: Lexicon) -> str | None:
    """Return the query with its dashes read the other way, if that finds something."""
    text = other_reading(normalise(query.text))
    tree = prune(parse(text)) if text else None
    return text if tree and lexicon.count_tree(tree) else None


def _all_or_any(
    reading: Interpretation[Matches],
    match: Callable[[And | None], Matches],
    count: Callable[[Interpretation[Matches]], int],
    lexicon: Lexicon,
) -> Interpretation[Matches]:
    """Return the interpretation, or if it matches nothing, that by some of its words."""
    tree = reading.tree
    if tree and not count(reading) and (loose := anywhere(tree)):
        if kept := most(loose, lexicon.count_tree):
            return replace(reading, tree=loose, matched=kept, mode=Mode.ANY, matches=match(kept))
        tree = loose
    relaxed = relax(tree) if tree and not count(reading) else None
    if not (tree and relaxed):
        return reading
    telling = without_stop_words(tree)
    if telling and count(fewer := replace(reading, matched=telling, matches=match(telling))):
        return fewer
    some = Interpretation(tree, relaxed, Mode.ANY, match(relaxed))
    return some if count(some) else reading
