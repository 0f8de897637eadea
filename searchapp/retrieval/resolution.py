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


@dataclass(frozen=True)
class _Resolver(Generic[Matches]):
    """What interpretations of a query are made and compared with; see `resolve`."""

    query: Query
    match: Callable[[And | None], Matches]
    count: Callable[[Interpretation[Matches]], int]
    lexicon: Lexicon
    thesaurus: Thesaurus

    def typed(self) -> tuple[str, str, Interpretation[Matches]]:
        """Return the text asked for, the text that is read, and that as it stands; see `query.text_of`."""
        asked, text = normalise(self.query.text), text_of(self.query)
        found = self.read(text)
        if self.query.unfinished and (parts := in_parts(asked)) != asked and not self.count(found):
            # The letter before has found the articles with all parts but the last.
            return parts, while_typing(parts), self.read(while_typing(parts))
        return asked, text, found

    def meaning(self, text: str) -> And | None:
        """Return the pruned tree of a text, without questions and with synonyms."""
        tree = prune(parse(text))
        tree = without_questions(tree) if tree else None
        return tree if self.query.exact else self.thesaurus.expand(tree)

    def read(self, text: str) -> Interpretation[Matches]:
        """Return the interpretation with all words; the pairs of a run without blanks may stand apart if need be."""
        tree = self.meaning(text)
        title = title_text(prune(parse(text)) or And())
        found = Interpretation(tree, tree, Mode.ALL, self.match(tree), title=title)
        loose = anywhere(tree) if tree else None
        if loose is None or self.count(found):
            return found
        apart = replace(found, tree=loose, matched=loose, matches=self.match(loose))
        return apart if self.count(apart) else found

    def all_or_any(self, reading: Interpretation[Matches]) -> Interpretation[Matches]:
        """Return the interpretation, or if it matches nothing, that by some of its words."""
        tree = reading.tree
        if tree is None or self.count(reading):
            return reading
        if loose := anywhere(tree):
            if kept := most(loose, self.lexicon.count_tree):
                return replace(reading, tree=loose, matched=kept, mode=Mode.ANY, matches=self.match(kept))
            tree = loose
        relaxed = relax(tree)
        if relaxed is None:
            return reading
        telling = without_stop_words(tree)
        if telling and self.count(fewer := replace(reading, matched=telling, matches=self.match(telling))):
            return fewer
        some = Interpretation(tree, relaxed, Mode.ANY, self.match(relaxed))
        return some if self.count(some) else reading

    def other_reading(self) -> str | None:
        """Return the query with its dashes read the other way, if that finds something."""
        text = other_reading(normalise(self.query.text))
        tree = prune(parse(text)) if text else None
        return text if tree and self.lexicon.count_tree(tree) else None


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
    resolver = _Resolver(query, match, count, lexicon, thesaurus)
    asked, text, typed = resolver.typed()
    spelled = respell(text, count(typed), lexicon, resolver.meaning) if typed.tree and typed.tree.nodes else None
    # What was added to the text is not what the reader meant.
    said = spelled.text.removesuffix(text[len(asked) :]) if spelled else None
    other = resolver.other_reading()
    if spelled and spelled.sure:
        meant = resolver.all_or_any(resolver.read(spelled.text))
        if not count(meant):
            said = None
        elif not query.exact:
            return replace(meant, did_you_mean=said, corrected=True, other_reading=other)
    return replace(resolver.all_or_any(typed), did_you_mean=said, other_reading=other)
