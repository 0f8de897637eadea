"""The analyzer: text -> terms, of articles and queries alike.

A token is a run of letters, digits and their marks, joined by `'`, `.`, `-` or `_` (or what looks like them) between
two of them, or an emoji. Each simple part takes one position. Joined words also yield compounds at the position of
their first part, so that every spelling matches; so do words with sub-words (`searchapp.analysis.subwords`):

    e-mail         e@0 mail@1 email@0                 well_known likewise
    Node.js        node@0 js@1 nodejs@0               3.11   3@0 11@1 3.11@0
    v1.93.0        1@0 93@1 0@2 1.93.0@0 1.93@0       10,000 10@0 000@1 10000@0
    .NET           .net@0 net@0                       C++ c++@0   C# c#@0   Notepad++ notepad++@0 notepad@0
    l'homme        l@0 homme@1                        don't dont@0   trainer's trainer@0
    10km           10@0 km@1 10km@0                   rock'n'roll rock@0 n@1 roll@2 rocknroll@0
    fetchUser      fetch@0 user@1 fetchuser@0         6.31-slim  6@0 31@1 slim@2 6.31@0 6.31-slim@0
    検索する        検索@0 検@0 索す@1 索@1 する@2 す@2 る@2   (`searchapp.analysis.unspaced`)
    토마토를        토마토를@0 토마토@0                (`searchapp.analysis.korean`)

Invisible characters (soft hyphens, zero-width ones, direction marks, variation selectors) are as if they weren't there.
Words are folded (case, accents of Latin and Greek letters), then stemmed by the Snowball stemmer of the
article's language, if there is one. Folding comes first, so that text typed without accents gets the same stem. The
term of a word of letters ends with the language, so that it meets only articles in that language: `watch~en`. What has
digits or signs is the same term in every language. Stop words are kept, for phrases.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import Stemmer

from searchapp.analysis import korean
from searchapp.analysis.folding import APOSTROPHES, INVISIBLE, fold, fold_word
from searchapp.analysis.pieces import (
    AND_BETWEEN,
    DASH,
    IS_EMOJI,
    JOINERS,
    LEADING_MARKS,
    SKIN_TONES,
    TOKEN,
    VERSIONS,
    WORDLESS,
    is_simple,
)
from searchapp.analysis.subwords import subwords
from searchapp.analysis.terms import MAX_TERM, TAG
from searchapp.analysis.unspaced import UNSPACED, pairs
from searchapp.languages import STEMMERS

VERSION = 6
"""To be increased whenever the same text gives other terms; part of an index's fingerprint."""
MAX_CACHED = 250_000
"""Distinct words whose tokens are cached; then the cache is cleared."""
MAX_PARTS = 8
"""A joined word of more parts yields no compound: it is a path or a table of numbers."""


class Token(NamedTuple):
    """A term at a position (in words), and its characters `start:end`.

    `surface` is the folded word before stemming, for prefixes, quotes and exact titles; the same in every language.
    """

    term: str
    surface: str
    position: int
    start: int
    end: int


_ELISIONS = frozenset(
    "l d j m t s n c qu jusqu lorsqu puisqu quoiqu dell all nell sull dall quell un d'l".split()
)  # French, Italian, Catalan


class Analyzer:
    """The analyzer of one language. Not thread-safe, as Snowball stemmers keep state; see `analyzer`."""

    def __init__(self, language: str) -> None:
        name = STEMMERS.get(language, "")
        known = name in Stemmer.algorithms()
        self._stem = Stemmer.Stemmer(name, 0).stemWord if known else str
        self._tag = f"{TAG}{language}" if language else ""
        self._entries: dict[str, tuple[Token, ...]] = {}

    def tokens(self, text: str) -> Iterator[Token]:
        """Yield the tokens of a text by position; compounds come right before the parts they span."""
        position = 0
        for match in TOKEN.finditer(text):
            offset = match.start()
            entry = self.entry(match[0])
            for term, surface, delta, start, end in entry:
                yield Token(term, surface, position + delta, offset + start, offset + end)
            position += entry[-1].position + 1 if entry else 0

    def find(
        self,
        text: str,
        wanted: Callable[[Token], bool],
        memory: dict[str, tuple[int, tuple[Token, ...]]],
        position: int = 0,
        start: int = 0,
        end: int = sys.maxsize,
    ) -> tuple[list[Token], int]:
        """Return the tokens of `text[start:end]` for which `wanted` is true, and the next free position.

        Several times faster than `tokens`. Positions count from `position`, offsets in the whole text. `wanted` depends
        on term and surface only; `memory` caches its results and belongs to it and this analyzer.
        """
        found: list[Token] = []
        known_of = memory.get
        for match in TOKEN.finditer(text, start, end):
            piece = match[0]
            known = known_of(piece)
            if known is None:
                entry = self.entry(piece)
                width = entry[-1].position + 1 if entry else 0
                known = memory[piece] = (width, tuple(token for token in entry if wanted(token)))
            if known[1]:
                offset = match.start()
                for term, surface, delta, begin, past in known[1]:
                    found.append(Token(term, surface, position + delta, offset + begin, offset + past))
            position += known[0]
        return found, position

    def pieces_at(
        self, text: str, positions: Sequence[int], words: range, start: int, end: int
    ) -> list[tuple[str, int, int]]:
        """Return (piece, position, offset) of the pieces (see `entry`) with tokens at the given positions.

        `positions` are ascending and not empty; `text[start:end]` has the positions `words`.
        """
        pieces = list(TOKEN.finditer(text, start, end))
        first = words.start
        if len(pieces) == len(words) and not WORDLESS.search(text):
            # Each has one position.
            return [((match := pieces[at - first])[0], at, match.start()) for at in positions]
        found = []
        left = iter(positions)
        wanted = next(left)
        place = first
        for match in pieces:
            piece = match[0]
            after = place + (
                1 if is_simple(piece) else max((token.position + 1 for token in self.entry(piece)), default=0)
            )
            if wanted < after:
                found.append((piece, place, match.start()))
                wanted = next((at for at in left if at >= after), words.stop)
                if wanted == words.stop:
                    break
            place = after
        return found

    def collect(self, text: str, into: dict[str, list[int]], surfaces: set[str], position: int = 0) -> int:
        """Append the positions of each term, counted from `position`, to `into`; return the next free position.

        The same tokens as `tokens`, without offsets and several times faster. `into` is a defaultdict of lists;
        `surfaces` gets every surface form.
        """
        entry_of = self.entry
        cached = self._entries.get
        for match in TOKEN.findall(text):
            entry = cached(match) or entry_of(match)
            delta = -1
            for term, surface, delta, _, _ in entry:
                into[term].append(position + delta)
                surfaces.add(surface)
            position += delta + 1
        return position

    def entry(self, surface: str) -> tuple[Token, ...]:
        """Return the tokens of one of `split`'s pieces, positions and offsets relative to its start."""
        entry = self._entries.get(surface)
        if entry is None:
            if len(self._entries) >= MAX_CACHED:
                self._entries.clear()
            if is_simple(surface):
                entry = (self._token(surface, 0, 0, len(surface)),)
            else:
                # What is nothing but apostrophes or tatweels folds to nothing, which is no term.
                entry = _distinct(token for token in self._visible(surface) if token.term)
            self._entries[surface] = entry
        return entry

    def _token(self, word: str, position: int, start: int, end: int) -> Token:
        """One simple word: folded, without apostrophes and a final 's, stemmed, cut to `MAX_TERM`."""
        plain = word.lower() if word.isascii() else fold_word(word)
        if not plain.isalnum():
            pieces = APOSTROPHES.split(plain)
            if len(pieces) > 1 and pieces[-1] == "s":
                pieces.pop()
            plain = "".join(pieces)
            plain = LEADING_MARKS.sub("", plain)
        plain = plain[:MAX_TERM]
        return Token(self.term(plain), plain, position, start, end)

    def term(self, surface: str) -> str:
        """Return the term of a surface form; "" of the empty one."""
        return f"{self._stem(surface)}{self._tag}" if surface.isalpha() else surface

    def alternatives(self, word: str) -> tuple[tuple[str, ...], ...]:
        """Return the term sequences, each of adjacent terms, that a typed word may be in the index; empty for none.

        A joined word is its compound, or its parts in a row; a number or version is its compound alone; a simple word
        is one sequence of one term.
        """
        tokens = list(self.tokens(word))
        if not tokens:
            return ()
        if tokens[-1].position == 0:
            typed, *others = tokens
            # A particle says that the word before it is a noun.
            found = [typed] if typed.surface[-1] in korean.AMBIGUOUS else [typed, *others]
            noun = korean.noun(typed.surface)
            return tuple((token.term,) for token in found if token is typed or token.surface == noun)
        parts = tuple(token.term for token in one_per_position(tokens))
        start, end = min(token.start for token in tokens), max(token.end for token in tokens)
        whole = [(t.term,) for t in tokens if t.position == 0 and (t.start, t.end) == (start, end)]
        if whole and all(map(str.isdigit, parts)) and not DASH.search(word):
            return tuple(whole[:1])
        return (*whole[:1], parts)

    def sequence(self, text: str) -> tuple[str, ...]:
        """Return the terms of a phrase, one per position."""
        return tuple(token.term for token in one_per_position(self.tokens(text)))

    def surfaces(self, text: str) -> tuple[str, ...]:
        """Return the unstemmed words of a text, one per position."""
        return tuple(token.surface for token in one_per_position(self.tokens(text)))

    def _visible(self, surface: str) -> Iterator[Token]:
        """Yield the tokens of a piece; those of an emoji in any skin tone are one."""
        if IS_EMOJI(surface):
            plain = SKIN_TONES.sub("", INVISIBLE.sub("", surface))[:MAX_TERM] or surface
            yield Token(plain, plain, 0, 0, len(surface))
            return
        if not INVISIBLE.search(surface):
            yield from self._analyse(surface, 0, 0)
            return
        places = [at for at, char in enumerate(surface) if not INVISIBLE.match(char)]
        for token in self._analyse("".join(surface[at] for at in places), 0, 0):
            yield token._replace(start=places[token.start], end=places[token.end - 1] + 1)

    def _analyse(self, surface: str, offset: int, position: int) -> Iterator[Token]:
        suffix = "++" if surface.endswith("++") else "#" if surface.endswith("#") else ""
        if suffix or surface.startswith("."):
            yield from self._symbol(surface, suffix, offset, position)
            return
        parts = list(self._parts(surface, offset))
        if 1 < len(parts) <= MAX_PARTS:
            yield from self._compounds(surface, [part for part, _ in parts], offset, position)
        number = all(part.isdigit() for part, _ in parts)
        versions = {} if number else {offset + match.start(): match[0] for match in VERSIONS.finditer(surface)}
        for part, start in parts:
            words = subwords(part) if part.isalnum() else [(part, 0)]
            if len(words) > 1:
                yield self._token(part, position, start, start + len(part))
            for word, inside in words:
                for piece, at, letters in pairs(word):
                    begin = start + inside + at
                    if version := versions.get(begin):
                        yield from _versions(version, position, begin)
                    token = self._token(piece, position, begin, begin + len(piece))
                    yield token
                    for letter, place in letters:
                        first = start + inside + place
                        yield self._token(letter, position, first, first + len(letter))
                    if noun := korean.noun(token.surface):
                        yield self._token(noun, position, begin, begin + len(piece))
                    position += bool(token.term)

    def _symbol(self, surface: str, suffix: str, offset: int, position: int) -> Iterator[Token]:
        """`C++`, `F#`, `.NET`: the whole is a term; of longer words (`Notepad++`, `.htaccess`) the bare word too."""
        bare = surface.removesuffix(suffix).removeprefix(".")
        end = offset + len(surface)
        whole = fold_word(surface)[:MAX_TERM]
        yield Token(whole, whole, position, offset, end)
        first, *others = subwords(bare) if bare.isalnum() else [(bare, 0)]
        if others and len(first[0]) > 1:
            symbol = fold_word(f".{first[0]}")[:MAX_TERM] if surface[0] == "." else whole
            yield Token(symbol, symbol, position, offset, offset + 1 + len(first[0]))
        if others or JOINERS.search(bare) or UNSPACED.search(bare):
            yield from self._analyse(bare, offset + surface.index(bare), position)
        elif len(bare) >= 3:
            yield self._token(bare, position, offset, end)

    def _parts(self, surface: str, offset: int) -> Iterator[tuple[str, int]]:
        at = 0
        for piece in JOINERS.split(surface):
            start = surface.index(piece, at)
            at = start + len(piece)
            head, apostrophe, tail = _first_apostrophe(piece)
            if joined := AND_BETWEEN.fullmatch(piece):  # rock'n'roll
                yield from ((joined[group], offset + start + joined.start(group)) for group in (1, 2, 3))
            elif apostrophe and fold(head) in _ELISIONS and len(tail) > 2:
                yield head, offset + start
                yield tail, offset + start + len(head) + 1
            elif piece[:1] in "vV" and piece[1:].isdigit() and len(surface) > len(piece):
                yield piece[1:], offset + start + 1
            elif piece:
                yield piece, offset + start

    def _compounds(self, surface: str, parts: list[str], offset: int, position: int) -> Iterator[Token]:
        end = offset + len(surface)
        if APOSTROPHES.search(surface) and not JOINERS.search(surface) and not AND_BETWEEN.fullmatch(surface):
            return
        dotted = "." in surface
        if dotted and all(part.isdigit() for part in parts):
            digits = [fold(part) for part in parts]
            for count in range(len(parts), 1, -1):
                version = ".".join(digits[:count])[:MAX_TERM]
                yield Token(version, version, position, offset, end)
            if surface[0] in "vV":
                major = f"v{digits[0]}"[:MAX_TERM]
                yield Token(major, major, position, offset, offset + 1 + len(parts[0]))
        elif dotted and any(part.isdigit() for part in parts):
            whole = DASH.sub("-", fold_word(surface))[:MAX_TERM]
            yield Token(whole, whole, position, offset, end)
        elif not any(UNSPACED.search(part) for part in parts):
            yield self._token("".join(parts), position, offset, end)


def _versions(version: str, position: int, start: int) -> Iterator[Token]:
    """Yield a version that is part of a word, and what it starts with: `5.23.1` and `5.23`, not `5`; or a number."""
    end = start + len(version)
    if "," in version:
        number = fold(version.replace(",", ""))[:MAX_TERM]
        yield Token(number, number, position, start, end)
        return
    while "." in version:
        plain = fold(version)[:MAX_TERM]
        yield Token(plain, plain, position, start, end)
        version = version.rpartition(".")[0]


def _first_apostrophe(piece: str) -> tuple[str, str, str]:
    match = APOSTROPHES.search(piece)
    return (piece[: match.start()], match[0], piece[match.end() :]) if match else (piece, "", "")


def one_per_position(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the narrowest token of each position, the first of equals: parts of joined words, symbol words whole.

    Where words are not spaced it is the pair rather than a character of it.
    """
    best: Token | None = None
    for token in tokens:
        if best is not None and token.position != best.position:
            yield best
            best = token
        elif best is None or (
            token.end - token.start < best.end - best.start
            and not (UNSPACED.fullmatch(best.surface) and UNSPACED.fullmatch(token.surface))
        ):
            best = token
    if best is not None:
        yield best


def _distinct(tokens: Iterable[Token]) -> tuple[Token, ...]:
    """Return the tokens without duplicates of a term at a position."""
    return tuple({(token.position, token.term): token for token in reversed(list(tokens))}.values())[::-1]


_ANALYZERS: dict[str, Analyzer] = {}


def analyzer(language: str) -> Analyzer:
    """Return the shared analyzer of a language (not thread-safe); "" for none, whose terms are the surface forms."""
    if language not in _ANALYZERS:
        _ANALYZERS[language] = Analyzer(language)
    return _ANALYZERS[language]
