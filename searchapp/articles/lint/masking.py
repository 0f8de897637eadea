"""Masking of code, comments and templates in a body with filler characters, so that offsets stay the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

CODE = "\ue000"
"""Filler for code, comments and everything else that is not prose."""
VALUE = "\ue001"
"""Filler for Liquid and shortcodes, whose output is unknown."""
MAX_TICKS = 20
MAX_INNER = 2000
"""Characters of an element's content, at most."""

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
class MaskedBody:
    """The result of `mask`; both texts are as long as the original, with the same line breaks.

    code        the text with CODE for code
    prose       the text with VALUE for Liquid and shortcodes, too
    unclosed    (rule, offset, opening mark) of blocks that never end
    """

    code: str
    prose: str
    unclosed: list[tuple[str, int, str]] = field(default_factory=list)


def mask(text: str) -> MaskedBody:
    """Mask everything in a body that is not prose. Linear in its length, for any text."""
    scanner = _Scanner(text)
    scanner.run()
    code = _without_indented("".join(scanner.out))
    prose = _LIQUID.sub(lambda match: _NOT_BREAK.sub(VALUE, match[0]), code) if "{%" in code or "{{" in code else code
    return MaskedBody(code, prose, scanner.unclosed)


class Elements:
    """Iterates over the HTML elements with a name, not nested: (match of the opening tag, inner text)."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self._opening = re.compile(rf"<{name}\b(?P<attributes>[^<>]{{0,2000}})>", re.I)
        self._closing = re.compile(rf"</{name}[ \t\n]*>", re.I)

    def __iter__(self) -> Iterator[tuple[re.Match[str], str]]:
        closing: re.Match[str] | None = None
        for opening in self._opening.finditer(self.text):
            # Searched again only once it is passed: there may be many opening tags and no closing one.
            if closing is None or closing.start() < opening.end():
                closing = self._closing.search(self.text, opening.end())
                if closing is None:
                    return
            if closing.start() - opening.end() <= MAX_INNER:
                yield opening, self.text[opening.end() : closing.start()]


class _Scanner:
    """One pass over the opening marks of code; a closing mark that is missing is searched only once."""

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
        """The end of the code that is opened here; None if it is no code."""
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
                # Within a line Markdown shows it literally.
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
    """Mask indented code: four blanks after an empty line, not within a list."""
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
