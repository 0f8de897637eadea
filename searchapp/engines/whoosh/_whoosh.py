"""Imports Whoosh once, quietly: 2.7.4 prints SyntaxWarnings when Python 3.12 or newer compiles it.

Two distributions that install the module `whoosh` overwrite each other's files, so having both is refused.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path

from searchapp.errors import UsageError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import columns, fields, formats, matching, query, reading, scoring, searching
    from whoosh.codec import whoosh3
    from whoosh.filedb import filestore

__all__ = [
    "columns", "fields", "filestore", "formats", "matching", "query", "reading", "scoring", "searching", "whoosh3",
]  # fmt: skip

_METADATA = re.compile(r"whoosh(?:3|[-_.]reloaded)?-[^-]+(?:-py[\d.]+)?\.(?:dist|egg)-info", re.IGNORECASE)


def refuse_several(folder: Path) -> None:
    """Raises UsageError if the packages in this folder include two Whoosh distributions.

    The folder is looked at, not asked of `importlib.metadata`: that would take a tenth of a command's start.
    """
    found = sorted(path.stem for path in folder.iterdir() if _METADATA.fullmatch(path.name))
    if len(found) > 1:
        raise UsageError(f"{' and '.join(found)} overwrite each other; uninstall all of them, then install Whoosh")


refuse_several(Path(reading.__file__).parents[1])
