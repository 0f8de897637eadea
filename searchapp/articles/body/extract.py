"""Extraction of sections and code from a body's HTML, in which headings get their ids."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from searchapp.articles.body.strip_templates import leftovers, restore
from searchapp.articles.files.source import clean_text
from searchapp.articles.generators.slugs import Anchors, HeadingIds, without_dashes
from searchapp.model import Section

_DROPPED = frozenset("script style template noscript iframe object embed svg head select textarea button".split())
_BLOCKS = frozenset(
    (
        "address article aside blockquote center dd details div dl dt fieldset figcaption figure footer form header "
        "hr li main nav ol p section summary table tbody tfoot thead tr ul body"
    ).split()
)
_ENDING = _BLOCKS | {"pre", "h1", "h2", "h3", "h4", "h5", "h6"}
_SPACED = frozenset({"br", "td", "th", "img"})
_APART = "\x1f"
"""White space that becomes a tab of `Section.text`; parsers let no such control character through."""
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_VERBATIM = frozenset({"code", "tt", "kbd", "samp"})
_TITLED = frozenset({"a", "abbr", "acronym", "dfn"})
_EXPLICIT_ID = re.compile(r"[ \t]*\{[:]?[ ]*([^{}\n]*)\}[ \t]*\Z")
_ATTRIBUTE = re.compile(r"""[#.][\w:.-]+|\w[\w-]*=(?:"[^"]*"|'[^']*'|[^\s"']+)|(?<!\S)(?:-|no_toc)(?!\S)""")
_INSIDE_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.S)


@dataclass(slots=True)
class Body:
    """`sections` and `code` as in `Article`, `html` with the sections' anchors as ids."""

    sections: tuple[Section, ...]
    code: str
    html: str


class _Collector:
    def __init__(self, anchors: Anchors, entities: bool) -> None:
        self.anchors = anchors
        self.entities = entities
        self.sections: list[Section] = []
        self.code: list[str] = []
        self.parts: list[str] = []
        self.hints: list[str] = []
        self.title, self.anchor, self.level = "", "", 0

    def heading(self, element: etree._Element, level: int) -> None:
        """Begin the section of a heading; one without words is ignored."""
        explicit = _explicit_id(element)
        texts = _texts(element)
        title = " ".join("".join(text for text, _ in texts).split())
        if not title:
            return
        self.close()
        anchor = element.get("id") or explicit
        self.title, self.level = self.clean(title), level
        self.anchor = self.anchors.take(clean_text(anchor)) if anchor else self.anchors.make(self._named(texts))
        element.set("id", self.anchor)

    def _named(self, texts: list[tuple[str, bool]]) -> str:
        """Return the text that an id is made of."""
        if not self.anchors.drops_dashes:
            return self.title
        shown = (text if verbatim else without_dashes(text) for text, verbatim in texts)
        # Blanks around a dash stay two.
        return self.clean("".join(shown).strip().replace("\n", " ")) if "--" in self.title else self.title

    def clean(self, text: str) -> str:
        """Return plain text with protected characters restored, and characters from entities cleaned."""
        return restore(clean_text(text) if self.entities else text)

    def close(self) -> None:
        rows = map(_single_spaced, [*"".join(self.parts).split("\n"), *self.hints])
        prose = self.clean("\n".join(row for row in rows if row))
        if prose or self.level:
            self.sections.append(Section(self.title, self.anchor, prose, self.level))
        self.parts = []
        self.hints = []


def _single_spaced(row: str) -> str:
    if _APART not in row:
        return " ".join(row.split())
    return "\t".join(filter(None, (" ".join(part.split()) for part in row.split(_APART))))


def extract(html: str, ids: HeadingIds) -> Body:
    """Return the sections, code and HTML of a rendered body; `ids` is how ids of headings are made."""
    collector = _Collector(Anchors(ids), "&#" in html)
    if not html.strip():
        return Body((), "", "")
    parser = etree.HTMLParser(huge_tree=True, remove_pis=True)
    root = etree.fromstring(f"<html><body>{html}</body></html>", parser)
    _walk(root, collector)
    collector.close()
    if not collector.sections:
        collector.sections.append(Section("", "", "", 0))  # nothing but code or pictures
    if any(section.level for section in collector.sections):
        whole = etree.tostring(root, encoding="unicode", method="html")
        inner = _INSIDE_BODY.search(whole)
        html = inner[1] if inner else whole
    return Body(tuple(collector.sections), collector.clean("\n".join(collector.code)), restore(html))


def _walk(root: etree._Element, collector: _Collector) -> None:
    walker = etree.iterwalk(root, events=("start", "end", "comment"))
    parts = collector.parts
    for event, element in walker:
        tag = element.tag
        if event != "start":
            if tag in _ENDING:
                parts.append("\n")
            if tail := element.tail:
                parts.append(_prose(tail))
        elif tag in _HEADINGS:
            collector.heading(element, _HEADINGS[tag])
            parts = collector.parts
            walker.skip_subtree()
        elif tag == "pre":
            collector.code.append("".join(map(str, element.itertext())).strip("\n"))
            walker.skip_subtree()
        elif tag in _DROPPED or _is_footnote_mark(element, tag):
            if tag in {"sup", "button", "select", "textarea"}:
                parts.append(_APART)
            walker.skip_subtree()
        else:
            _open(element, tag, parts)
            if tag in _TITLED and (title := element.get("title")):
                # At the section's end, so that it stands in the way of no phrase.
                collector.hints.append(title)


def _open(element: etree._Element, tag: str, parts: list[str]) -> None:
    if tag in _SPACED:
        parts.append(_APART)
    elif tag in _BLOCKS:
        parts.append("\n")
    if tag == "img":
        shown = dict.fromkeys(filter(None, (element.get("alt"), element.get("title"))))
        parts.append(" ".join(shown).replace("\n", " ") + _APART)
    if text := element.text:
        parts.append(text.replace("\n", " ") if tag in _VERBATIM else _prose(text))


def _prose(text: str) -> str:
    text = text.replace("\n", " ")
    return leftovers(text) if "{" in text or "](" in text else text


def _is_footnote_mark(element: etree._Element, tag: str) -> bool:
    if tag == "sup":
        return (element.get("id") or "").startswith("fnref")
    return tag == "a" and "footnote-backref" in (element.get("class") or "")


def _texts(element: etree._Element) -> list[tuple[str, bool]]:
    """Return the pieces of a heading's text, alt texts included, and which of them are code."""
    texts: list[tuple[str, bool]] = []
    walker = etree.iterwalk(element, events=("start", "end", "comment"))
    for event, child in walker:
        if event != "start":
            texts.append((_prose(child.tail or "") if child is not element else "", False))
        elif child.tag in _DROPPED or _is_footnote_mark(child, child.tag):
            walker.skip_subtree()
        else:
            text, verbatim = child.text or "", child.tag in _VERBATIM
            texts += [(child.get("alt") or "", False), (text if verbatim else _prose(text), verbatim)]
    return texts


def _explicit_id(element: etree._Element) -> str:
    """Remove `{#id}` from a heading's end and return the id, "" if there is none."""
    last = element[-1] if len(element) else None
    text = (last.tail if last is not None else element.text) or ""
    match = _EXPLICIT_ID.search(text) if text.rstrip().endswith("}") else None
    if match is None:
        return ""
    words = _ATTRIBUTE.findall(match[1])
    if not words or _ATTRIBUTE.sub("", match[1]).strip():
        return ""
    rest = text[: match.start()]
    if last is not None:
        last.tail = rest
    else:
        element.text = rest
    return next((word[1:] for word in words if word.startswith("#")), "")
