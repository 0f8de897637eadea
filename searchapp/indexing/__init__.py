"""Incremental indexing of a content folder, and the check of its content.

`check` is not imported here, so that indexing starts sooner.
"""

from __future__ import annotations

from searchapp.indexing.run import index
from searchapp.indexing.watch import RETRY, watch

__all__ = ["RETRY", "index", "watch"]
