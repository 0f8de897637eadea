"""Checks of Python, the libraries, and the user."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from searchapp import __version__
from searchapp.doctor.findings import Finding, ok, problem, warning
from searchapp.engines import whoosh_distributions

MIN_PYTHON = (3, 11)

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*(?:(==|>=)\s*([0-9.]+))?")


def python() -> Iterator[Finding]:
    """Check the version of Python."""
    found = f"Python {platform.python_version()} on {platform.system()}, searchapp {__version__}"
    if sys.version_info < MIN_PYTHON:
        yield problem("python", found, f"install Python {'.'.join(map(str, MIN_PYTHON))} or newer")
    else:
        yield ok("python", found)


def libraries() -> Iterator[Finding]:
    """Check the required libraries' versions, without Whoosh's."""
    found, wrong = [], []
    try:
        wanted = requires("searchapp") or []
    except PackageNotFoundError:
        yield problem("libraries", "searchapp itself is not installed as a package", "run: pip install searchapp")
        return
    for requirement in wanted:
        match = _REQUIREMENT.match(requirement)
        if match is None or "extra ==" in requirement or match[1] == "Whoosh":
            continue
        try:
            have = version(match[1])
        except PackageNotFoundError:
            wrong.append(f"{match[1]} is missing")
            continue
        found.append(f"{match[1]} {have}")
        if match[3] and _numbers(have) < _numbers(match[3]):
            wrong.append(f"{match[1]} {have} is older than {match[3]}")
    if wrong:
        yield problem("libraries", ", ".join(wrong), "run: pip install --upgrade searchapp")
    else:
        yield ok("libraries", ", ".join(sorted(found, key=str.lower)))


def whoosh() -> Iterator[Finding]:
    """Check that exactly one distribution of Whoosh is installed."""
    found = whoosh_distributions.installed()
    versions = " and ".join(f"{name} {version}" for name, version in sorted(found.items()))
    if not found:
        yield problem("whoosh", "Whoosh is not installed", f"run: pip install {whoosh_distributions.WANTED}")
    elif len(found) > 1:
        remedy = f"run: {whoosh_distributions.remedy(found)}"
        yield problem("whoosh", f"{versions} are installed together and overwrite each other's files", remedy)
    elif "whoosh-reloaded" in found:
        yield warning("whoosh", f"{versions}, which nobody looks after", f"run: {whoosh_distributions.remedy(found)}")
    else:
        yield ok("whoosh", versions)


def user() -> Iterator[Finding]:
    """Check that the process does not run as root."""
    if os.geteuid() == 0:
        yield warning("user", "this runs as root", "run searchapp as a user of its own, who owns nothing but the index")
    else:
        yield ok("user", f"user {os.geteuid()}, not root")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
