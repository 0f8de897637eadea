"""The differences between two articles: paragraphs that only one of them has, and changed ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from searchapp.model import Article, Fragment

MAX_PASSAGES = 6
"""Differing paragraphs that are returned, at most."""
MAX_CHARACTERS = 400
"""Of one side of a changed paragraph; the unchanged beginning and end are cut first."""
MAX_PARAGRAPHS = 2_000
MAX_WORDS = 2_000
"""Of an article and of a paragraph; the rest is not compared, as time grows with the square of their number."""
_CONTEXT = 60
"""Characters of unchanged text that are shown beside a difference."""


@dataclass(frozen=True, slots=True)
class ChangedParagraph:
    """A differing paragraph and the heading above it; `matched` fragments are changed words. A side may be empty."""

    heading: str
    first: tuple[Fragment, ...]
    second: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """The first MAX_PASSAGES differing paragraphs, and how many there are in all."""

    passages: tuple[ChangedParagraph, ...]
    total: int


def differences(first: Article, second: Article) -> Differences:
    """Compare two articles paragraph by paragraph; results are in the order of the articles."""
    mine, others = _paragraphs(first), _paragraphs(second)
    passages: list[ChangedParagraph] = []
    total = 0
    matcher = SequenceMatcher(None, [text for _, text in mine], [text for _, text in others], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        for one, other in zip_longest(mine[a:b], others[c:d], fillvalue=("", "")):
            total += 1
            if len(passages) < MAX_PASSAGES:
                passages.append(ChangedParagraph(one[0] or other[0], *_compared(one[1], other[1])))
    return Differences(tuple(passages), total)


def _paragraphs(article: Article) -> list[tuple[str, str]]:
    """(heading above, text) of each section title and paragraph, then of each line of code."""
    found = [("", article.title)]
    for section in article.sections:
        if section.title:
            found.append((section.title, section.title))
        found += [(section.title, text) for line in section.text.split("\n") if (text := " ".join(line.split()))]
    found += [("", text) for line in article.code.split("\n") if (text := " ".join(line.split()))]
    return found[:MAX_PARAGRAPHS]


def _compared(first: str, second: str) -> tuple[tuple[Fragment, ...], tuple[Fragment, ...]]:
    """Both texts as fragments, changed words marked, unchanged text shortened."""
    mine, others = first.split(" ")[:MAX_WORDS], second.split(" ")[:MAX_WORDS]
    opcodes = SequenceMatcher(None, mine, others, autojunk=False).get_opcodes()
    sides = (
        _fragments(mine, [(tag != "equal", a, b) for tag, a, b, _, _ in opcodes]),
        _fragments(others, [(tag != "equal", c, d) for tag, _, _, c, d in opcodes]),
    )
    return _shortened(sides[0]), _shortened(sides[1])


def _fragments(words: Sequence[str], parts: Sequence[tuple[bool, int, int]]) -> list[Fragment]:
    return [Fragment(text, changed) for changed, a, b in parts if (text := " ".join(words[a:b]))]


def _shortened(fragments: list[Fragment]) -> tuple[Fragment, ...]:
    """The fragments cut to MAX_CHARACTERS, with an ellipsis for omitted text and blanks between them."""
    left = MAX_CHARACTERS
    kept: list[Fragment] = []
    for number, fragment in enumerate(fragments):
        text = fragment.text if fragment.matched else _ends(fragment.text, number > 0, number < len(fragments) - 1)
        if len(text) > left:
            text = f"{text[: max(0, left - 1)].rstrip()}…"
        kept.append(Fragment(text, fragment.matched))
        left -= len(text)
        if left <= 0:
            break
    return tuple(_spaced(kept))


def _ends(text: str, before: bool, after: bool) -> str:
    """Unchanged text, shortened to the words next to the differences before and after it."""
    if len(text) <= 2 * _CONTEXT + 3:
        return text
    head = text[:_CONTEXT].rpartition(" ")[0] or text[:_CONTEXT] if before else ""
    tail = text[-_CONTEXT:].partition(" ")[2] or text[-_CONTEXT:] if after else ""
    return f"{head} … {tail}".strip() if before or after else f"{text[: 2 * _CONTEXT].rstrip()}…"


def _spaced(fragments: list[Fragment]) -> Iterator[Fragment]:
    for number, fragment in enumerate(fragments):
        if number:
            yield Fragment(" ")
        yield fragment
