"""The results of checks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FindingLevel(StrEnum):
    """Severity of a finding."""

    OK = "ok"
    WARNING = "warning"
    """It works, but may not be intended."""
    PROBLEM = "problem"
    """It does not work, or is not safe."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check: its name, severity, description, and what to do ("" if nothing)."""

    check: str
    status: FindingLevel
    found: str
    remedy: str = ""


def ok(check: str, found: str, remedy: str = "") -> Finding:
    """Return a good finding; the remedy says how to change that."""
    return Finding(check, FindingLevel.OK, found, remedy)


def warning(check: str, found: str, remedy: str) -> Finding:
    """Return a finding of something that works but may not be intended."""
    return Finding(check, FindingLevel.WARNING, found, remedy)


def problem(check: str, found: str, remedy: str) -> Finding:
    """Return a finding of something that does not work or is not safe."""
    return Finding(check, FindingLevel.PROBLEM, found, remedy)


def counted(value: int, noun: str) -> str:
    """Return a number with its noun: `1 article`, `2 articles`."""
    return f"{value:,} {noun}{'' if value == 1 else 's'}"


def of_error(check: str, error: Exception) -> Finding:
    """Return the finding of an error of searchapp, whose text ends with `; ` and what to do."""
    found, _, remedy = str(error).rpartition("; ")
    return problem(check, found or remedy, remedy if found else "")
