"""Which distributions have installed the module `whoosh`: two of them overwrite each other's files.

What is left is neither, and may search wrongly or not at all; so it is told before anything of it is imported.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path

from searchapp.errors import InstallationError

NAMES = ("Whoosh", "whoosh-reloaded", "whoosh3")
"""As they are known to pip."""
WANTED = "Whoosh==2.7.4"

_METADATA = re.compile(r"(whoosh(?:3|[-_.]reloaded)?)-([^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info", re.IGNORECASE)


def of_folder(folder: Path) -> dict[str, str]:
    """Name -> version of those in a folder of packages.

    The folder is looked at, not asked of `importlib.metadata`: that would take a tenth of a command's start.
    """
    found = (_METADATA.fullmatch(path.name) for path in folder.iterdir())
    return {_known(match[1]): match[2] for match in found if match}


def installed(path: Iterable[str] | None = None) -> dict[str, str]:
    """Name -> version of those that this Python finds anywhere; `path` in place of its own."""
    names = {_plain(name): name for name in NAMES}
    found: dict[str, str] = {}
    for each in distributions(path=list(sys.path if path is None else path)):
        name = names.get(_plain(each.name or ""))
        if name is not None:
            found.setdefault(name, each.version)
    return found


def refuse_several(found: dict[str, str]) -> None:
    """Raises InstallationError if there are two, which says which and what to run."""
    if len(found) > 1:
        said = " and ".join(f"{name} {version}" for name, version in sorted(found.items()))
        raise InstallationError(f"{said} are installed together and overwrite each other's files; run: {remedy(found)}")


def remedy(found: Iterable[str]) -> str:
    """What a person runs to have one again."""
    return f"pip uninstall -y {' '.join(sorted(found))} && pip install {WANTED}"


def _known(name: str) -> str:
    return next(each for each in NAMES if _plain(each) == _plain(name))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
