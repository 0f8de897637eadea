"""Words of a draft with their offsets in the source, and the phrases they form."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from searchapp.analysis.analyzer import Analyzer, one_per_position
from searchapp.articles import WALL
from searchapp.languages import STOP_WORDS
from searchapp.model import Article

MAX_WORDS = 50_000
"""Words of a draft that are analysed, at most: a short novel."""
MAX_SECTION = 100_000
"""Characters of a section that are analysed, at most."""
MAX_PHRASE = 200
"""Characters of a phrase that are looked up, at most."""
_BLOCK = re.compile(f"[^{WALL}]+")
_SENTENCE = re.compile(r"[.!?;…]|\n[ \t]*\n")
_NAME = re.compile(r"[^\W\d_]*[A-Z0-9.#+][\w.#+]*")

Terms = tuple[str, ...]


_VAGUE = frozenset(
    """actual actually additional another available bad basic best better big bigger certain clear common complete
    current different difficult due early easy enough entire even every few final first five four full further
    general given good great happy hard high huge important interesting large last latest less little long main
    major many minor most much multiple necessary new next nice obvious old only original other own particular
    past popular possible previous quick quite rather real really recent relevant right same second several
    short significant similar simple single small some special specific still such sure third three total true
    two useful various very whole wrong year years going getting making trying using being having doing""".split()
)
"""Everyday adjectives; English ones only, as most blogs are."""
_own = threading.local()


def thread_analyzer(language: str) -> Analyzer:
    """Return this thread's analyzer of a language: analyzers are not thread-safe."""
    known: dict[str, Analyzer] = _own.__dict__.setdefault("analyzers", {})
    if language not in known:
        known[language] = Analyzer(language)
    return known[language]


class DraftWord(NamedTuple):
    """One word of a text.

    term, surface   as in `analysis.Token`
    start, end      offsets in the text
    after           what separates it from the word before: 0 blanks, 1 punctuation within a sentence, 2 the end of a
                    sentence, 3 what no phrase spans, such as code
    """

    term: str
    surface: str
    start: int
    end: int
    after: int

    @property
    def is_content(self) -> bool:
        """Whether it is a content word: one that may begin or end a phrase."""
        plain = len(self.surface) == 1 and "a" <= self.surface <= "z"
        return self.surface not in STOP_WORDS and not plain

    @property
    def is_vague(self) -> bool:
        """Whether a phrase that begins with it names no subject: "good example"."""
        return self.surface in _VAGUE


class DraftText:
    """A text analysed in one language: `words`, and the positions of each term in `places`."""

    def __init__(self, text: str, analyzer: Analyzer) -> None:
        self.text = text
        self._analyzer = analyzer
        self.words: list[DraftWord] = list(_words(text, analyzer))
        self.places: defaultdict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(self.words):
            self.places[word.term].append(place)
        self._distinct: dict[Terms, int] | None = None

    @property
    def distinct(self) -> dict[Terms, int]:
        """The distinct phrases of two or three words, and the position of each one's first occurrence."""
        if self._distinct is None:
            self._distinct = {}
            for first, past in self.phrases(3):
                self._distinct.setdefault(terms_of(self.words[first:past]), first)
        return self._distinct

    def may_contain(self, phrase: str) -> bool:
        """Whether all words of a phrase occur in the text; far faster than `find`, without false negatives."""
        return all(token.term in self.places for token in self._analyzer.tokens(phrase[:MAX_PHRASE]))

    def find(self, terms: Terms, *, across: bool = False) -> Iterator[int]:
        """Yield the positions at which the terms occur as a phrase, within a sentence unless `across`."""
        rarest = min(range(len(terms)), key=lambda at: len(self.places.get(terms[at], ())))
        for place in self.places.get(terms[rarest], ()):
            first = place - rarest
            if first >= 0 and self.matches(first, terms, across=across):
                yield first

    def matches(self, first: int, terms: Terms, *, across: bool = False) -> bool:
        """Whether the terms occur as a phrase at that position, within a sentence unless `across`."""
        words = self.words[first : first + len(terms)]
        return len(words) == len(terms) and all(
            word.term == term and (not at or word.after < (3 if across else 2))
            for at, (word, term) in enumerate(zip(words, terms, strict=True))
        )

    def phrases(self, longest: int) -> Iterator[tuple[int, int]]:
        """Yield [first, past) of all phrases of 2 to `longest` words: content words at both ends, no punctuation."""
        words = self.words
        for first, word in enumerate(words):
            if not word.is_content or word.is_vague:
                continue
            for past in range(first + 2, min(first + longest, len(words)) + 1):
                last = words[past - 1]
                if last.after:
                    break
                if last.is_content:
                    yield first, past

    def is_name_like(self, place: int) -> bool:
        """Whether a word is written as a proper name: with a digit, a sign, or a capital that no sentence requires."""
        word = self.words[place]
        written = self.text[word.start : word.end]
        inside = written[1:] if word.after >= 2 or not place else written
        return _NAME.search(inside) is not None

    def is_part_of_a_name(self, place: int) -> bool:
        """Whether the word before or after it is capitalised, too: the name is longer than this word."""
        words = self.words
        around = [words[place - 1]] if place and not words[place].after else []
        around += [word for word in words[place + 1 : place + 2] if not word.after]
        return any(word.is_content and self.text[word.start].isupper() for word in around)


class PhraseCounts:
    """Phrase frequencies in an article's title, headings and text, without its code."""

    def __init__(self, article: Article, analyzer: Analyzer) -> None:
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        surfaces: set[str] = set()
        heads = " \n".join((article.title, *(section.title for section in article.sections)))
        self._heads = {token.term for token in analyzer.tokens(heads) if token.surface not in STOP_WORDS}
        position = analyzer.collect(article.title, self._places, surfaces) + 2
        for section in article.sections:
            for part in (section.title, section.text[:MAX_SECTION]):
                position = analyzer.collect(part, self._places, surfaces, position) + 2

    def in_headings(self, terms: Terms) -> bool:
        """Whether the title or a heading contains one of the terms."""
        return not self._heads.isdisjoint(terms)

    def frequency(self, terms: Terms) -> int:
        """Return the number of occurrences of the terms as a phrase."""
        rarest = min(terms, key=lambda term: len(self._places.get(term, ())))
        if not self._places.get(rarest):
            return 0
        found = set(self._places.get(terms[0], ()))
        for at, term in enumerate(terms[1:], 1):
            found &= {place - at for place in self._places.get(term, ())}
        return len(found)


def terms_of(words: Sequence[DraftWord]) -> Terms:
    """Return the terms of some words."""
    return tuple(word.term for word in words)


def _words(text: str, analyzer: Analyzer) -> Iterator[DraftWord]:
    count = 0
    for stretch in _BLOCK.finditer(text):
        before = -1
        for token in one_per_position(analyzer.tokens(stretch[0])):
            start, end = stretch.start() + token.start, stretch.start() + token.end
            gap = text[before:start] if before >= 0 else ""
            after = 3 if before < 0 else 0 if not gap.strip() else 2 if _SENTENCE.search(gap) else 1
            yield DraftWord(token.term, token.surface, start, end, after)
            before = end
            count += 1
            if count >= MAX_WORDS:
                return
