"""Many documents into an index: in batches, as fast as the cluster takes them, whatever it refuses told by name."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from searchapp.engines.opensearch.cluster import BLOCKED, Cluster, Json
from searchapp.errors import IndexWriteError

BYTES = 4_000_000
"""Of a batch, about."""

ROWS = 2_000
"""Documents of a batch, at most."""

TIRED = 120.0
"""Seconds that a cluster may refuse a batch for being busy (429) before it is given up."""

AT_ONCE = 2
"""Batches that are under way while the next is made: the cluster works while we do."""

GONE = 30.0
"""Seconds after which a part of the index that is nowhere (its node died) is given up."""

TOLD = 5
"""Refused documents that a message names."""


_json = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


class PartLostError(IndexWriteError):
    """A part of the index that is being written is on no node any more."""


class BulkItem(NamedTuple):
    """A document to store under a key, or to delete if there is none. `name` is for messages."""

    key: str
    document: Json | None
    name: str = ""


def send(cluster: Cluster, index: str, rows: Iterable[BulkItem]) -> int:
    """Stores the documents; how many. No two may have the same key.

    Raises IndexWriteError that names what was refused, once everything else is stored; PartLostError.
    """
    refused: list[str] = []
    count = 0
    under_way: deque[Future[list[str]]] = deque()
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bulk")
    try:
        for batch in _batches(rows):
            count += len(batch)
            if len(under_way) > AT_ONCE:
                refused += under_way.popleft().result()
            under_way.append(pool.submit(_deliver, cluster, index, batch))
        for each in under_way:
            refused += each.result()
    finally:
        pool.shutdown(cancel_futures=True)
    if refused:
        more = f" and {len(refused) - TOLD} more" if len(refused) > TOLD else ""
        raise IndexWriteError(
            f"the cluster refused {len(refused)} of {count} articles: {'; '.join(refused[:TOLD])}{more}; "
            "the index is as it was"
        )
    return count


def _batches(rows: Iterable[BulkItem]) -> Iterator[list[tuple[BulkItem, str]]]:
    batch: list[tuple[BulkItem, str]] = []
    size = 0
    for row in rows:
        if row.document is None:
            text = f'{{"delete":{{"_id":{_json(row.key)}}}}}\n'
        else:
            text = f'{{"index":{{"_id":{_json(row.key)}}}}}\n{_json(row.document)}\n'
        if batch and (size + len(text) > BYTES or len(batch) >= ROWS):
            yield batch
            batch, size = [], 0
        batch.append((row, text))
        size += len(text)
    if batch:
        yield batch


def _deliver(cluster: Cluster, index: str, batch: list[tuple[BulkItem, str]]) -> list[str]:
    """Sends a batch until nothing of it is left but what was refused for good: each with the reason."""
    refused: list[str] = []
    began = time.monotonic()
    pause = 0.1
    while batch:
        params = {"filter_path": "errors,items.*.status,items.*.error", "timeout": "5s"}
        answer = cluster.write("POST", f"/{index}/_bulk", "".join(text for _, text in batch), params)
        if not answer["errors"]:
            break
        again = []
        lost = False
        for (row, text), item in zip(batch, answer["items"], strict=True):
            [done] = item.values()
            if done["status"] == 429 or done["status"] >= 500:
                again.append((row, text))
                lost |= done.get("error", {}).get("type") == "unavailable_shards_exception"
            elif "error" in done:
                if done["error"].get("type") == "cluster_block_exception":
                    raise IndexWriteError(f"the cluster at {cluster.hosts} {BLOCKED}")
                refused.append(f"{row.name or row.key}: {_reason(done['error'])}")
        waited = time.monotonic() + pause - began
        if lost and waited > GONE:
            raise PartLostError(
                "no node has a part of the new index: one died, or the disks are nearly full; the index is as it was"
            )
        if again and waited > TIRED:
            raise IndexWriteError(
                f"the cluster at {cluster.hosts} was too busy for {TIRED:.0f} seconds; try again later"
            )
        if again:
            # The less it takes, the less it is asked to take.
            time.sleep(pause)
            pause = min(2 * pause, 10.0)
        batch = again
    return refused


def _reason(error: Json) -> str:
    cause = error.get("caused_by") or error
    return str(cause.get("reason", error.get("type", "")))[:200]
