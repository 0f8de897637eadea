"""The best passage of a hit, its section, and what to mark in it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from searchapp.analysis import Token
from searchapp.engines.documents import excerpt
from searchapp.engines.terms import Marks
from searchapp.model import Article, Fragment, Hit, Section

WINDOW = 200
"""Characters of a passage, about two lines and a half on a phone."""

LONGEST = 1_200
"""Characters of a passage that is one match: a sentence quoted whole, but no megabyte of base64."""

LEAD = 60
"""Characters shown before the first match, at most."""


@dataclass(frozen=True, slots=True)
class Match:
    """Characters `start:end` of a text that item number `item` of the query met."""

    start: int
    end: int
    item: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A snippet, and the section it is from (None for the lead, the summary, code or when browsing)."""

    fragments: tuple[Fragment, ...]
    section: Section | None


def make_hit(article: Article, score: float, wanted: Marks) -> Hit:
    """The article as a hit, its title and best passage marked."""
    found = passage(article, wanted)
    return Hit(
        id=article.id,
        title=article.title,
        permalink=article.permalink,
        date=article.date,
        authors=article.authors,
        categories=article.categories,
        tags=article.tags,
        language=article.language,
        excerpt=excerpt(article),
        score=score,
        title_fragments=marked(article.title, matches(article.title, wanted, article.language)),
        snippet=found.fragments,
        section=found.section,
    )


def matches(text: str, wanted: Marks, language: str) -> list[Match]:
    """Where the query's words stand in a text, by start; phrases only where they stand whole."""
    if not wanted:
        return []
    tokens = wanted.tokens(text, language)
    by_position: dict[int, list[Token]] = {}
    for token in tokens:
        by_position.setdefault(token.position, []).append(token)
    found: list[Match] = []
    for token in tokens:
        for prefix, item in wanted.prefixes:
            if token.surface.startswith(prefix):
                found.append(Match(token.start, token.end, item))
        for sequence, item in wanted.sequences.get(token.term, ()):
            spans = _spans(sequence, token, by_position)
            found.extend(Match(start, end, item) for start, end in spans)
    return sorted(found, key=lambda match: (match.start, -match.end))


def _spans(sequence: tuple[str, ...], first: Token, by_position: dict[int, list[Token]]) -> list[tuple[int, int]]:
    spans = [(first.start, first.end)]
    for offset, term in enumerate(sequence[1:], 1):
        token = next((t for t in by_position.get(first.position + offset, ()) if t.term == term), None)
        if token is None:
            return []
        spans.append((token.start, token.end))
    return [(spans[0][0], spans[-1][1])]


def marked(text: str, found: list[Match], start: int = 0, end: int | None = None) -> tuple[Fragment, ...]:
    """The text from `start` to `end` as fragments; of matches that overlap, the first."""
    end = len(text) if end is None else end
    fragments: list[Fragment] = []
    at = start
    for match in found:
        if match.start < at or match.end > end:
            continue
        fragments.append(Fragment(text[at : match.start]))
        fragments.append(Fragment(text[match.start : match.end], True))
        at = match.end
    fragments.append(Fragment(text[at:end]))
    return tuple(fragment for fragment in fragments if fragment.text)


def passage(article: Article, wanted: Marks) -> Passage:
    """The stretch of the article that has most of the query's words, the earliest of equals.

    A section whose heading has words of the query is preferred. Without a match in the text the
    excerpt is shown.
    """
    best: tuple[int, int, list[Match]] | None = None
    best_score = 0
    for number, (heading, text) in enumerate(_texts(article)):
        found = matches(text, wanted, article.language)
        named = {match.item for match in matches(heading, wanted, article.language)}
        score, at = _densest(found, named)
        if score > best_score:
            best, best_score = (number, at, found), score
    if best is None:
        return Passage((Fragment(excerpt(article)),) if excerpt(article) else (), None)
    number, at, found = best
    section = article.sections[number] if number < len(article.sections) else None
    _, text = _texts(article)[number]
    place = Section(section.title, section.anchor, "", section.level) if section and section.title else None
    return Passage(_cut(text, found, at) or (Fragment(excerpt(article)),), place)


def _texts(article: Article) -> list[tuple[str, str]]:
    sections = [(section.title, section.text) for section in article.sections]
    return [*sections, ("", article.summary), ("", article.code)]


def _densest(found: list[Match], named: set[int]) -> tuple[int, int]:
    """The best window as (score, its first match's start): distinct items count most, then how often, then headings."""
    best = (30 * len(named), found[0].start if found else 0)
    counts: dict[int, int] = {}
    right = 0
    for left, match in enumerate(found):
        # The match itself is in its window even if it is longer, as a quoted sentence may be.
        while right < len(found) and (right <= left or found[right].end <= match.start + WINDOW - LEAD):
            counts[found[right].item] = counts.get(found[right].item, 0) + 1
            right += 1
        headings = 30 * len(named | counts.keys()) if named else 0
        score = 100 * len(counts) + headings + min(right - left, 9)
        if score > best[0]:
            best = (score, match.start)
        counts[match.item] -= 1
        if not counts[match.item]:
            del counts[match.item]
    return best


def _cut(text: str, found: list[Match], at: int) -> tuple[Fragment, ...]:
    start = _word_start(text, max(0, at - LEAD)) if at > LEAD else 0
    line = text.rfind("\n", start, at)
    start = line + 1 if line >= 0 else start
    inside = found[bisect_left(found, start, key=lambda match: match.start) :]
    first = next((match.end for match in inside if match.start >= at), start)
    end = _word_end(text, min(len(text), start + WINDOW))
    if end < first <= start + LONGEST:
        end = first
    fragments = list(marked(text, [match for match in inside if match.end <= end], start, end))
    if not fragments:
        return ()
    if start > 0 and text[start - 1] != "\n":
        fragments.insert(0, Fragment("… "))
    if end < len(text):
        fragments.append(Fragment(" …"))
    return tuple(_single_spaced(fragments))


def _word_start(text: str, at: int) -> int:
    blank = max(text.find(" ", at, at + 40), text.find("\n", at, at + 40))
    return blank + 1 if blank >= 0 else at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    blank = max(text.rfind(" ", at - 40, at), text.rfind("\n", at - 40, at))
    return blank if blank >= 0 else at


def _single_spaced(fragments: list[Fragment]) -> list[Fragment]:
    """Runs of white space as one blank each, across fragments too."""
    spaced: list[Fragment] = []
    open_blank = True
    for fragment in fragments:
        text = " ".join(fragment.text.split())
        if fragment.text[:1].isspace() and not open_blank:
            text = f" {text}" if text else " "
        if text.strip() and fragment.text[-1:].isspace():
            text += " "
        if text:
            spaced.append(Fragment(text, fragment.matched))
            open_blank = text.endswith(" ")
    return spaced
