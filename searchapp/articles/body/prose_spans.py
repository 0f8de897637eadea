"""Prose of a Markdown source at its offsets, where links could be inserted, and the targets of existing links.

Nothing is rendered: everything else (front matter, code, links, images, HTML tags, Liquid, shortcodes,
headings, table rules) is overwritten character by character, so that offsets are those of the source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

WALL = "\x1e"
"""Placeholder that no phrase may cross: what is not prose, and ends of paragraphs, list items and table cells."""
_END = "\x1d"
"""The same where links end, too."""

_FENCE = re.compile(r"^[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)$", re.M)
_ENCLOSED = re.compile(
    r"""\{%-?[ ]*(?P<liquid>highlight|codeblock|prism|raw|comment)\b[^%\n]*%\}
      | \{\{[<%][ ]*(?P<shortcode>highlight|mermaid|math|gist)\b[^\n]*?[>%]\}\}
      | \\?\[(?P<wp>code|sourcecode)\b[^\]\n]*\]
      | <(?P<html>pre|script|style|code|kbd|samp|tt|a|button|textarea|select|svg|iframe|object|math|h[1-6])
            \b[^<>]*(?<!/)>
      | (?P<remark><!--)
      | (?P<formula>\$\$)
      | (?P<escaped>\\[`<])
      | (?P<ticks>`+)""",
    re.X | re.I,
)
_HREF = re.compile(r"""\bhref[ \n]*=[ \n]*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.I)
_LINES = re.compile(
    r"""^[ ]{0,3}\#{1,6}(?:[ \t][^\n]*|)$                                   # a heading
      | ^(?P<setext>[ ]{0,3}\S[^\n]*)\n[ ]{0,3}(?:=+|-{2,})[ \t]*$          # a heading by what is below it
      | ^[ ]{0,3}\[(?P<name>[^\[\]\n]{1,999})\]:[ \t]*\n?[ \t]*(?:<(?P<angle>[^<>\n]*)>|(?P<target>\S+))[^\n]*$
      | ^[ ]{0,3}\*\[[^\]\n]*\]:[^\n]*$                                     # an abbreviation
      | ^[ \t]*\{:[^{}\n]*\}[ \t]*$
      | ^[ \t:-]*+\|[ \t|:-]*+$
      | ^(?:import|export)[ ][^\n]*(?:\bfrom\b|=|\()[^\n]*$""",
    re.M | re.X,
)
_INDENTED = re.compile(r"(?:(?<=\n\n)|\A)(?:(?:[ ]{4}|\t)[^\n]*+(?:\n|\Z)|\n(?=[ ]{4}|\t))++")
_LIST_ABOVE = re.compile(r"(?:\A|\n)[ \t]{0,3}(?:[-*+]|\d{1,9}[.)])[ \t][^\n]*(?:\n(?:[ \t]+[^\n]*)?)*\Z")
_BREAKS = re.compile(
    r"^[ \t]*(?:>[ \t>]*)?\n|^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t])?|^[ \t]*>[ \t>]*", re.M
)
_LIQUID = re.compile(r"\{%[^\n]{0,1000}?%\}|\{\{[^\n]{0,1000}?\}\}|\{:[^{}\n]*\}|\{#[\w:.-]+\}")
_SHORTCODE = re.compile(r"\\?\[(?:/[a-z][\w-]*|[a-z][\w-]*[ ][\w-]+=[^\]\n]{0,1000})\\?\](?![(\[:])")
_ADDRESS = re.compile(
    r"<?\b(?:https?://|www\.|mailto:)[^\s<>\"\x1d\x1e]+>?|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}", re.I
)
_POST_URL = re.compile(r"\{%-?[ ]*(?:post_url|link)[ ]+[^%\n]*%\}|\{\{[<%][ ]*(?:rel)?ref[ ]+[^\n]*?[>%]\}\}")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<![^<>]*>")
_INLINE = re.compile(r"\\[^\w\s]|(?P<open>!?\[)|(?P<close>\])|(?P<end>\x1d)")
_TARGET = re.compile(
    r"""\(\s*(?:<(?P<angle>[^<>\n]*)>
           | (?P<plain>(?:\{\{[^{}\n]{0,200}\}\}|\{%[^%\n]{0,300}%\}|[^\s()<>\x1d]|\([^\s()\x1d]{0,500}\))*+))
        (?:\s+(?:"[^"\x1d]{0,1000}"|'[^'\x1d]{0,1000}'|\([^()\x1d]{0,1000}\)))?\s*\)""",
    re.X,
)
_REFERENCE = re.compile(r"[ ]?\[([^\[\]\n\x1d]{0,999})\]")
_TRANSPARENT = re.compile(
    r"\\(?=[^\w\s])|(?<!\w)_{1,3}(?=[^\W_])|(?<=[^\W_])_{1,3}(?!\w)|&(?:[A-Za-z]{2,32}|#\d{1,7}|#[xX][\da-fA-F]{1,6});"
)
_PIPES = re.compile(r"^[ \t]*\|[^\n]*$|^[^\n]*[^\\\n]\|[^\n]*\|[^\n]*$", re.M)
_SUSPECT = re.compile(r"^(?=[^\n]*[\[\]<>{}`|]|#|[ ]{4}|\t)[^\n]*$", re.M)


@dataclass(frozen=True, slots=True)
class ProseSpans:
    """The prose and links of a source.

    text    as long as the source: its prose at the same offsets, WALL or blanks for everything else
    links   distinct targets of its links as written; of Liquid's `post_url` and the like the whole tag
    """

    text: str
    links: tuple[str, ...]


def prose_spans(source: str, body: int) -> ProseSpans:
    """Return the prose of a source whose body starts at an offset. Linear in all but hostile text."""
    scanner = _Scanner(source)
    scanner.wall(0, body)
    scanner.blocks(body)
    scanner.lines(body)
    scanner.inline()
    return ProseSpans(scanner.now().replace(_END, WALL), tuple(dict.fromkeys(filter(None, scanner.links))))


def plain_prose_spans(source: str, body: int) -> ProseSpans:
    """Return the same without scanning: only lines without significant markup, and no links."""
    shown = WALL * body + _SUSPECT.sub(lambda match: WALL * len(match[0]), source[body:])
    return ProseSpans(re.sub(r"\n(?=[ \t]*\n)", WALL, shown), ())


class _Scanner:
    def __init__(self, source: str) -> None:
        self.source = source
        self.shown = list(source)
        self.links: list[str] = []
        self.names: dict[str, str] = {}

    def wall(self, start: int, end: int) -> None:
        # Line ends stay, for what looks for the starts of lines.
        self.shown[start:end] = [c if c == "\n" else WALL for c in self.shown[start:end]]

    def now(self) -> str:
        return "".join(self.shown)

    def blocks(self, at: int) -> None:
        """Overwrite fenced and enclosed blocks, whichever opens first; their content is not scanned."""
        unending: set[str] = set()
        fences, enclosed = _FENCE.search(self.source, at), _ENCLOSED.search(self.source, at)
        while fences or enclosed:
            if fences and (not enclosed or fences.start() <= enclosed.start()):
                end = self._after_fence(fences)
                self.wall(fences.start(), end)
            else:
                assert enclosed is not None
                end = self._after_enclosed(enclosed, unending)
            at = max(end, at + 1)
            if fences and fences.start() < at:
                fences = _FENCE.search(self.source, at)
            if enclosed and enclosed.start() < at:
                enclosed = _ENCLOSED.search(self.source, at)

    def _after_fence(self, opened: re.Match[str]) -> int:
        fence = opened["fence"]
        if fence[0] == "`" and "`" in opened["info"]:
            return opened.end("fence")
        closed = re.compile(rf"^[ \t>]*{fence[0]}{{{len(fence)},}}[ \t]*$", re.M).search(self.source, opened.end())
        return closed.end() if closed else len(self.source)

    def _after_enclosed(self, opened: re.Match[str], unending: set[str]) -> int:
        name = opened.lastgroup or ""
        word = opened[name].lower()
        if name == "escaped":
            return opened.end()
        ends = {
            "liquid": rf"\{{%-?[ ]*end{word}\b[^%\n]*%\}}",
            "shortcode": rf"\{{\{{[<%][ ]*/[ ]*{word}[ ]*[>%]\}}\}}",
            "wp": rf"\\?\[/{word}\\?\]",
            "html": rf"</{word}[ \n]*>",
            "remark": "-->",
            "formula": r"\$\$",
            "ticks": rf"(?<!`)`{{{len(word)}}}(?!`)|\n[ \t]*\n",
        }
        if word == "a" and (href := _HREF.search(opened[0])):
            self.links.append(href[1] or href[2] or href[3] or "")
        closed = None if word in unending else re.compile(ends[name], re.I).search(self.source, opened.end())
        if closed is None:
            unending.add(word)
            return opened.end()
        if not closed[0].strip():
            return opened.end()
        self.wall(opened.start(), closed.end())
        return closed.end()

    def lines(self, body: int) -> None:
        """Overwrite headings, definitions and indented code; set walls between paragraphs, items and cells."""
        text = self.now()
        for match in _LINES.finditer(text, body):
            if match["setext"] is not None and re.match(r"[ ]{0,3}(?:[-*+>]|\d+[.)])[ \t]|[ ]{0,3}>", match["setext"]):
                continue
            if match["name"] is not None:
                if match["name"].startswith("^"):
                    self.wall(match.start(), match.end("name") + 2)
                    continue
                self.names[_name(match["name"])] = match["angle"] or match["target"] or ""
            self.wall(*match.span())
        for match in _INDENTED.finditer(text, body):
            if not _LIST_ABOVE.search(text, max(body, match.start() - 2000), match.start()):
                self.wall(*match.span())
        for match in _BREAKS.finditer(text, body):
            self.shown[match.start() : match.end()] = _END * len(match[0])
        for match in _PIPES.finditer(text, body):
            for place in range(*match.span()):
                if text[place] == "|":
                    self.shown[place] = _END

    def inline(self) -> None:
        """Overwrite Liquid, URLs, tags, code and links within the paragraphs."""
        for match in _POST_URL.finditer(self.now()):
            self.links.append(match[0])
        for match in _SHORTCODE.finditer(self.now()):
            self.wall(*match.span())
        self._spans()
        for pattern in (_LIQUID, _ADDRESS, _TAG):
            for match in pattern.finditer(self.now()):
                if pattern is _ADDRESS:
                    self.links.append(match[0].strip("<>").rstrip(".,;:!?)\"'"))
                self.wall(*match.span())
        for match in _TRANSPARENT.finditer(self.now()):
            self.shown[match.start() : match.end()] = " " * len(match[0])

    def _spans(self) -> None:
        text = self.now()
        opened: list[re.Match[str]] = []
        at = 0
        while match := _INLINE.search(text, at):
            at = match.end()
            if match["end"]:
                self._lone(opened)
            elif match["open"]:
                opened.append(match)
            elif match["close"]:
                at = self._link(text, opened, match) if opened else at
                self.wall(*match.span())
        self._lone(opened)

    def _lone(self, opened: list[re.Match[str]]) -> None:
        """Overwrite unclosed brackets, which would end a link that is put around them."""
        for match in opened:
            self.wall(*match.span())
        opened.clear()

    def _link(self, text: str, opened: list[re.Match[str]], closed: re.Match[str]) -> int:
        start = opened.pop()
        picture = start[0] == "!["
        if target := _TARGET.match(text, closed.end()):
            found, end = target["angle"] or target["plain"] or "", target.end()
        else:
            reference = _REFERENCE.match(text, closed.end())
            label = self.source[start.end() : closed.start()]
            name = _name((self.source[reference.start(1) : reference.end(1)] if reference else "") or label)
            if name not in self.names and not label.startswith("^"):
                self.wall(*start.span())
                return closed.end()
            found, end = self.names.get(name, ""), reference.end() if reference and name in self.names else closed.end()
        if not picture:
            self.links.append(found)
            # A link holds no other.
            opened[:] = [each for each in opened if each[0] == "!["]
        self.wall(start.start(), end)
        return end


def _name(text: str) -> str:
    return " ".join(text.casefold().split())
