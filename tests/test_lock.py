"""What deployments install: every dependency is locked, in a version that is allowed, by its digests."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
_DIGESTS = r"((?:    --hash=sha256:[0-9a-f]{64}[ \\]*\n)+)"
LOCKED = re.findall(rf"^([A-Za-z0-9._-]+)==([^ ;\\]+)[^\n]*\\\n{_DIGESTS}", LOCK, re.MULTILINE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = [Requirement(text) for text in PROJECT["dependencies"]]


@pytest.mark.parametrize("wanted", DECLARED, ids=str)
def test_each_dependency_is_locked_in_a_version_that_is_allowed(wanted: Requirement) -> None:
    found = [version for name, version, _ in LOCKED if canonicalize_name(name) == canonicalize_name(wanted.name)]
    assert found, f"{wanted.name} is not locked; run the command at the top of requirements.lock"
    assert all(Version(version) in wanted.specifier for version in found)


def test_nothing_is_locked_without_its_digest() -> None:
    assert len(re.findall(r"^[A-Za-z0-9]", LOCK, re.MULTILINE)) == len(LOCKED)
