"""Imports Whoosh once, quietly: 2.7.4 prints SyntaxWarnings when Python 3.12 or newer compiles it.

Two distributions that install the module `whoosh` overwrite each other's files, so having both is refused.
"""

from __future__ import annotations

import warnings
from importlib.metadata import PackageNotFoundError, version

from searchapp.errors import UsageError

DISTRIBUTIONS = ("Whoosh", "whoosh-reloaded", "whoosh3")


def installed() -> list[str]:
    """The Whoosh distributions present, as "name version"."""
    found = []
    for name in DISTRIBUTIONS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found


if len(installed()) > 1:
    raise UsageError(f"{' and '.join(installed())} overwrite each other; uninstall all of them, then install Whoosh")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import (
        collectors,
        columns,
        fields,
        formats,
        index,
        matching,
        query,
        reading,
        scoring,
        searching,
        writing,
    )
    from whoosh.codec import whoosh3
    from whoosh.filedb import filestore

__all__ = [
    "collectors", "columns", "fields", "filestore", "formats", "index", "matching", "query", "reading", "scoring",
    "searching", "whoosh3", "writing",
]  # fmt: skip
