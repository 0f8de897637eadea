"""The rules that content can break, by their codes: what each is about, what to do, and whether it is looked for.

Here is all that can be said of a rule without looking at a file: what finds it is elsewhere, and names it by its code.
A code never changes its meaning, as configurations name it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from searchapp.model import Problem


class Severity(StrEnum):
    """What a broken rule means: the article can't be read, readers see a flaw, it could be better."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


ERROR, WARNING, NOTE = Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what breaks it, what to do then, and whether it is looked for unless that is asked for."""

    code: str
    summary: str
    remedy: str
    severity: Severity = WARNING
    default: bool = True


_ALL = (
    # Files
    Rule("folder-unreadable", "a folder can't be read", "let the user that runs searchapp read it", ERROR),
    Rule("file-unreadable", "a file can't be read", "let the user that runs searchapp read it", ERROR),
    Rule("file-odd", "something named like an article is no file", "remove it, or give it another ending", ERROR),
    Rule("file-symlink", "a symbolic link is not followed", "put the file or folder itself there"),
    Rule("file-name-clash", "two names are the same once made readable", "rename one of the files", ERROR),
    Rule("file-too-large", "a file is larger than is read", "split the article", ERROR),
    Rule("file-unconvertible", "an article can't be converted", "look for what is odd in it, or split it", ERROR),
    Rule("encoding-invalid", "bytes that are no UTF-8", "save the file as UTF-8"),
    Rule("site-config", "the generator's configuration can't be read", "correct it, as its reason says"),
    # Front matter
    Rule("front-matter-invalid", "front matter that can't be read", "correct it, as its reason says", ERROR),
    Rule("front-matter-unclosed", "front matter without an end", "close it with the line it was opened with"),
    Rule("front-matter-shape", "front matter without keys", "write it as keys and values, such as title: Words"),
    Rule("key-duplicate", "a key is given twice", "keep one of them"),
    Rule("date-unreadable", "a date that can't be read", "write it as 2024-12-31 or 2024-12-31 23:59:00 +01:00"),
    Rule("date-file-name", "the date in a file name is in no calendar", "correct the file name"),
    Rule("tags-too-many", "more tags or categories than are read", "keep those that readers look for", ERROR),
    Rule("search-key", "a setting below `search` is not understood", "write boost or exclude, as the README says"),
    Rule("permalink-unusable", "a permalink that is no address", "write a path such as /2024/words/"),
    Rule("alias-unusable", "an earlier address that is no path", "write a path such as /2024/words/"),
    # Bodies
    Rule("body-unrendered", "a body that can't be rendered as Markdown", "look for what is odd in it, or split it"),
    # Across articles
    Rule("permalink-clash", "two articles have one permalink", "give one of them another permalink or slug"),
    # Links among articles
    Rule("link-broken", "a link to an article that is not there", "correct the address, or remove the link"),
    Rule("link-unclear", "a link that looks like one to an article that is not there", "look whether it works", NOTE),
    Rule("link-hidden", "a link to an article that readers do not see", "publish it, or remove the link"),
    Rule("link-redirect", "a link to a former address of an article", "write the present one", NOTE),
    Rule("link-spelling", "a link that differs in case or ending from the address", "write it as it is", NOTE),
    Rule("link-no-scheme", "a link to another site without https://", "write https:// before it"),
    # The configuration
    Rule("pin-query", "a pin for a query that can't have one", "use plain words"),
    Rule("pin-article", "a pin for an article that is not shown", "correct the id or the address, or remove it"),
)

RULES = {rule.code: rule for rule in _ALL}
"""All rules by code, in the order in which they are listed."""


def remedy(problem: Problem) -> str:
    """What to do about a problem."""
    rule = RULES.get(problem.code)
    return problem.remedy or (rule.remedy if rule else "")


def severity(problem: Problem) -> Severity:
    """What a problem means: a file that is skipped is an error, whatever the rule."""
    rule = RULES.get(problem.code)
    return ERROR if problem.skipped else rule.severity if rule else WARNING
