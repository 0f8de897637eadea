"""The languages of articles that do not tell theirs: each was guessed from its text; the whole blog has the last word.

Notes are those of `Outcome.language`. The language that an article got is the end of its digest in the index, so that
the manifest alone says which articles have another one now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from searchapp.articles import UNTOLD

RARE = 5
"""Articles of a thousand, at most, that are not believed to be in a language of their own by a guess."""


def decide(notes: Iterable[str]) -> dict[str, str]:
    """Return the language of each distinct note, by the notes on all articles.

    A guess that is not clear, or of a language that is rare here, is replaced by the main language: that of most
    articles, told or guessed.
    """
    counts = Counter(notes)
    likely: Counter[str] = Counter()
    sure: Counter[str] = Counter()
    for note, count in counts.items():
        code = note.rstrip("?")
        if code:
            likely[code] += count
        if not note.endswith("??"):
            sure[code] += count
    main = min(likely, key=lambda code: (-likely[code], code), default=UNTOLD)
    least = RARE * counts.total() / 1_000

    def decided(note: str) -> str:
        code = note.rstrip("?")
        return code if note == code or (not note.endswith("??") and sure[code] > least) else main

    return {note: decided(note) for note in counts}


def with_language(digest: str, language: str) -> str:
    """Return the digest of an article whose language was guessed."""
    return f"{file_digest(digest)}~{language}"


def file_digest(digest: str) -> str:
    """Return the digest without a language: of what is in the article's file."""
    return digest.partition("~")[0]
