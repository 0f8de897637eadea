"""Spelling correction of queries with the words of the articles.

A word may be some edits away from what was meant, the fewer the shorter it is (`max_edits`): insertions, deletions,
substitutions and transpositions of neighbours (optimal string alignment). All letters doubled and not are one edit. Its
first letter is assumed to be right or swapped with the second, unless no word one edit away fits; numbers, quoted
words and prefixes are right. A missing or extra blank is one edit as well, and so is one that is a letter off.

Corrections are tried only where the words as typed find too little:

- No article has all the words. Then a word that no article has is replaced by one with which the rest of the query
  finds something. If each word is in some article, two adjacent ones may be one (`web site`), or a rare one may be a
  slip for one that is far commoner and matches together with the rest. Such corrections are sure: the results are
  those of the corrected query. All other corrections are only offered: a word that does not match with the rest; a
  common one in place of which another would find something; two that are one, if either is a stop word.
- At most FEW articles have all the words. Then what finds FAR times as many is offered.

So articles that have what was typed are never below others. Candidates are ordered by whether they match with the
rest of the query, then by distance, then by document frequency times `odds`. Filters are ignored by all this.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from string import ascii_lowercase
from typing import NamedTuple

from searchapp.analysis.analyzer import Token, analyzer, one_per_position
from searchapp.analysis.folding import fold
from searchapp.languages import STOP_WORDS
from searchapp.query import And, Phrase, Typed, Word, parse, typed_words
from searchapp.retrieval.edit_distance import is_word, max_edits, odds, plausible, undoubled
from searchapp.retrieval.query_terms import sequences
from searchapp.retrieval.questions import without_questions
from searchapp.retrieval.thesaurus import known_by_synonym

FEW = 3
"""Articles that are too few to trust a word or a query."""
FAR = 10
"""Factor of document frequency from which a word is far commoner."""
LONG = 6
"""Letters from which a known word may be corrected by any edit; a shorter one only by a plausible slip."""
CERTAIN = 8
"""Letters from which two edits are as good as one; of a shorter word only one that is far commoner is two away."""
BLANK = 16
"""How much likelier a lost blank is than any one wrong letter: as a lost letter (`edit_distance.odds`)."""
MAX_WORDS = 4
"""Words of a query that are corrected; those after them stay as they are."""
MAX_COMPARED = 16
"""Corrections of a word that are tried with the rest of the query."""
MAX_TRIED = 4
"""The same where each is a search of its own; and ways to split a word."""


Meaning = Callable[[str], And | None]
"""Returns the pruned tree of a text, with synonyms; words with a synonym in some article are not corrected."""


class Neighbour(NamedTuple):
    """A similar word, its edit distance, and the number of articles that have it."""

    word: str
    distance: int
    articles: int


class Lexicon(ABC):
    """The index data that correction needs; only live articles count, `languages` are theirs."""

    languages: Sequence[str]

    @abstractmethod
    def near(self, word: str, most: int) -> Sequence[Neighbour]:
        """Return the surface forms with the word's first letter at a distance of 1 to `most`, in any order."""

    @abstractmethod
    def df(self, term: str) -> int:
        """Return the number of articles with a term in any text field."""

    def learn(self, terms: Collection[str]) -> None:  # noqa: B027 - nothing to do where each is at hand
        """Prefetch the `df` of terms, where each look-up is a request."""

    @abstractmethod
    def titled(self, word: str) -> bool:
        """Whether a title has this surface form."""

    @abstractmethod
    def count_tree(self, tree: And) -> int:
        """Return the number of articles that match a pruned tree."""

    def count_with(self, tree: And, wordings: Sequence[tuple[str, ...]]) -> Sequence[int]:
        """Return, for each tuple of words, how many of the matches have all of them too."""
        return [self.count_tree(And((*tree.nodes, *map(Word, words)))) for words in wordings]


@dataclass(frozen=True, slots=True)
class Spelling:
    """A corrected query text. If `sure`, it is answered in place of what was typed."""

    text: str
    sure: bool


@dataclass(frozen=True, slots=True)
class _Spot:
    """A word as typed: its offsets, its folded form, and the number of articles that have it.

    `tail` is what the folded form leaves out (`'s`). `plain` if it is a clause of its own, which can be removed from
    the text.
    """

    start: int
    end: int
    word: str
    tail: str
    articles: int
    plain: bool


@dataclass(frozen=True, slots=True)
class _Change:
    """A replacement of the text from `start` to `end` by `words`, at this distance and in so many articles."""

    start: int
    end: int
    words: tuple[str, ...]
    distance: int = 1
    articles: int = 0
    weight: int = 0
    tail: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """Sort key, the likeliest first."""
        return self.distance, -self.weight, self.words


def respell(text: str, found: int, lexicon: Lexicon, meaning: Meaning) -> Spelling | None:
    """Return the correction of a normalised query text with `found` matches; None to leave it as it is."""
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
        known = known_by_synonym(meaning(text), lexicon.languages, lexicon.df)
        spots = (spot for typed in typed_words(text) for spot in self._spots_of(typed))
        # What does not have to be found needs no correction.
        asked = parse(text)
        left_out = set(asked.nodes) - set(without_questions(asked).nodes)
        ignored = known | {fold(node.text) for node in left_out if isinstance(node, Word)}
        self._spots = [spot for spot in spots if spot.word not in ignored]

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
        """Return the approximate number of articles that match a word: those of its commonest term."""
        return max((self._lexicon.df(term) for term in self._terms(word)), default=0)

    def _learn(self, words: Collection[str]) -> None:
        self._lexicon.learn({term for word in words for term in self._terms(word)})

    def _terms(self, word: str) -> set[str]:
        if word not in self._analysed:
            found = sequences(Word(word), self._lexicon.languages)
            self._analysed[word] = {terms[0] for terms in found if len(terms) == 1}
        return self._analysed[word]

    def correct(self) -> Spelling | None:
        """Correct a text that matches nothing."""
        unknown = [spot for spot in self._spots if not spot.articles]
        if not unknown:
            return self._among_known()
        changes: list[_Change] = []
        guesses: list[_Change] = []
        for spot in [spot for spot in unknown if spot.plain or max_edits(spot.word)][:MAX_WORDS]:
            if not any(change.start <= spot.start < change.end for change in changes):
                strange = [other for other in unknown if other is not spot and other.plain]
                options = [*self._neighbours(spot), *self._swapped(spot), *self._split(spot)]
                fitting = self._joined_at(spot, changes, strange)
                near = [option for option in options if option.distance == 1]
                fitting = fitting or self._fitting(near, changes, strange, spot.plain)
                fitting = fitting or self._fitting(self._first_letter(spot), changes, strange, spot.plain)
                fitting = fitting or self._fitting(options, changes, strange, spot.plain)
                changes += fitting[:1]
                guesses += [] if fitting else options
        if changes:
            return Spelling(self._rewrite(changes), sure=True)
        best = min(guesses, key=lambda change: change.key, default=None)
        return Spelling(self._rewrite([best]), sure=False) if best else None

    def _joined_at(self, spot: _Spot, changes: list[_Change], strange: list[_Spot]) -> list[_Change]:
        """Join an unknown word with its neighbour, if that matches with the rest of the query."""
        beside = [change for change in self._blanks() if change.start <= spot.start < change.end]
        free = [join for join in beside if all(c.end <= join.start or join.end <= c.start for c in changes)]
        return [join for join in free if self._fitting([join], changes, strange)]

    def _among_known(self) -> Spelling | None:
        """Correct words that are all known, but in no article together."""
        for change in self._blanks()[:MAX_TRIED]:
            if self._together([change], []):
                halves = {spot.word for spot in self._spots if change.start <= spot.start < change.end}
                return Spelling(self._rewrite([change]), sure=not halves & STOP_WORDS)
        guesses: list[tuple[_Change, bool]] = []
        for spot in sorted((spot for spot in self._spots if spot.plain and max_edits(spot.word)), key=_rarest)[
            :MAX_WORDS
        ]:
            doubtful = self._doubtful(spot)
            for change in self._fitting(self._neighbours(spot), [], [])[:1]:
                slip = plausible(spot.word, change.words[0]) and change.articles >= FAR * spot.articles
                guesses.append((change, doubtful and slip))
        if not guesses:
            return None
        best, sure = min(guesses, key=lambda guess: (not guess[1], guess[0].key))
        return Spelling(self._rewrite([best]), sure)

    def offer(self, found: int) -> Spelling | None:
        """Correct a text that matches a few articles."""
        best = self._blanks()
        doubtful = [spot for spot in self._spots if spot.plain and max_edits(spot.word) and self._doubtful(spot)]
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
        """Return the similar words, the likeliest first."""
        most = max_edits(spot.word)
        if not most:
            return []
        own = {term for term in self._terms(spot.word) if self._lexicon.df(term)}
        found = []
        for word, away, articles in self._lexicon.near(spot.word, most):
            slip = away == 1 and plausible(spot.word, word)
            unlikely = spot.articles and not slip and (away > 1 or len(word) < LONG)
            if away > 1 and undoubled(word) == undoubled(spot.word):
                away = 1
            elif away > 1 and len(spot.word) < CERTAIN and articles < FAR * max(1, spot.articles):
                continue
            if is_word(word) and not unlikely:
                weight = articles * (odds(spot.word, word) if away == 1 else 1)
                found.append(_Change(spot.start, spot.end, (word,), away, articles, weight, spot.tail))
        found.sort(key=lambda change: change.key)
        return [change for change in found[: 2 * MAX_COMPARED] if not own & self._terms(change.words[0])]

    def _first_letter(self, spot: _Spot) -> list[_Change]:
        """Return the words whose first letter is another, or has one before it."""
        word = spot.word
        if max_edits(word) < 2:
            return []
        words = {word[1:], *(letter + word[1:] for letter in ascii_lowercase)} - {word}
        self._learn(words)
        near = [(each, articles) for each in words if (articles := self._articles(each))]
        return [_Change(spot.start, spot.end, (each,), 1, count, count, spot.tail) for each, count in near]

    def _swapped(self, spot: _Spot) -> list[_Change]:
        """Return the word with its first two letters swapped, if that is one; `near` does not find it."""
        swapped = spot.word[1::-1] + spot.word[2:]
        articles = self._articles(swapped) if max_edits(spot.word) else 0
        weight = articles * odds(spot.word, swapped)
        return [_Change(spot.start, spot.end, (swapped,), 1, articles, weight, spot.tail)] if articles else []

    def _split(self, spot: _Spot) -> list[_Change]:
        """Split the word into two that are adjacent in some article."""
        if not (spot.plain and max_edits(spot.word)):
            return []
        pairs = [(spot.word[:at], spot.word[at:]) for at in range(1, len(spot.word))]
        pairs = [pair for pair in pairs if all(len(piece) > 1 or piece in STOP_WORDS for piece in pair)]
        self._learn({piece for pair in pairs for piece in pair})
        known = [(-min(left, self._articles(pair[1])), pair) for pair in pairs if (left := self._articles(pair[0]))]
        found = []
        for _, pair in sorted(each for each in known if each[0])[:MAX_TRIED]:
            count = self._lexicon.count_tree(And((Phrase(" ".join(pair), stemmed=True),)))
            if count:
                found.append(_Change(spot.start, spot.end, pair, 1, count, BLANK * count, spot.tail))
        return found

    def _beside(self) -> list[tuple[_Spot, _Spot]]:
        """Return the pairs of plain words with nothing but a blank between."""
        return [
            (left, right)
            for left, right in pairwise(self._spots)
            if left.plain and right.plain and not left.tail and self._text[left.end : right.start].isspace()
        ]

    def _blanks(self) -> list[_Change]:
        """Leave out a blank, or move it by a letter: `persona ltrainer`."""
        return [*self._joined(), *self._moved()]

    def _moved(self) -> list[_Change]:
        """Move blanks by a letter where one of two words is in few articles, and both then are adjacent in some."""
        moved = [
            (left, right, words)
            for left, right in self._beside()
            if min(left.articles, right.articles) <= FEW and (max_edits(left.word) or max_edits(right.word))
            for words in ((left.word[:-1], left.word[-1] + right.word), (left.word + right.word[0], right.word[1:]))
            if all(len(word) > 1 or word in STOP_WORDS for word in words)
        ]
        self._learn({word for _, _, words in moved for word in words})
        known = [each for each in moved if all(map(self._articles, each[2]))][:MAX_TRIED]
        counts = [self._lexicon.count_tree(And((Phrase(" ".join(words), stemmed=True),))) for _, _, words in known]
        return [
            _Change(left.start, right.end, words, 1, count, count, right.tail)
            for (left, right, words), count in zip(known, counts, strict=True)
            if count
        ]

    def _joined(self) -> list[_Change]:
        """Join adjacent words to one that is known, in their order."""
        beside = [(left.word + right.word, left, right) for left, right in self._beside()]
        joined = [each for each in beside if max_edits(each[0])]
        self._learn([word for word, _, _ in joined])
        counted = [(self._articles(word), word, left, right) for word, left, right in joined]
        return [
            _Change(left.start, right.end, (word,), 1, articles, articles, right.tail)
            for articles, word, left, right in counted
            if articles
        ]

    def _fitting(
        self, options: list[_Change], changes: list[_Change], strange: list[_Spot], plain: bool = True
    ) -> list[_Change]:
        """Return the options that match with the rest of the query, the likeliest first, without `strange` words."""
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
        """Return the text with the changes made."""
        text = self._text
        for change in sorted(changes, key=lambda change: -change.start):
            text = text[: change.start] + (" ".join(change.words) + change.tail or " ") + text[change.end :]
        return text


def _rarest(spot: _Spot) -> tuple[int, int]:
    return spot.articles, spot.start
