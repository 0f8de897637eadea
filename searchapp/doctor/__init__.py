"""What is wrong with an installation, and what to do: looks at everything, changes nothing.

findings.py      what a check finds
installation.py  Python, libraries, who runs this
places.py        the folders of the articles, of the index and of the desk
index.py         the index itself, every byte of it
doubts.py        settings that are allowed and may not be meant
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from searchapp.config.loading import Config
from searchapp.doctor import folders, index, installation, settings
from searchapp.doctor.findings import Finding, FindingLevel, of_error, problem
from searchapp.errors import SearchappError

__all__ = ("Finding", "FindingLevel", "examine")

_ALWAYS = (installation.python, installation.libraries, installation.whoosh, installation.user)
_CONFIGURED: tuple[tuple[str, Callable[[Config], Iterator[Finding]]], ...] = (
    ("configuration", settings.settings),
    ("content", folders.content),
    ("index folder", folders.index_folder),
    ("index", index.index),
    ("lock", folders.held),
    ("disk", folders.disk),
    ("desk folder", folders.desk),
    ("services", settings.services),
)


def examine(load: Callable[[], Config]) -> Iterator[Finding]:
    """All findings, good ones too; `load` reads the configuration. Never raises for what it is there to find."""
    for look in _ALWAYS:
        yield from look()
    try:
        config = load()
    except SearchappError as error:
        yield of_error("configuration", error)
        return
    for name, check in _CONFIGURED:
        try:
            yield from check(config)
        except SearchappError as error:
            yield of_error(name, error)
        except OSError as error:
            yield problem(
                name, f"{error.filename or name}: {error.strerror or error}", "make it readable for this user"
            )
