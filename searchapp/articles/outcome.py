"""Inputs, results and limits of reading articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from searchapp.model import Article, Problem, Spot

UNTOLD = "en"
"""Language of an article that says nothing of it, in whatever way."""


class SourceFile(NamedTuple):
    """One file that may be an article. A tuple, as making 100,000 objects takes a tenth of a second longer.

    id          POSIX path below the content folder, without surrogates
    path        its path
    signature   (size in bytes, mtime in ns, ctime in ns, inode) when it was found
    """

    id: str
    path: str | Path
    signature: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of reading one source.

    digest      hex; of the file's bytes, its id and everything else that the article depends on. "" if the file
                could not be read
    article     None if it is hidden, skipped or unchanged
    unchanged   the digest is the known one: not converted
    hidden      why it is not shown ("draft", "unpublished", "future", "expired", "unlisted", …), "" if it is
    language    of the article, with "?" if that was guessed from its text, "??" if the guess is not clear (alone if
                there is none), and behind that the language that a folder's name suggests; "" without an article
    until       when `hidden` changes with time alone (aware, UTC); None if it does not
    problems    with `skipped` set if the file is not usable, else warnings
    spots       positions of title, permalink and aliases in the front matter, by canonical key; only if the site's
                articles are checked
    """

    id: str
    digest: str
    article: Article | None
    unchanged: bool = False
    hidden: str = ""
    language: str = ""
    until: datetime | None = None
    problems: tuple[Problem, ...] = ()
    spots: tuple[tuple[str, Spot], ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of reading one article; beyond, it is skipped or read as plain text.

    file_bytes      larger files are skipped
    markdown_chars  longer bodies are not rendered but read as plain text
    seconds         of processor time for one article
    stalled         seconds of wall time for one article
    memory_bytes    of address space that one worker may add to what it starts with
    """

    file_bytes: int = 16 * 2**20
    markdown_chars: int = 2 * 2**20
    seconds: float = 5.0
    stalled: float = 20.0
    memory_bytes: int = 384 * 2**20


def permalink_clashes(articles: Iterable[tuple[str, str]]) -> tuple[Problem, ...]:
    """Return a warning for every article whose permalink an article with a lower id has.

    articles    (id, permalink) of all the articles shown; empty permalinks never clash
    """
    keyed = [(permalink.rstrip("/"), id, permalink) for id, permalink in articles if permalink]
    if len({key for key, _, _ in keyed}) == len(keyed):
        return ()
    first: dict[str, str] = {}
    problems: list[Problem] = []
    for key, id, permalink in sorted(keyed, key=lambda article: article[1]):
        if first.setdefault(key, id) != id:
            reason = f"has the same permalink as {first[key]}: {permalink}"
            problems.append(Problem(id, None, reason, code="permalink-clash"))
    return tuple(problems)
