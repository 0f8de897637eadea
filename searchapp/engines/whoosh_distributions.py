"""Detection of several distributions that install the module `whoosh`, as they overwrite each other's files.

The mixture may search wrongly or fail, so this is checked before anything of it is imported.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path

from searchapp.errors import InstallationError

NAMES = ("Whoosh", "whoosh-reloaded", "whoosh3")
"""By their names on PyPI."""
WANTED = "Whoosh==2.7.4"

_METADATA = re.compile(r"(whoosh(?:3|[-_.]reloaded)?)-([^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info", re.IGNORECASE)


def of_folder(folder: Path) -> dict[str, str]:
    """Return name -> version of those in a folder of packages.

    The folder is listed, as `importlib.metadata` would take a tenth of a command's start.
    """
    found = (_METADATA.fullmatch(path.name) for path in folder.iterdir())
    return {_known(match[1]): match[2] for match in found if match}


def installed(path: Iterable[str] | None = None) -> dict[str, str]:
    """Return name -> version of those on the import path, by default `sys.path`."""
    names = {_plain(name): name for name in NAMES}
    found: dict[str, str] = {}
    for each in distributions(path=list(sys.path if path is None else path)):
        name = names.get(_plain(each.name or ""))
        if name is not None:
            found.setdefault(name, each.version)
    return found


def refuse_several(found: dict[str, str]) -> None:
    """Raise InstallationError, with a remedy, if there is more than one."""
    if len(found) > 1:
        said = " and ".join(f"{name} {version}" for name, version in sorted(found.items()))
        raise InstallationError(f"{said} are installed together and overwrite each other's files; run: {remedy(found)}")


def remedy(found: Iterable[str]) -> str:
    """Return the shell command that leaves one installed."""
    return f"pip uninstall -y {' '.join(sorted(found))} && pip install {WANTED}"


def _known(name: str) -> str:
    return next(each for each in NAMES if _plain(each) == _plain(name))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
