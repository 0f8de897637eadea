"""A body without Liquid and shortcodes, and with code replaced by placeholders, as input for Markdown.

Liquid is not run: without the site's own data, includes and plugins python-liquid loses the text of links and captions
of tags (`{% post_url %}`, `{% image alt="…" %}`), evaluates output in code and fails at an unclosed brace.

Code is not changed: fences, `{% highlight %}`, `[code]` and indented blocks are taken as written.
All patterns advance: the time is linear in the text for anything but hostile input, which the worker limits.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable

from searchapp.articles.generators import link_tags

Store = Callable[[str], str]
"""Stores a piece of HTML and returns the placeholder that Markdown will replace by it."""

_BRACE, _BRACKET, _PERCENT = "\ue010", "\ue011", "\ue012"
_LITERALS = str.maketrans({"{": _BRACE, "[": _BRACKET, "%": _PERCENT})
_RESTORE = str.maketrans({_BRACE: "{", _BRACKET: "[", _PERCENT: "%"})

_BLOCK = re.compile(
    r"""^(?P<prefix>[ \t>]*)(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)$
      | \{%-?[ ]*(?P<tag>highlight|codeblock|prism|raw|comment|endraw)\b(?P<args>[^%\n]*)-?%\}
      | \{\{[<%][ ]*(?P<shortcode>highlight)\b(?P<hargs>[^>%\n]*)[>%]\}\}
      | \\?\[(?P<wp>code|sourcecode)\b(?P<wargs>[^\]\n]*)\]""",
    re.M | re.X,
)
_CODE = (
    r"(?P<code>(?<!`)(?P<ticks>`{1,3})(?!`)[^`\n]+(?P=ticks)(?!`)"
    r"|(?:(?<=\n\n)|\A)(?:(?:[ ]{4}|\t)[^\n]*(?:\n|\Z))+)"
)
_ATTRIBUTE = r"""[\w-]+=(?:"[^"\n]*"|'[^'\n]*')"""
_MARK = re.compile(
    _CODE
    + r"""
      | \{\{[<%]/\*(?P<literal>[^\n]*?)\*/[>%]\}\}
      | \{\{[<%](?P<short>[^\n]*?)[>%]\}\}
      | \{\{-?(?P<output>(?:[^{}"'\n]|"[^"\n]*"|'[^'\n]*')*)-?\}\}
      | \{%-?(?P<liquid>(?:[^%]|%(?!\})){0,2000})%\}
      | (?P<toc>^[ ]{0,3}(?:[*+-]|1\.)[ ]+[^\n]*\n[ ]*\{:[^}\n]*toc[^}\n]*\}[ ]*$)
      | (?P<alone>^[ \t]*\{:[^{}\n]*\}[ \t]*$)
      | (?P<ial>\{:[ ]*(?:toc|no_toc|(?:[.#][\w-]+|ATTRIBUTE)(?:[ ]+(?:[.#]?[\w-]+|ATTRIBUTE))*)[ ]*\})
      | (?P<extension>\{::[^{}\n]*\}|\{:/[^{}\n]*\})
      | (?P<admonition>^[ \t]*:::+[ \t]*\w*(?:\[(?P<note>[^\]\n]*)\]|[ \t]+(?P<notes>[^\n]*))?$)""".replace(
        "ATTRIBUTE", _ATTRIBUTE
    ),
    re.M | re.X,
)
_WORDPRESS = re.compile(
    r"""\[/?(?:caption|wp_caption|gallery|embed|audio|video|playlist|youtube|vimeo|wpvideo|googlemaps|soundcloud|
            contact-form(?:-7)?|blockquote|pullquote|button|columns?|row|tweet|gist|polldaddy|spoiler|dropcap|alert|
            message|tags|list|highlight|toc|more|vc(?:\\?_[a-z]+)+|[a-z]+\\?_(?:list|button|row|column))
            \b(?:[ =:][^\]\n]*?)?\\?\](?!\()
      | \[/[a-z](?:\\?[\w-])*\\?\](?!\()
      | \[[a-z](?:\\?[\w-])*(?:[ ]+(?:\\?[\w-])+=(?:["'“”″‘’][^\]\n]*))\\?\](?!\()""",
    re.X,
)
_OUTSIDE_CODE = re.compile(_CODE + r"|\\?(?:" + _WORDPRESS.pattern + ")", re.M | re.X)
_HEADING_ID = re.compile(r"^(#{1,6}[ \t].*?)[ \t]*\n?[ \t]*\{:[^}\n]*?#([\w:.-]+)[^}\n]*\}[ \t]*$", re.M)
_SHOWN = re.compile(r"""\b(?:caption|alt|title|text|summary|label)[ ]*=[ ]*(?:"([^"\n]*)"|'([^'\n]*)')""", re.I)
_QUOTED = re.compile(r""""([^"\n]*)"|'([^'\n]*)'""")
_LIQUID_LITERAL = re.compile(r"""\{\{-?[ ]*(?:"([^"\n]*)"|'([^'\n]*)')[ ]*-?\}\}""")
_RAW_MARK = re.compile(r"\{%-?[ ]*(?:end)?raw[ ]*-?%\}\n?")
_HUGO_LITERAL = re.compile(r"(\{\{[<%])/\*([^\n]*?)\*/([>%]\}\})")
_LEFTOVER = re.compile(r"\{%[^{}]*%\}|\{\{[^{}]*\}\}")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:[ ]+\"[^\"]*\")?\)")
_CODE_DEFINITION = re.compile(r"^ {0,3}\[([^\]\n]*`[^\]\n]*)\]:[ \t]*<?([^\s<>]+)>?[^\n]*$", re.M)
_CODE_REFERENCE = re.compile(r"\[([^\[\]\n]*)\](?:\[([^\[\]\n]*`[^\[\]\n]*)\])?(?![\[(:])")
_LIST_MARK = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]")
_BULLET_AFTER_TEXT = re.compile(r"^(?![-*+] |\d+[.)] |[#>|])(\S[^\n]*)\n(?=[-*+] +\S|1[.)] +\S)", re.M)
_ENDS = {
    name: re.compile(r"\{%-?[ ]*end" + name + r"\b[^%\n]*%\}")
    for name in ("highlight", "codeblock", "prism", "raw", "comment")
}
_SHORTCODE_END = re.compile(r"\{\{[<%][ ]*/[ ]*highlight[ ]*[>%]\}\}")
_WORDPRESS_END = re.compile(r"\\?\[/(?:code|sourcecode)\\?\]")
_MDX_STATEMENT = re.compile(r"^(?:import|export)[ {][^\n]*(?:\n(?![ \t]*$)[^\n]*)*", re.M)
_MDX_COMMENT = re.compile(r"\{/\*.*?\*/\}", re.S)
_MDX_TAG = re.compile(r"</?[A-Z][\w.]*(?:[ \n][^<>]*)?/?>")
_MDX_EXPRESSION = re.compile(r"(?<!`)\{(?!#)[^{}`\n]*\}(?!`)")


def restore(text: str) -> str:
    """Return the text with the characters that `prepare` protected."""
    return text.translate(_RESTORE) if _BRACE in text or _BRACKET in text or _PERCENT in text else text


def leftovers(text: str) -> str:
    """Return prose without template code that only rendering revealed, or that raw HTML hid from Markdown."""
    if "{%" in text or "{{" in text:
        text = _LEFTOVER.sub("", text)
    if "](" in text:
        # Twice: a picture may stand in a link.
        text = _LINK.sub(r"\1", _LINK.sub(r"\1", text))
    return text


def prepare(text: str, store: Store, *, mdx: bool = False) -> str:
    """Return the Markdown of a body, with code blocks replaced by what `store` returns for their HTML."""
    text = text.translate({0xE010: None, 0xE011: None, 0xE012: None}) if _BRACE in text or _BRACKET in text else text
    if "\n- " in text or "\n* " in text or "\n1" in text or "\n+ " in text:
        text = _BULLET_AFTER_TEXT.sub(r"\1\n\n", text)
    if "`]:" in text:
        text = _linked(text)
    if not ("```" in text or "~~~" in text or "{%" in text or "{{" in text or "[code" in text or "[sourcecode" in text):
        return _prose(text, mdx)
    return _Scanner(text, store, mdx).run()


def _linked(text: str) -> str:
    """Write references by code, [`x`], out as links, as Markdown would parse the code first."""
    targets = {match[1].lower(): match[2] for match in _CODE_DEFINITION.finditer(text)}

    def link(match: re.Match[str]) -> str:
        target = targets.get((match[2] or match[1]).lower())
        return f"[{match[1]}]({target})" if target else match[0]

    return _CODE_REFERENCE.sub(link, _CODE_DEFINITION.sub("", text)) if targets else text


class _Scanner:
    """Walks over blocks of code and hidden ones."""

    def __init__(self, text: str, store: Store, mdx: bool, raw: bool = False) -> None:
        self.text, self.store, self.mdx, self.raw = text, store, mdx, raw
        self.out: list[str] = []
        self.position = 0
        self.unending: set[object] = set()

    def run(self) -> str:
        while match := _BLOCK.search(self.text, self.position):
            before = self.text[self.position : match.start()]
            self.out.append(self._between(before))
            if match["fence"]:
                self._fence(match)
            elif match["tag"]:
                self._liquid(match)
            else:
                end = _SHORTCODE_END if match["shortcode"] else _WORDPRESS_END
                language = (
                    (match["hargs"] or "").split() if match["shortcode"] else re.findall(r"\w+", match["wargs"])[-1:]
                )
                self._enclosed(match, end, language[0] if language else "")
        self.out.append(self._between(self.text[self.position :]))
        return "".join(self.out)

    def _between(self, text: str) -> str:
        return text.translate(_LITERALS) if self.raw else _prose(text, self.mdx)

    def _liquid(self, match: re.Match[str]) -> None:
        name = match["tag"]
        if name == "endraw" or self.raw:
            self.position = match.end()
            return
        if name not in {"raw", "comment"}:
            words = re.sub(r"lang:|:", " ", match["args"]).split()
            self._enclosed(match, _ENDS[name], words[0] if words else "")
            return
        inner = self._until(match, _ENDS[name])
        if inner is not None and name == "raw":
            self.out.append(_Scanner(inner, self.store, self.mdx, raw=True).run())

    def _until(self, match: re.Match[str], end: re.Pattern[str]) -> str | None:
        """Return the text up to the closing tag and skip both; skip the opening one only if there is none."""
        closed = None if end in self.unending else end.search(self.text, match.end())
        if closed is None:
            self.unending.add(end)
            self.position = match.end()
            return None
        self.position = closed.end()
        return self.text[match.end() : closed.start()]

    def _enclosed(self, match: re.Match[str], end: re.Pattern[str], language: str) -> None:
        inner = self._until(match, end)
        if inner is not None:
            self._code(inner.strip("\n"), language, "")

    def _fence(self, match: re.Match[str]) -> None:
        prefix, fence = match["prefix"], match["fence"]
        indent = len(prefix.expandtabs(4).rpartition(">")[2])
        if indent >= 4 and not self._in_list(match.start()):
            self.out.append(match[0])
            self.position = match.end()
            return
        close = re.compile(rf"^[ \t>]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$", re.M)
        closed = close.search(self.text, match.end())
        inner = self.text[match.end() + 1 : closed.start() if closed else len(self.text)]
        self.position = closed.end() if closed else len(self.text)
        info = match["info"].strip().lstrip("{.").split(",")[0].split("}")[0].split()
        if ">" in prefix:
            inner = re.sub(r"^[ \t]*>[ ]?", "", inner, flags=re.M)
        elif prefix:
            inner = textwrap.dedent(inner)
        self._code(
            inner.rstrip("\n"), info[0] if info else "", prefix if ">" in prefix else " " * (-(-indent // 4) * 4)
        )

    def _in_list(self, position: int) -> bool:
        """Whether the last line that is not indented by four starts a list item."""
        for _ in range(200):
            start = self.text.rfind("\n", 0, max(position - 1, 0)) + 1
            row = self.text[start:position]
            if row.strip() and (not row.startswith(("    ", "\t")) or _LIST_MARK.match(row)):
                return _LIST_MARK.match(row) is not None
            if start == 0:
                break
            position = start
        return False

    def _code(self, code: str, language: str, prefix: str) -> None:
        if "{%" in code or "{{" in code:
            code = _RAW_MARK.sub("", code)
            code = _LIQUID_LITERAL.sub(lambda m: m[1] or m[2] or "", code)
            code = _HUGO_LITERAL.sub(r"\1\2\3", code)
        name = re.sub(r"[^\w+#.-]", "", language)
        attribute = f' class="language-{name}"' if name else ""
        block = self.store(f"<pre><code{attribute}>{html.escape(code, quote=False)}\n</code></pre>")
        blank = prefix.rstrip()
        self.out.append(f"{blank}\n{prefix}{block}\n{blank}\n" if prefix else f"\n\n{block}\n\n")


def _prose(text: str, mdx: bool) -> str:
    if "{:" in text and "#" in text:
        text = _HEADING_ID.sub(r"\1 {#\2}", text)
    if "{" in text or ":::" in text:
        text = _MARK.sub(_replaced, text)
    if "[" in text and _WORDPRESS.search(text):
        text = _without_wordpress(text)
    if mdx:
        text = _MDX_COMMENT.sub("", _MDX_STATEMENT.sub("", text))
        text = _MDX_TAG.sub(lambda match: _shown(match[0]), text)
        text = _MDX_EXPRESSION.sub("", text)
    return text


def _without_wordpress(text: str) -> str:
    """Return the text without WordPress's shortcodes, escaped or not; those in code are kept."""
    return _OUTSIDE_CODE.sub(lambda match: match["code"] or "", text)


def _replaced(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if match["code"] is not None:
        return match[0]
    if match["literal"] is not None:
        opening, closing = match[0][:3], match[0][-3:]
        return (opening + match["literal"] + closing).translate(_LITERALS)
    if match["output"] is not None:
        return _output(match["output"])
    if match["short"] is not None or match["liquid"] is not None:
        inner = (match["short"] or match["liquid"] or "").strip(" \t\n-")
        before = match.string[max(0, match.start() - link_tags.LOOK_BEHIND) : match.start()]
        return link_tags.placeholder(inner, before) or _tag(inner)
    if kind in {"note", "notes", "admonition"}:
        return match["note"] or match["notes"] or ""
    return ""


def _output(expression: str) -> str:
    """Return what `{{ … }}` shows: a literal, or the captions of a shortcode call; values are unknown."""
    expression = expression.strip(" -")
    if literal := _QUOTED.match(expression):
        return (literal[1] or literal[2] or "").translate(_LITERALS)
    return _shown(expression) if "(" in expression else ""


def _tag(inner: str) -> str:
    """Return the captions of a tag or shortcode; of Octopress's `img` the quoted words."""
    if inner.startswith("img "):
        quoted = [a or b for a, b in _QUOTED.findall(inner)]
        return " ".join(dict.fromkeys(quoted))
    return _shown(inner)


def _shown(inner: str) -> str:
    if "=" not in inner:
        return ""
    return " ".join(dict.fromkeys((a or b).translate(_LITERALS) for a, b in _SHOWN.findall(inner)))
