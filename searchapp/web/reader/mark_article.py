"""Marks what was searched for in the sanitised HTML of an article, each match with an id to step to.

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

MOST = 1_000
"""Matches that are counted and marked: who steps through more wants another query. Words side by side are one."""

_TAG = re.compile(r'(<(?:[^<>"]|"[^"]*")*>)')
_NAME = re.compile(r"</?([a-z0-9]+)")
_INLINE = frozenset(
    "a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup time tt u var".split()
)
_BLANK = frozenset({"br", "img", "wbr"})
_FOOTNOTE_MARK = '<sup id="fnref'


@dataclass(frozen=True, slots=True)
class Marked:
    """HTML with its matches marked.

    html   match number n begins with a mark that has the id `searchapp-m{n}`, and goes on in marks without one
    count  how many are marked; `more` tells that there are others
    """

    html: str
    count: int = 0
    more: bool = False


class _Place(NamedTuple):
    """Characters `start:end` of a block's text to be marked; the number of the match, 0 if it goes on with this."""

    start: int
    end: int
    number: int


def mark(html: str, text: str, language: str, synonyms: Sequence[SynonymSet] = ()) -> Marked:
    """Marks the words of a query, and what means the same, in what `sanitize.body_html` gave."""
    found = _mark(html, finder(text, language, synonyms=synonyms))
    # An article may have been found by a word as another language reads it.
    return found if found.count else _mark(html, finder(text, language, STEMMERS, synonyms))


def _mark(html: str, find: Finder | None) -> Marked:
    if find is None:
        return Marked(html)
    parts = _TAG.split(html)
    count = 0
    for block in _blocks(parts):
        texts = [unescape(parts[at]) if at >= 0 else " " for at in block]
        text = "".join(texts)
        places: list[_Place] = []
        for start, end in find(text):
            if not places or text[places[-1].end : start].strip():
                if count == MOST:
                    _write(parts, block, texts, places)
                    return Marked("".join(parts), count, True)
                count += 1
                places.append(_Place(start, end, count))
            else:
                places.append(_Place(start, end, 0))
        _write(parts, block, texts, places)
    return Marked("".join(parts), count)


def _blocks(parts: list[str]) -> Iterator[list[int]]:
    """The places of the texts that stand in one block; -1 where something parts them."""
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


def _write(parts: list[str], block: list[int], texts: list[str], places: list[_Place]) -> None:
    """Puts marks around some stretches of a block's text."""
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
