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


def decide(notes: Iterable[str], main: str = "") -> dict[str, str]:
    """Return the language of each distinct note, by the notes on all articles.

    A guess that is not clear, or of a language that is rare here, is replaced by what the folder's name suggests if
    that is told by others or clear, else by the main language: that of most articles, told or guessed, if not given.
    """
    counts = Counter(notes)
    likely: Counter[str] = Counter()
    sure: Counter[str] = Counter()
    for note, count in counts.items():
        code, *marks = note.split("?")
        if code:
            likely[code] += count
        if len(marks) < 2:
            sure[code] += count
    main = main or min(likely, key=lambda code: (-likely[code], code), default=UNTOLD)
    least = RARE * counts.total() / 1_000

    def decided(note: str) -> str:
        code, *marks = note.split("?")
        if not marks or (len(marks) == 1 and sure[code] > least):
            return code
        return marks[-1] if sure[marks[-1]] else main

    return {note: decided(note) for note in counts}


class Certain:
    """Whether a guess will be believed whatever comes: most are, and need not wait for the decision.

    most    how many articles there may be
    """

    def __init__(self, most: int) -> None:
        self._least = RARE * most / 1_000
        self._clear: Counter[str] = Counter()

    def add(self, note: str) -> bool:
        """Count the note on an article; return whether `decide` will have it in the language that was guessed."""
        self._clear[note] += 1
        return note.count("?") == 1 and self._clear[note] > self._least


def with_language(digest: str, language: str) -> str:
    """Return the digest of an article whose language was guessed."""
    return f"{file_digest(digest)}~{language}"


def file_digest(digest: str) -> str:
    """Return the digest without a language: of what is in the article's file."""
    return digest.partition("~")[0]
