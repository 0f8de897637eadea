"""All articles of an index as what near-duplicates are sought by: one pass, less than a kilobyte kept of each.

The shingle sets themselves may be larger than what memory should hold; they lie in a temporary file without a name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import IO

import numpy as np
import numpy.typing as npt

from searchapp.analysis import fold_value
from searchapp.editor.near_duplicates.minhash import Indices, Signatures, signatures
from searchapp.editor.near_duplicates.shingles import Hashes, shingles, whole
from searchapp.model import Article

BATCH = 256
"""Articles whose shingles are made at once: arrays that fit the processor's cache."""
SAMPLED = 8
"""One shingle of so many, by its own number, is in the samples."""

Progress = Callable[[int], None]
"""Is told how many articles were read so far."""


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Articles by number, in the order in which they were read; every array has a row for each unless said.

    ids, titles, languages  of the articles; the titles folded
    words           int64, how many words each has in headings, text and code
    sums            uint64; equal texts have equal sums
    rows            their signatures, see `minhash`
    sample_hashes   uint64, a fixed SAMPLED-th of all shingles, each once in an article
    sample_owners   int64, the number of the article that has the shingle; as long as `sample_hashes`
    """

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    languages: tuple[str, ...]
    words: Indices
    sums: Hashes
    rows: Signatures
    sample_hashes: Hashes
    sample_owners: Indices
    _starts: Indices
    _sets: Hashes

    def distinct(self, number: int) -> Hashes:
        """The shingles of one article, without repetitions, ascending."""
        return self._sets[self._starts[number] : self._starts[number + 1]]


@contextmanager
def sketched(articles: Iterable[Article], progress: Progress | None = None) -> Iterator[Fingerprints]:
    """The sketches of articles, which are read once, some at a time. They can be used within the block only.

    Raises OSError if there is no room for temporary files.
    """
    with tempfile.TemporaryFile(prefix="searchapp-") as spool:
        yield _read(articles, spool, progress)


def _read(articles: Iterable[Article], spool: IO[bytes], progress: Progress | None) -> Fingerprints:
    ids: list[str] = []
    titles: list[str] = []
    languages: list[str] = []
    words: list[npt.NDArray[np.int64]] = [np.empty(0, dtype=np.int64)]
    sums: list[Hashes] = [np.empty(0, dtype=np.uint64)]
    rows: list[Signatures] = [signatures(shingles([]))]
    sizes: list[Indices] = [np.zeros(1, dtype=np.int64)]
    hashes: list[Hashes] = [np.empty(0, dtype=np.uint64)]
    owners: list[Indices] = [np.empty(0, dtype=np.int64)]
    waiting = iter(articles)
    while batch := list(islice(waiting, BATCH)):
        found = shingles([whole(article) for article in batch])
        words.append(found.words)
        rows.append(signatures(found))
        running = np.concatenate(([np.uint64(0)], np.cumsum(found.hashes)))
        sums.append(running[found.starts[1:]] - running[found.starts[:-1]])
        sets, owner = _sets(found.hashes, found.starts)
        spool.write(sets.tobytes())
        sizes.append(np.bincount(owner, minlength=len(batch)))
        chosen = sets % np.uint64(SAMPLED) == 0
        hashes.append(sets[chosen])
        owners.append(owner[chosen] + len(ids))
        ids += [article.id for article in batch]
        titles += [fold_value(article.title) for article in batch]
        languages += [article.language for article in batch]
        if progress:
            progress(len(ids))
    spool.flush()
    starts = np.cumsum(np.concatenate(sizes))
    # A plain array over the map: slices of a memmap take several times as long to make.
    mapped = np.asarray(np.memmap(spool, dtype=np.uint64, mode="r")) if starts[-1] else np.empty(0, dtype=np.uint64)
    return Fingerprints(
        tuple(ids),
        tuple(titles),
        tuple(languages),
        np.concatenate(words),
        np.concatenate(sums),
        np.concatenate(rows),
        np.concatenate(hashes),
        np.concatenate(owners),
        starts,
        mapped,
    )


def _sets(hashes: Hashes, starts: Indices) -> tuple[Hashes, Indices]:
    """Each text's shingles in order and without repetitions, and whose they are."""
    owners = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    for begin, end in pairwise(starts.tolist()):
        hashes[begin:end].sort()
    fresh = np.ones(len(hashes), dtype=bool)
    fresh[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    return hashes[fresh], owners[fresh]
