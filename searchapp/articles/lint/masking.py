"""A body without its code: the same text, character for character, with fillers where rules must not look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

CODE = "\ue000"
"""Stands for a character of code, of a comment or of anything else that is not prose."""
VALUE = "\ue001"
"""Stands for a character of Liquid or of a shortcode: text that is not known here."""
MAX_TICKS = 20
MAX_INNER = 2000
"""Characters of an element that is looked at."""

_OPENER = re.compile(
    r"""^(?P<prefix>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*
      | (?P<comment>(?P<start>^[ \t>]*)?<!--)
      | <(?P<tag>pre|script|style|textarea|code|svg|math|kbd|samp|tt)\b[^<>]{0,2000}>
      | \{%-?[ ]*(?P<liquid>highlight|codeblock|prism|comment)\b[^%\n]*%\}
      | \{\{[<%][ ]*(?P<shortcode>highlight)\b[^\n]*?[>%]\}\}
      | \\?\[(?P<brackets>code|sourcecode|php|css|html|xml|js|javascript|python|sql|csharp)\b[^\]\n]*\](?!\()
      | (?P<math>\$\$)
      | (?P<jsx>\{/\*)
      | (?P<ticks>`+)
      | (?P<escape>\\[!-/:-@\[-`{-~])""",
    re.M | re.X | re.I,
)
_BLANK_LINE = re.compile(r"\n[ \t>]*\n")
_LIST_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)")
_LIQUID = re.compile(r"\{%(?:[^%{]|%(?!\})|\{(?!%))*%\}|\{\{(?:[^{}]|\}(?!\})|\{(?!\{))*\}\}")
_NOT_BREAK = re.compile(r"[^\n]")


@dataclass(slots=True)
class Masked:
    """What `mask` gives.

    code        the text with CODE for code
    prose       with VALUE for Liquid and shortcodes, too; both as long as the text, their line ends at the same places
    unclosed    (rule, offset, what it was opened with) of blocks that never end
    """

    code: str
    prose: str
    unclosed: list[tuple[str, int, str]] = field(default_factory=list)


def mask(text: str) -> Masked:
    """The text without what is no prose. Time is linear in it, whatever it holds."""
    scanner = _Scanner(text)
    scanner.run()
    code = _without_indented("".join(scanner.out))
    prose = _LIQUID.sub(lambda match: _NOT_BREAK.sub(VALUE, match[0]), code) if "{%" in code or "{{" in code else code
    return Masked(code, prose, scanner.unclosed)


class Elements:
    """The elements of HTML with one name, not nested: (opening tag, text up to the closing one)."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self._opening = re.compile(rf"<{name}\b(?P<attributes>[^<>]{{0,2000}})>", re.I)
        self._closing = re.compile(rf"</{name}[ \t\n]*>", re.I)

    def __iter__(self) -> Iterator[tuple[re.Match[str], str]]:
        closing: re.Match[str] | None = None
        for opening in self._opening.finditer(self.text):
            # Looked for again only once it is passed: there may be many that open and none that closes.
            if closing is None or closing.start() < opening.end():
                closing = self._closing.search(self.text, opening.end())
                if closing is None:
                    return
            if closing.start() - opening.end() <= MAX_INNER:
                yield opening, self.text[opening.end() : closing.start()]


class _Scanner:
    """From left to right over what opens code; what closes it is looked for once, and not again if it is not there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[str] = []
        self.done = 0
        self.unclosed: list[tuple[str, int, str]] = []
        self.unending: set[str] = set()
        self.paragraph_end = -1
        self.tick_limits: dict[int, int] = {}

    def run(self) -> None:
        position = 0
        while match := _OPENER.search(self.text, position):
            end = self._end(match)
            if end is None:
                position = match.end()
                continue
            self.out.append(self.text[self.done : match.start()])
            self.out.append(_NOT_BREAK.sub(CODE, self.text[match.start() : end]))
            self.done = position = end
        self.out.append(self.text[self.done :])

    def _end(self, match: re.Match[str]) -> int | None:
        """Where the code that is opened here ends; None if it is none after all."""
        if match["escape"]:
            return match.end()
        if match["fence"]:
            return self._fence(match)
        if match["ticks"]:
            return self._ticks(match)
        if match["math"]:
            return self._until(match, "$$", r"\$\$", self._paragraph_end(match.end()))
        if match["comment"]:
            end = self._until(match, "-->", "-->")
            if end is None and match["start"] is not None and not self.unclosed:
                # Within a line it is shown as it is.
                self.unclosed.append(("comment-unclosed", match.end() - 4, "<!--"))
            return end
        if match["jsx"]:
            return self._until(match, "*/", r"\*/\}")
        if match["tag"]:
            return self._until(match, match["tag"].lower(), rf"</{match['tag']}[ \t\n]*>")
        if match["liquid"]:
            return self._until(match, f"%{match['liquid']}", rf"\{{%-?[ ]*end{match['liquid']}\b[^%\n]*%\}}")
        if match["shortcode"]:
            return self._until(match, "shortcode", r"\{\{[<%][ ]*/[ ]*highlight[ ]*[>%]\}\}")
        return self._until(match, f"[{match['brackets']}", rf"\\?\[/{match['brackets']}\\?\]")

    def _until(self, match: re.Match[str], name: str, pattern: str, limit: int | None = None) -> int | None:
        if name in self.unending:
            return None
        limit = len(self.text) if limit is None else limit
        closed = re.compile(pattern, re.I).search(self.text, match.end(), limit)
        if closed is None and limit == len(self.text):
            self.unending.add(name)
        return closed.end() if closed else None

    def _fence(self, match: re.Match[str]) -> int:
        fence = match["fence"]
        close = re.compile(rf"^[ \t>]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$", re.M)
        closed = close.search(self.text, min(match.end() + 1, len(self.text)))
        if closed is None:
            self.unclosed.append(("fence-unclosed", match.start("fence"), fence))
            return len(self.text)
        return closed.end()

    def _ticks(self, match: re.Match[str]) -> int | None:
        number = len(match["ticks"])
        limit = self._paragraph_end(match.end())
        if number > MAX_TICKS or self.tick_limits.get(number) == limit:
            return None
        closed = re.compile(rf"(?<!`)`{{{number}}}(?!`)").search(self.text, match.end(), limit)
        if closed is None:
            self.tick_limits[number] = limit
            return None
        return closed.end()

    def _paragraph_end(self, position: int) -> int:
        if self.paragraph_end < position:
            blank = _BLANK_LINE.search(self.text, position)
            self.paragraph_end = blank.start() if blank else len(self.text)
        return self.paragraph_end


def _without_indented(text: str) -> str:
    """The text with fillers for indented code: four blanks after an empty line, and not within a list."""
    if "\n    " not in text and "\n\t" not in text and not _INDENTED.match(text):
        return text
    rows = text.split("\n")
    blank_before, in_code, in_list = True, False, False
    for number, row in enumerate(rows):
        if not row.strip():
            blank_before = True
            continue
        if _INDENTED.match(row):
            if in_code or (blank_before and not in_list):
                in_code = True
                rows[number] = CODE * len(row)
        else:
            in_code = False
            if _LIST_ITEM.match(row):
                in_list = True
            elif blank_before and not row.startswith((" ", "\t")):
                in_list = False
        blank_before = False
    return "\n".join(rows)
