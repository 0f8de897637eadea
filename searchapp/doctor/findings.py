"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FindingLevel(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """It works, and may not be meant."""
    PROBLEM = "problem"
    """It does not work, or is not safe."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how that is, what was found, and what to do about it ("" if nothing)."""

    check: str
    status: FindingLevel
    found: str
    remedy: str = ""


def ok(check: str, found: str, remedy: str = "") -> Finding:
    """All is well; the remedy is for who wants it otherwise."""
    return Finding(check, FindingLevel.OK, found, remedy)


def warning(check: str, found: str, remedy: str) -> Finding:
    """Worth a thought."""
    return Finding(check, FindingLevel.WARNING, found, remedy)


def problem(check: str, found: str, remedy: str) -> Finding:
    """To be mended."""
    return Finding(check, FindingLevel.PROBLEM, found, remedy)


def counted(value: int, noun: str) -> str:
    """`1 article`, `2 articles`"""
    return f"{value:,} {noun}{'' if value == 1 else 's'}"


def of_error(check: str, error: Exception) -> Finding:
    """Of an error of searchapp, whose last part says what to do."""
    found, _, remedy = str(error).rpartition("; ")
    return problem(check, found or remedy, remedy if found else "")
