"""Highlighting of a query's matches in the sanitised HTML of an article, each with an id to jump to.

Works on the text between tags, block by block: a phrase is found across emphasis and links, never in an attribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import NamedTuple

from searchapp.excerpts.word_finder import Finder, finder
from searchapp.languages import STEMMERS
from searchapp.model import SynonymSet
from searchapp.web.reader.sanitize import RESERVED

MAX_MATCHES = 1_000
"""Matches that are counted and marked, at most. Adjacent words are one match."""

_TAG = re.compile(r'(<(?:[^<>"]|"[^"]*")*>)')
_NAME = re.compile(r"</?([a-z0-9]+)")
_INLINE = frozenset(
    "a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup time tt u var wbr".split()
)
_BLANK = frozenset({"br", "img"})
_FOOTNOTE_MARK = '<sup id="fnref'


@dataclass(frozen=True, slots=True)
class MarkedHtml:
    """HTML with marked matches.

    html   match number n begins with a `mark_matches` with the id `searchapp-m{n}`, and continues in ones without id
    count  number of marked matches; `more` if there are others
    """

    html: str
    count: int = 0
    more: bool = False


class _MarkedSpan(NamedTuple):
    """A span of a block's text to mark, and the number of its match; 0 if it continues the previous one."""

    start: int
    end: int
    number: int


def mark_matches(html: str, text: str, language: str, synonyms: Sequence[SynonymSet] = ()) -> MarkedHtml:
    """Mark the words of a query, and their synonyms, in the result of `sanitize.body_html`."""
    found = _mark(html, finder(text, language, synonyms=synonyms))
    # An article may have been found by another language's stemmer, or by pieces of what was typed.
    for loose in (False, True):
        if not found.count:
            found = _mark(html, finder(text, language, STEMMERS, synonyms, loose))
    return found


def _mark(html: str, find: Finder | None) -> MarkedHtml:
    if find is None:
        return MarkedHtml(html)
    parts = _TAG.split(html)
    count = 0
    for block in _blocks(parts):
        texts = [unescape(parts[at]) if at >= 0 else " " for at in block]
        text = "".join(texts)
        places: list[_MarkedSpan] = []
        for start, end in find(text):
            if not places or text[places[-1].end : start].strip():
                if count == MAX_MATCHES:
                    _write(parts, block, texts, places)
                    return MarkedHtml("".join(parts), count, True)
                count += 1
                places.append(_MarkedSpan(start, end, count))
            else:
                places.append(_MarkedSpan(start, end, 0))
        _write(parts, block, texts, places)
    return MarkedHtml("".join(parts), count)


def _blocks(parts: list[str]) -> Iterator[list[int]]:
    """The positions of the texts of each block; -1 where an element separates them."""
    block: list[int] = []
    skipping = False
    for at, part in enumerate(parts):
        if at % 2 == 0:
            if part and not skipping:
                block.append(at)
            continue
        match = _NAME.match(part)
        name = match[1] if match else ""
        if part.startswith(_FOOTNOTE_MARK) or name in _BLANK:
            skipping = skipping or name == "sup"
            block.append(-1)
        elif part == "</sup>":
            skipping = False
        elif name not in _INLINE:
            if any(place >= 0 for place in block):
                yield block
            block = []
    if any(place >= 0 for place in block):
        yield block


def _write(parts: list[str], block: list[int], texts: list[str], places: list[_MarkedSpan]) -> None:
    """Put marks around some spans of a block's text."""
    following, offset = 0, 0
    for at, text in zip(block, texts, strict=True):
        end = offset + len(text)
        out: list[str] = []
        done = offset
        while following < len(places) and places[following].start < end:
            place = places[following]
            start, stop = max(place.start, offset), min(place.end, end)
            id = f' id="{RESERVED}m{place.number}"' if place.number and start == place.start else ""
            out.append(escape(text[done - offset : start - offset], quote=False))
            out.append(f'<mark class="found"{id}>{escape(text[start - offset : stop - offset], quote=False)}</mark>')
            done = stop
            if place.end > end:
                break
            following += 1
        if out and at >= 0:
            parts[at] = "".join([*out, escape(text[done - offset :], quote=False)])
        offset = end
