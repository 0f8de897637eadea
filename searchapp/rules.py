"""The table of the rules of `check`, by code. Their implementations are elsewhere, and refer to the codes.

A code never changes its meaning, as configurations name it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from searchapp.model import Problem


class Severity(StrEnum):
    """Severity of a rule: the article can't be read, readers see a flaw, it could be better."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


ERROR, WARNING, NOTE = Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it finds, the remedy, its severity, and whether it applies by default."""

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
    Rule("search-key", "a setting below `search` is not understood", "write boost or exclude; searchapp help articles"),
    Rule("permalink-unusable", "a permalink that is no address", "write a path such as /2024/words/"),
    Rule("alias-unusable", "an earlier address that is no path", "write a path such as /2024/words/"),
    Rule("key-misspelt", "a key one slip away from a known one", "correct it"),
    Rule("key-empty", "a key without a value", "give it one, or remove the key", NOTE, False),
    Rule("value-serialised", "a value that PHP has serialised", "write it out, or remove the key", NOTE, False),
    Rule("email-exposed", "an e-mail address in front matter", "leave it out: whoever reads the repository has it"),
    Rule("title-missing", "an article without a title", "add title: to the front matter"),
    Rule("date-missing", "a post without a date", "add date: 2024-12-31 to the front matter"),
    Rule("date-implausible", "a date that is hardly meant: long past, years ahead, 1970-01-01", "correct it"),
    Rule("date-mismatch", "front matter and file name differ on the date", "correct one of them"),
    Rule("tags-divided", "tags with commas that Jekyll divides at blanks", "write them as a list: [one, two words]"),
    Rule("tag-blank", "an empty tag or category", "remove it from the list"),
    Rule("tag-repeated", "the same tag twice", "remove one", NOTE),
    Rule("description-missing", "no description or summary", "add description: with a sentence or two", NOTE, False),
    Rule("description-long", "a description longer than is shown", "say it in 160 characters", NOTE, False),
    Rule("alias-self", "an earlier address that is the present one", "remove it"),
    # Bodies
    Rule("body-unrendered", "a body that can't be rendered as Markdown", "look for what is odd in it, or split it"),
    Rule("body-empty", "an article without a body", "write it, or set published: false"),
    Rule("heading-empty", "a heading without words", "remove the signs, or write it"),
    Rule("heading-blank", "no blank after the signs of a heading", "put one between the signs and the words"),
    Rule("heading-top", "several headings of the first level", "use ## and below: the title is the first", NOTE, False),
    Rule("heading-skipped", "a heading more than one level below the last", "use the next level", NOTE, False),
    Rule("heading-repeated", "two headings with the same words", "tell them apart, as links to them do", NOTE, False),
    Rule("image-alt", "a picture without a description", "say in the brackets what it shows: ![a red kite](kite.jpg)"),
    Rule("image-alt-name", "a file's name as a description", "say what the picture shows", NOTE),
    Rule("link-text", "a link without words", "write words, or remove it"),
    Rule("link-target", "a link that leads nowhere", "write its address, or remove it"),
    Rule("link-local", "a link to the author's own machine", "write the address that readers have"),
    Rule("link-malformed", "an address that can't be right", "correct it"),
    Rule("link-written", "a link that is not read as one", "write [words](https://example.org/)"),
    Rule("embed-insecure", "something embedded from http://", "use https://: browsers block the other"),
    Rule("url-bare", "an address instead of words", "write [words](address)", NOTE, False),
    Rule("reference-undefined", "a link by a name that nothing defines", "add a line [name]: https://example.org/"),
    Rule("reference-unused", "a definition that no link uses", "remove it", NOTE, False),
    Rule("footnote-undefined", "a mark of a footnote that is not there", "add a line [^1]: words"),
    Rule("footnote-unused", "a footnote that nothing refers to", "put its mark [^1] where it belongs, or remove it"),
    Rule("fence-unclosed", "code without an end", "close it with a line of the same signs"),
    Rule("comment-unclosed", "a comment without an end", "close it with -->"),
    Rule("liquid-unbalanced", "Liquid blocks that do not match", "open and close them in pairs", ERROR),
    Rule("liquid-unclosed", "a Liquid tag without an end", "close it; write it within {% raw %} if it is meant", ERROR),
    Rule("liquid-foreign", "Liquid for a generator that does not read it", "replace it with what the page should show"),
    Rule("shortcode-left", "a WordPress shortcode that nothing reads", "write Markdown or HTML for it"),
    Rule("conflict-marker", "a merge conflict left unsettled", "keep one side, and remove the markers", ERROR),
    Rule("character-control", "a control character", "remove it"),
    Rule("character-replaced", "characters lost in a conversion", "write them anew"),
    Rule("character-garbled", "text read in the wrong encoding", "write the character that was meant"),
    Rule("character-hidden", "a character that turns the direction of text, or a stray byte order mark", "remove it"),
    Rule("character-zero-width", "a blank without a width", "remove it, or write \\ before the sign", NOTE, False),
    Rule("line-ends-mixed", "line ends of two kinds", "save the file with one kind", NOTE, False),
    Rule("word-doubled", "the same short word twice", "remove one"),
    Rule("text-placeholder", "placeholder text", "write what belongs there"),
    Rule("todo-left", "a TODO in the text", "do it, or remove it", NOTE, False),
    # Across articles
    Rule("permalink-clash", "two articles have one permalink", "give one of them another permalink or slug"),
    # Links among articles
    Rule("link-broken", "a link to an article that is not there", "correct the address, or remove the link"),
    Rule("link-unclear", "a link that looks like one to an article that is not there", "look whether it works", NOTE),
    Rule("link-hidden", "a link to an article that readers do not see", "publish it, or remove the link"),
    Rule("link-redirect", "a link to a former address of an article", "write the present one", NOTE),
    Rule("link-spelling", "a link that differs in case or ending from the address", "write it as it is", NOTE),
    Rule("link-no-scheme", "a link to another site without https://", "write https:// before it"),
    Rule("alias-clash", "an earlier address that is another's", "remove it from one of the articles"),
    Rule("title-repeated", "two articles with one title", "tell them apart: readers see only the title", NOTE),
    # The configuration
    Rule("pin-query", "a pin for a query that can't have one", "use plain words"),
    Rule("pin-article", "a pin for an article that is not shown", "correct the id or the address, or remove it"),
    Rule("synonym-unknown", "synonyms of which no article has any", "correct their spelling, or remove them"),
)

RULES = {rule.code: rule for rule in _ALL}
"""All rules by code, in display order."""
DEFAULT, ALL = "default", "all"
"""Names of the default rules and of all rules in a selection."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules to apply. `off` has pairs of a code and a pattern of the paths for which it is disabled."""

    codes: frozenset[str]
    off: tuple[tuple[str, str], ...] = ()

    def __contains__(self, problem: Problem) -> bool:
        """Whether a problem is to be reported."""
        return problem.code in self.codes and not any(
            fnmatchcase(problem.code, code) and fnmatchcase(problem.path, path) for code, path in self.off
        )


def select(selected: Iterable[str], ignored: Iterable[str]) -> Selection:
    """Return the selection of rules by valid patterns (see `complaint`).

    selected    codes or patterns of them (`link-*`), `default` or `all`; none means `default`
    ignored     the same, each optionally with a pattern of paths below the content folder (`image-alt:2009/*`)
    """
    codes = frozenset().union(*(_matching(each) for each in list(selected) or [DEFAULT]))
    pairs = [each.partition(":") for each in ignored]
    gone = frozenset().union(*(_matching(code) for code, _, path in pairs if not path))
    off = tuple((c, path) for code, _, path in pairs if path for c in sorted(_matching(code) & codes))
    return Selection(codes - gone, off)


def complaint(pattern: str, *, paths: bool = False) -> str:
    """Return what is wrong with a pattern of codes, as the end of a sentence; "" if it is valid.

    paths   whether the pattern may have a path
    """
    code, _, path = pattern.partition(":")
    if path and not paths:
        return f"{pattern!r} names a path; that works where rules are switched off"
    if _matching(code):
        return ""
    from difflib import get_close_matches  # here, since hardly any run needs it

    meant = get_close_matches(code, RULES, 1)
    hint = f"did you mean {meant[0]}?" if meant else "searchapp check --rules lists all"
    return f"there is no rule {code!r}; {hint}"


def _matching(pattern: str) -> frozenset[str]:
    if pattern == DEFAULT:
        return frozenset(rule.code for rule in _ALL if rule.default)
    return frozenset(code for code in RULES if pattern == ALL or fnmatchcase(code, pattern))


def remedy(problem: Problem) -> str:
    """Return what to do about a problem: its own remedy, else its rule's."""
    rule = RULES.get(problem.code)
    return problem.remedy or (rule.remedy if rule else "")


def severity(problem: Problem) -> Severity:
    """Return the severity of a problem: that of its rule, ERROR for a skipped file."""
    rule = RULES.get(problem.code)
    return ERROR if problem.skipped else rule.severity if rule else WARNING
