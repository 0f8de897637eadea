"""Brings an index up to date with a content folder.

run.py      one run: compares content with the engine's manifest, feeds the engine the changes, reports
scan.py     the disposable notes that spare unchanged files from being read
lock.py     one run at a time per index folder
spool.py    changed articles wait here until it is known what must go
check.py    what is wrong with the content, without an index; indexing itself does without it, and starts sooner
findings.py a check as a whole, small enough to keep
watch.py    runs again whenever the content changes
"""

from __future__ import annotations

from searchapp.indexing.run import index
from searchapp.indexing.watch import RETRY, watch

__all__ = ["RETRY", "index", "watch"]
