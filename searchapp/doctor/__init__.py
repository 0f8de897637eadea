"""Diagnosis of an installation (`searchapp doctor`). Read only."""

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
    ("lock", folders.lock),
    ("disk", folders.disk),
    ("desk folder", folders.desk),
    ("services", settings.services),
)


def examine(load: Callable[[], Config]) -> Iterator[Finding]:
    """Yield all findings, good ones included; `load` reads the configuration.

    Errors of searchapp and of the operating system become findings.
    """
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
