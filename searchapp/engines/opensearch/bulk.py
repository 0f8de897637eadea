"""Many documents into an index: in batches, as fast as the cluster takes them, whatever it refuses told by name."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from searchapp.engines.opensearch.cluster import PATIENCE, Cluster
from searchapp.errors import IndexWriteError

Json = dict[str, Any]

BYTES = 4_000_000
"""Of a batch, about."""

ROWS = 2_000
"""Documents of a batch, at most."""

TIRED = 120.0
"""Seconds that a cluster may refuse a batch for being busy (429) before it is given up."""

TOLD = 5
"""Refused documents that a message names."""


class Row(NamedTuple):
    """A document to store under a key, or to delete if there is none. `name` is for messages."""

    key: str
    document: Json | None
    name: str = ""


def send(cluster: Cluster, index: str, rows: Iterable[Row]) -> int:
    """Stores the documents; how many.

    Raises IndexWriteError that names what was refused, once everything else is stored.
    """
    refused: list[str] = []
    count = 0
    for batch in _batches(rows):
        count += len(batch)
        refused += _deliver(cluster, index, batch)
    if refused:
        more = f" and {len(refused) - TOLD} more" if len(refused) > TOLD else ""
        raise IndexWriteError(
            f"the cluster refused {len(refused)} of {count} articles: {'; '.join(refused[:TOLD])}{more}; "
            "the index is as it was"
        )
    return count


def _batches(rows: Iterable[Row]) -> Iterator[list[tuple[Row, str]]]:
    batch: list[tuple[Row, str]] = []
    size = 0
    for row in rows:
        if row.document is None:
            text = f'{{"delete":{{"_id":{json.dumps(row.key, ensure_ascii=False)}}}}}\n'
        else:
            action = f'{{"index":{{"_id":{json.dumps(row.key, ensure_ascii=False)}}}}}'
            text = f"{action}\n{json.dumps(row.document, ensure_ascii=False)}\n"
        if batch and (size + len(text) > BYTES or len(batch) >= ROWS):
            yield batch
            batch, size = [], 0
        batch.append((row, text))
        size += len(text)
    if batch:
        yield batch


def _deliver(cluster: Cluster, index: str, batch: list[tuple[Row, str]]) -> list[str]:
    """Sends a batch until nothing of it is left but what was refused for good: each with the reason."""
    refused: list[str] = []
    end = time.monotonic() + TIRED
    pause = 0.1
    while batch:
        text = "".join(text for _, text in batch)
        limits = {"within": PATIENCE, "attempt": PATIENCE / 2}
        answer = cluster.ask(
            "POST", f"/{index}/_bulk", text, {"filter_path": "errors,items.*.status,items.*.error"}, **limits
        )
        if not answer["errors"]:
            break
        again = []
        for (row, text), item in zip(batch, answer["items"], strict=True):
            [done] = item.values()
            if done["status"] == 429 or done["status"] >= 500:
                again.append((row, text))
            elif "error" in done:
                _raise_if_blocked(done["error"])
                refused.append(f"{row.name or row.key}: {_reason(done['error'])}")
        if again and time.monotonic() + pause > end:
            raise IndexWriteError(
                f"the cluster at {cluster.hosts} was too busy for {TIRED:.0f} seconds; try again later"
            )
        if again:
            # The less it takes, the less it is asked to take.
            time.sleep(pause)
            pause = min(2 * pause, 10.0)
        batch = again
    return refused


def _raise_if_blocked(error: Json) -> None:
    if error.get("type") == "cluster_block_exception":
        raise IndexWriteError(
            "the cluster takes no changes: it is read-only or a disk is nearly full; free some space and lift the block"
        )


def _reason(error: Json) -> str:
    cause = error.get("caused_by") or error
    return str(cause.get("reason", error.get("type", "")))[:200]
