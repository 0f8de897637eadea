"""Whoosh, imported without the SyntaxWarnings that 2.7.4 prints when Python 3.12 or newer compiles it."""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from pathlib import Path

from searchapp.engines import whoosh_distributions
from searchapp.errors import InstallationError

_spec = find_spec("whoosh")
if _spec is None or _spec.origin is None:
    raise InstallationError(f"Whoosh is not installed; run: pip install {whoosh_distributions.WANTED}")
# First, as what two of them have left may not even be importable.
whoosh_distributions.refuse_several(whoosh_distributions.of_folder(Path(_spec.origin).parents[1]))

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import fields, formats, matching, query, reading, scoring, searching
    from whoosh.codec import whoosh3
    from whoosh.filedb import filestore

__all__ = [
    "fields", "filestore", "formats", "matching", "query", "reading", "scoring", "searching", "whoosh3",
]  # fmt: skip
