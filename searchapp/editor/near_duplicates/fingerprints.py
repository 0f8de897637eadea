"""Fingerprints of all articles for near-duplicate detection: one pass, less than a kilobyte of memory for each.

The shingle sets themselves may be larger than memory; they are in an unnamed temporary file, mapped into memory.
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

from searchapp.analysis.folding import fold_value
from searchapp.editor.near_duplicates.minhash import Indices, Signatures, signatures
from searchapp.editor.near_duplicates.shingles import Hashes, full_text, shingles
from searchapp.model import Article

BATCH = 256
"""Articles hashed at once: their arrays fit the processor's cache."""
SAMPLED = 8
"""The sample has the shingles whose hash is a multiple of this."""

Progress = Callable[[int], None]
"""Called with the number of articles read so far."""


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Fingerprints of n articles, numbered in the order in which they were read.

    ids, titles, languages  of the articles; the titles folded
    words           int64[n], number of words in headings, text and code
    checksums       uint64[n], checksums: equal texts have equal ones
    signatures      uint32[n, SIGNATURE_LENGTH], MinHash signatures, see `minhash`
    sample_hashes   uint64[m], distinct shingles in the sample of each article
    sample_owners   int64[m], the number of the article of each
    """

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    languages: tuple[str, ...]
    words: Indices
    checksums: Hashes
    signatures: Signatures
    sample_hashes: Hashes
    sample_owners: Indices
    _starts: Indices
    _sets: Hashes

    def shingle_set(self, number: int) -> Hashes:
        """The distinct shingles of one article, uint64, ascending."""
        return self._sets[self._starts[number] : self._starts[number + 1]]


@contextmanager
def fingerprint(articles: Iterable[Article], progress: Progress | None = None) -> Iterator[Fingerprints]:
    """Context manager: the fingerprints of articles, valid within the block only. Articles are read once, in batches.

    Raises OSError if temporary files cannot be written.
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
        found = shingles([full_text(article) for article in batch])
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
    """Each text's distinct shingles, ascending, and the number of the text of each."""
    owners = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    for begin, end in pairwise(starts.tolist()):
        hashes[begin:end].sort()
    fresh = np.ones(len(hashes), dtype=bool)
    fresh[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    return hashes[fresh], owners[fresh]
