"""Typing errors: which words of a query were meant to be others, told from the words of the articles themselves.

A word may be some edits away from what was meant, the fewer the shorter it is (`edits`): letters inserted, left out,
replaced, or two neighbours swapped, each one edit (optimal string alignment). Its first letter is taken for right;
numbers, quoted words and prefixes for what they are. A blank too many or too few is one edit as well.

Corrections are sought only where the words as typed find too little:

- No article has all the words. Then a word that no article has is replaced by one with which the rest of the query
  finds something. If each word is in some article, two side by side may be one (`web site`), or a rare one may be a
  slip for one that is far commoner and goes with the rest. Such corrections are sure: the results are those of the
  corrected query. All other corrections are guesses, and only offered: a word that does not go with the rest; a
  common one in place of which another would find something; two that are one, if either is a stop word.
- At most FEW articles have all the words. Then what finds FAR times as many is offered.

So articles that have what was typed are never below others. Of the words that may have been meant, those that go with
the rest of the query come first, then those fewer edits away, then the commoner ones, each counting as often as the
edit is likely (`odds`). Filters beside the text change nothing about all this.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from searchapp.analysis import Token, analyzer, fold, one_per_position
from searchapp.languages import STOP_WORDS
from searchapp.query import And, Phrase, Typed, Word, typed_words
from searchapp.retrieval.edit_distance import edits, is_word, odds, plausible
from searchapp.retrieval.query_terms import sequences
from searchapp.retrieval.thesaurus import settled

FEW = 3
"""Articles that are too few to trust a word or a query."""
FAR = 10
"""How many times as many articles make a word far commoner."""
LONG = 6
"""Letters from which a word that is in some article may be any edit away from what was meant; if shorter, a slip."""
MAX_WORDS = 4
"""Words of a query that are corrected; those after them stay as they are."""
MAX_COMPARED = 16
"""Corrections of a word that are tried with the rest of the query."""
MAX_TRIED = 4
"""The same where each is a search of its own; and ways to split a word."""


Meaning = Callable[[str], And | None]
"""The pruned tree of a text, with its synonyms; a word of which one is in some article is not corrected."""


class Neighbour(NamedTuple):
    """A word in so many articles, so many edits away from another."""

    word: str
    distance: int
    articles: int


class Lexicon(ABC):
    """What correcting asks of an engine; articles are live ones, `languages` those of them."""

    languages: Sequence[str]

    @abstractmethod
    def near(self, word: str, most: int) -> Sequence[Neighbour]:
        """The surface forms with the word's first letter, from 1 to `most` edits away from it, in any order."""

    @abstractmethod
    def df(self, term: str) -> int:
        """How many articles have a term in any text field."""

    def learn(self, terms: Collection[str]) -> None:  # noqa: B027 - nothing to do where each is at hand
        """Is told of terms whose `df` will be asked for. Where each question is a journey, it asks for all at once."""

    @abstractmethod
    def titled(self, word: str) -> bool:
        """Whether a title has this surface form."""

    @abstractmethod
    def count_tree(self, tree: And) -> int:
        """How many articles match a pruned tree."""

    def count_with(self, tree: And, wordings: Sequence[tuple[str, ...]]) -> Sequence[int]:
        """How many of those that match have all of each of these words, too."""
        return [self.count_tree(And((*tree.nodes, *map(Word, words)))) for words in wordings]


@dataclass(frozen=True, slots=True)
class Spelling:
    """A query as it may have been meant: its whole text. `sure` ones are answered in place of what was typed."""

    text: str
    sure: bool


@dataclass(frozen=True, slots=True)
class _Spot:
    """A word as typed: where it is in the text, its folded form, and how many articles it finds.

    `tail` is what of it the folded form leaves out (`'s`). `plain` if it is a clause of its own, which can be taken
    out of the text.
    """

    start: int
    end: int
    word: str
    tail: str
    articles: int
    plain: bool


@dataclass(frozen=True, slots=True)
class _Change:
    """What is to stand in the text from `start` to `end`: `words`, as if `distance` edits away and in `articles`."""

    start: int
    end: int
    words: tuple[str, ...]
    distance: int = 1
    articles: int = 0
    weight: int = 0
    tail: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What sorts the likelier first."""
        return self.distance, -self.weight, self.words


def respell(text: str, found: int, lexicon: Lexicon, meaning: Meaning) -> Spelling | None:
    """What a normalised query text, by which so many articles were found, was meant to be; None if as it is."""
    if found > FEW:
        return None
    speller = _Speller(text, lexicon, meaning)
    return speller.offer(found) if found else speller.correct()


class _Speller:
    def __init__(self, text: str, lexicon: Lexicon, meaning: Meaning) -> None:
        self._text = text
        self._lexicon = lexicon
        self._meaning = meaning
        self._analysed: dict[str, set[str]] = {}
        known = settled(meaning(text), lexicon.languages, lexicon.df)
        spots = (spot for typed in typed_words(text) for spot in self._spots_of(typed))
        self._spots = [spot for spot in spots if spot.word not in known]

    def _spots_of(self, typed: Typed) -> Iterator[_Spot]:
        piece = self._text[typed.start : typed.end]
        tokens: list[Token] = list(one_per_position(analyzer("").tokens(piece)))
        if len(tokens) > 1 and self._articles(piece):
            return
        for token in tokens:
            word, length = token.surface, len(token.surface)
            shown = piece[token.start : token.end]
            tail = shown[length:] if fold(shown[:length]) == word else ""
            start, end = typed.start + token.start, typed.start + token.end
            yield _Spot(start, end, word, tail, self._articles(word), typed.plain and len(tokens) == 1)

    def _articles(self, word: str) -> int:
        """How many articles a word finds, about: those of its commonest term."""
        return max((self._lexicon.df(term) for term in self._terms(word)), default=0)

    def _learn(self, words: Collection[str]) -> None:
        self._lexicon.learn({term for word in words for term in self._terms(word)})

    def _terms(self, word: str) -> set[str]:
        if word not in self._analysed:
            found = sequences(Word(word), self._lexicon.languages)
            self._analysed[word] = {terms[0] for terms in found if len(terms) == 1}
        return self._analysed[word]

    def correct(self) -> Spelling | None:
        """For a text by which nothing was found."""
        unknown = [spot for spot in self._spots if not spot.articles]
        if not unknown:
            return self._among_known()
        changes: list[_Change] = []
        guesses: list[_Change] = []
        for spot in [spot for spot in unknown if spot.plain or edits(spot.word)][:MAX_WORDS]:
            if not any(change.start <= spot.start < change.end for change in changes):
                strange = [other for other in unknown if other is not spot and other.plain]
                options = [*self._neighbours(spot), *self._split(spot)]
                fitting = self._joined_at(spot, changes, strange)
                fitting = fitting or self._fitting(options, changes, strange, spot.plain)
                changes += fitting[:1]
                guesses += [] if fitting else options
        if changes:
            return Spelling(self._rewrite(changes), sure=True)
        best = min(guesses, key=lambda change: change.key, default=None)
        return Spelling(self._rewrite([best]), sure=False) if best else None

    def _joined_at(self, spot: _Spot, changes: list[_Change], strange: list[_Spot]) -> list[_Change]:
        """An unknown word as one with the one beside it, if that goes with the rest of the query."""
        beside = [change for change in self._joined() if change.start <= spot.start < change.end]
        free = [join for join in beside if all(c.end <= join.start or join.end <= c.start for c in changes)]
        return [join for join in free if self._fitting([join], changes, strange)]

    def _among_known(self) -> Spelling | None:
        """For words that are all known, but in no article together."""
        for change in self._joined()[:MAX_TRIED]:
            if self._together([change], []):
                halves = {spot.word for spot in self._spots if change.start <= spot.start < change.end}
                return Spelling(self._rewrite([change]), sure=not halves & STOP_WORDS)
        guesses: list[tuple[_Change, bool]] = []
        for spot in sorted((spot for spot in self._spots if spot.plain and edits(spot.word)), key=_rarest)[:MAX_WORDS]:
            doubtful = self._doubtful(spot)
            for change in self._fitting(self._neighbours(spot), [], [])[:1]:
                slip = plausible(spot.word, change.words[0]) and change.articles >= FAR * spot.articles
                guesses.append((change, doubtful and slip))
        if not guesses:
            return None
        best, sure = min(guesses, key=lambda guess: (not guess[1], guess[0].key))
        return Spelling(self._rewrite([best]), sure)

    def offer(self, found: int) -> Spelling | None:
        """For a text by which a few articles were found."""
        best = self._joined()
        doubtful = [spot for spot in self._spots if spot.plain and edits(spot.word) and self._doubtful(spot)]
        for spot in sorted(doubtful, key=_rarest)[:MAX_WORDS]:
            known = [change for change in self._neighbours(spot) if change.articles >= FAR * spot.articles]
            best += self._fitting(known, [], [])[:1]
        for change in sorted(best, key=lambda change: change.key)[:MAX_TRIED]:
            text = self._rewrite([change])
            tree = self._meaning(text)
            if tree is not None and self._lexicon.count_tree(tree) >= FAR * found:
                return Spelling(text, sure=False)
        return None

    def _doubtful(self, spot: _Spot) -> bool:
        return spot.articles <= FEW and not self._lexicon.titled(spot.word)

    def _neighbours(self, spot: _Spot) -> list[_Change]:
        """The words that are near, the likeliest first."""
        most = edits(spot.word)
        if not most:
            return []
        own = {term for term in self._terms(spot.word) if self._lexicon.df(term)}
        found = []
        for word, away, articles in self._lexicon.near(spot.word, most):
            slip = away == 1 and plausible(spot.word, word)
            unlikely = spot.articles and not slip and (away > 1 or len(word) < LONG)
            if is_word(word) and not unlikely:
                weight = articles * (odds(spot.word, word) if away == 1 else 1)
                found.append(_Change(spot.start, spot.end, (word,), away, articles, weight, spot.tail))
        found.sort(key=lambda change: change.key)
        return [change for change in found[: 2 * MAX_COMPARED] if not own & self._terms(change.words[0])]

    def _split(self, spot: _Spot) -> list[_Change]:
        """The word as two that stand side by side in some article."""
        if not (spot.plain and edits(spot.word)):
            return []
        pairs = [(spot.word[:at], spot.word[at:]) for at in range(2, len(spot.word) - 1)]
        self._learn({piece for pair in pairs for piece in pair})
        known = [(-min(left, self._articles(pair[1])), pair) for pair in pairs if (left := self._articles(pair[0]))]
        found = []
        for _, pair in sorted(each for each in known if each[0])[:MAX_TRIED]:
            count = self._lexicon.count_tree(And((Phrase(" ".join(pair)),)))
            if count:
                found.append(_Change(spot.start, spot.end, pair, 1, count, count, spot.tail))
        return found

    def _joined(self) -> list[_Change]:
        """Words with the one after each as one word that is known, in their order."""
        beside = [
            (left.word + right.word, left, right)
            for left, right in pairwise(self._spots)
            if left.plain and right.plain and not left.tail and self._text[left.end : right.start].isspace()
        ]
        joined = [each for each in beside if edits(each[0])]
        self._learn([word for word, _, _ in joined])
        counted = [(self._articles(word), word, left, right) for word, left, right in joined]
        return [
            _Change(left.start, right.end, (word,), 1, articles, articles, right.tail)
            for articles, word, left, right in counted
            if articles
        ]

    def _fitting(
        self,
        options: list[_Change],
        changes: list[_Change],
        strange: list[_Spot],
        plain: bool = True,
    ) -> list[_Change]:
        """Those with which the rest of the query finds something, the likeliest first; `strange` words are no rest."""
        options = sorted(options, key=lambda change: change.key)[: MAX_COMPARED if plain else MAX_TRIED]
        if not options:
            return []
        cut = [_Change(s.start, s.end, ()) for s in strange if not any(c.start <= s.start < c.end for c in options)]
        done = [c for c in cut if not any(made.start <= c.start < made.end for made in changes)] + changes
        if not plain:
            trees = [self._meaning(self._rewrite([*done, option])) for option in options]
            counts = [self._lexicon.count_tree(tree) if tree else 0 for tree in trees]
            return [o for o, count in zip(options, counts, strict=True) if count]
        return self._together(options, done)

    def _together(self, options: list[_Change], done: list[_Change]) -> list[_Change]:
        taken_out = _Change(options[0].start, options[0].end, ())
        rest = self._meaning(self._rewrite([*done, taken_out])) or And()
        if not rest.nodes:
            return options
        counts = self._lexicon.count_with(rest, [option.words for option in options])
        return [option for option, count in zip(options, counts, strict=True) if count]

    def _rewrite(self, changes: list[_Change]) -> str:
        """The text with the changes made."""
        text = self._text
        for change in sorted(changes, key=lambda change: -change.start):
            text = text[: change.start] + (" ".join(change.words) + change.tail or " ") + text[change.end :]
        return text


def _rarest(spot: _Spot) -> tuple[int, int]:
    return spot.articles, spot.start
