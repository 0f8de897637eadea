"""Markdown -> HTML, with one converter per process and set of features."""

from __future__ import annotations

import functools
import html
import re
from typing import Any

import markdown
from markdown.extensions import Extension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import SimpleTagInlineProcessor

from searchapp.articles.body.inline import TriggeredInlineProcessor
from searchapp.articles.body.strip_templates import prepare

_MORE_ESCAPES = "\"'<$%&,/:;=?@^|~"
_FENCE_LINE = re.compile(r"[ \t>]*(?:`{3,}|~{3,})")
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t#]*\Z")
_TAG = re.compile(r"<[^<>]{1,1000}>")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\](?:\([^()\n]{0,1000}\)|\[[^\[\]\n]{0,200}\])")
_MARKS = re.compile(r"[*_`~#>|\[\]{}]{2,}|(?<!\w)[*_`]+|[*_`]+(?!\w)")


_BLOCK_TRIGGERS = {"hashheader": "#", "quote": ">", "hr": "-*_"}
"""Processors that search each block to its end, and the characters of which it must have one."""


def _ask_only_for(processor: Any, characters: str) -> None:
    test, has_one = processor.test, re.compile(f"[{re.escape(characters)}]").search
    processor.test = lambda parent, block: has_one(block) is not None and test(parent, block)


@functools.cache
def _converter(tables: bool, footnotes: bool, definitions: bool, struck: bool) -> markdown.Markdown:
    """Return a converter with only the features that the text needs: each costs time on each line."""
    # As objects: to look them up by name, Markdown reads the metadata of everything installed.
    extensions: list[Extension] = []
    if tables:
        extensions.append(TableExtension())
    if footnotes:
        extensions.append(FootnoteExtension())
    if definitions:
        extensions.append(DefListExtension())
    converter = markdown.Markdown(extensions=extensions, output_format="html")
    converter.ESCAPED_CHARS.extend(c for c in _MORE_ESCAPES if c not in converter.ESCAPED_CHARS)
    # `prepare` has normalised the text and put placeholders in, which this one would take out again.
    converter.preprocessors.deregister("normalize_whitespace")
    converter.treeprocessors.register(TriggeredInlineProcessor(converter), "inline", 20)
    # Only puts line breaks between the blocks.
    converter.treeprocessors.deregister("prettify")
    for name, characters in _BLOCK_TRIGGERS.items():
        _ask_only_for(converter.parser.blockprocessors[name], characters)
    if struck:
        converter.inlinePatterns.register(SimpleTagInlineProcessor(r"(~~)([^~\n]+)~~", "del"), "del", 65)
    return converter


def render(body: str, *, mdx: bool = False) -> str:
    """Return the HTML of a body, not sanitised. May be as slow as Python-Markdown: to be called in a worker.

    body    with plain newlines and without control characters
    """
    converter = _converter("|" in body, "[^" in body, "\n:" in body, "~~" in body)
    converter.reset()
    text = prepare(body, converter.htmlStash.store, mdx=mdx)
    if "\t" in text:
        text = text.expandtabs(4)
    return converter.convert(re.sub(r"(?<=\n) +\n", "\n", text) + "\n\n")


def render_plain(body: str) -> str:
    """Return HTML of a body without Markdown: paragraphs, headings and code only, in linear time."""
    out: list[str] = []
    lines: list[str] = []
    code = False
    for row in [*body.split("\n"), ""]:
        fence = _FENCE_LINE.match(row) is not None
        heading = None if code else _HEADING.match(row)
        if lines and (fence or (not code and (heading or not row.strip()))):
            inner = "\n".join(lines)
            out.append(f"<pre><code>{html.escape(inner, quote=False)}</code></pre>" if code else _paragraph(inner))
            lines = []
        if fence:
            code = not code
        elif heading:
            level = len(heading[1])
            out.append(f"<h{level}>{html.escape(_bare(heading[2]), quote=False)}</h{level}>")
        elif row.strip() or code:
            lines.append(row)
    if lines:
        out.append(_paragraph("\n".join(lines)))
    return "\n".join(out)


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(_bare(text), quote=False)}</p>"


def _bare(text: str) -> str:
    return html.unescape(_MARKS.sub("", _LINK.sub(r"\1", _TAG.sub(" ", text))))
