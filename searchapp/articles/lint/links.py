"""Rules on links and images as they are written: missing texts, missing or invalid targets."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from urllib.parse import unquote

from searchapp.articles.lint.masking import CODE, VALUE, Elements
from searchapp.articles.lint.page import Flaw, LintedFile

CODES = frozenset(
    ("image-alt image-alt-name link-text link-target link-local link-malformed link-written embed-insecure").split()
)

_TEXT = r"(?:[^\[\]\n]|\n(?![ \t]*\n)|\[[^\[\]\n]{0,500}\]){0,1000}"
_LINK = re.compile(
    rf"""(?P<bang>!?)\[(?P<text>{_TEXT})\]\([ \t]*\n?[ \t]*
        (?P<target><[^<>\n]{{0,2000}}>|(?:[^\s()]|\([^\s()]{{0,500}}\)){{0,2000}})
        (?P<title>[ \t]*\n?[ \t]*(?:"[^"\n]{{0,500}}"|'[^'\n]{{0,500}}'|\([^()\n]{{0,500}}\)))?[ \t]*\n?[ \t]*\)""",
    re.X,
)
_IMG = re.compile(r"<img\b(?P<attributes>[^<>]{0,4000})>", re.I)
_EMBED = re.compile(r"<(?P<tag>iframe|script|embed|object)\b(?P<attributes>[^<>]{0,2000})>", re.I)
_ATTRIBUTE = re.compile(r"""([A-Za-z_:@.-][\w:.-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_TAG = re.compile(r"<[^<>]{0,1000}>")
_SHOWS = re.compile(r"<(?:img|svg|i|span|picture|video|button|input|object|iframe)\b|!\[", re.I)
_LOCAL = re.compile(
    r"(?:https?:)?//(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]|[\w-]+\.(?:local|localhost))(?=[:/?#]|$)"
    r"|file:|[A-Za-z]:[\\/](?!/)",
    re.I,
)
_PLACEHOLDER = re.compile(r"(?:https?://?|#|url|link|href|todo|tbd|xxx+|tk|…|\.\.\.)?", re.I)
_TOP = re.compile(r"\b(?:top|up|start|back)\b|[↑⇧⬆^]", re.I)
"""Texts of a link to the top of the page, which `#` is."""
_DOUBLED = re.compile(
    r"https?:/{0,2}https?:?//|https?//|https?;//|https?:/(?!/)|h?ttps?:///?$|(?:htp|ttp|htttp|hhttp)s?://", re.I
)
_SEPARATED = re.compile(r"\][ \t]+\((https?://[^\s()]+)\)")
_SWAPPED = re.compile(r"\)\[(https?://[^\s\[\]]+)\]")
_BLANKS = re.compile(r"""\]\(((?:https?://|/)[^\s()<>"']*[ ][^()<>"'\n]*)\)""")
_BARE = re.compile(r"(?<![\w(<\[\"'“”=/:>.])(?<!\]: )https?://[^\s<>\")\]]{4,}")
_COUNTER = re.compile(r"aggbug|/pixel\b")
"""In addresses of tracking pixels."""
_FILE_NAME = re.compile(
    r"[\w %+-]*\.(?:jpe?g|png|gif|webp|svg|bmp|tiff?|heic)|(?:IMG|DSC|DSCN|Screenshot|image)[_ -]?\d+", re.I
)
_NUMBERED = frozenset({"image", "picture", "photo", "img", "screenshot", "alt", "alt text", "image alt", "clip_image"})


def find(page: LintedFile) -> Iterator[Flaw]:
    """Yield the flaws of links, images and embedded content that are visible from the text alone."""
    if page.facts.place.ending == ".rst":
        return
    prose = page.prose
    if "](" in prose and page.is_markdown:
        for match in _LINK.finditer(prose):
            yield from _markdown(page, match)
    if "<" in prose:
        yield from _html(page, prose)
    if page.is_markdown and "[" in prose:
        yield from _malformed(prose)


def find_bare(page: LintedFile) -> Iterator[Flaw]:
    """Yield bare addresses, outside links."""
    prose = page.prose
    links = list(_LINK.finditer(prose)) if "](" in prose and page.is_markdown else []
    ends = [match.end() for match in links]
    for match in _BARE.finditer(prose):
        after = bisect_right(ends, match.start())
        if after == len(links) or links[after].start() > match.start():
            yield Flaw("url-bare", match.start(), f"an address instead of words: {_shown(match[0])}")


def _markdown(page: LintedFile, match: re.Match[str]) -> Iterator[Flaw]:
    offset, text = match.start(), " ".join(match["text"].split())
    target = match["target"].strip("<>").strip()
    if match["bang"]:
        yield from _picture(offset, text, target)
        return
    if match.start() and page.prose[match.start() - 1] == "!" and not text:
        return
    if not _TAG.sub("", text).strip() and not _SHOWS.search(text):
        yield Flaw("link-text", offset, f"a link without words leads to {_shown(target) or 'nowhere'}")
    else:
        # Images within a link are checked separately.
        for inner in _LINK.finditer(match["text"]):
            if inner["bang"]:
                there = match.start("text") + inner.start()
                yield from _picture(there, " ".join(inner["text"].split()), inner["target"].strip("<>").strip())
    yield from _target(offset, text, target)


def _picture(offset: int, alt: str, target: str) -> Iterator[Flaw]:
    if not target:
        yield Flaw("link-target", offset, "a picture without an address")
    elif not alt:
        if not _COUNTER.search(target):
            yield Flaw("image-alt", offset, f"a picture without a description: {_name(target)}")
    elif _FILE_NAME.fullmatch(alt) or alt.casefold() in _NUMBERED:
        yield Flaw("image-alt-name", offset, f"this says nothing about the picture: {_shown(alt)}")
    yield from _local(offset, alt, target, "picture")


def _target(offset: int, text: str, target: str) -> Iterator[Flaw]:
    if target == "#" and _TOP.search(text):
        return
    if _PLACEHOLDER.fullmatch(target):
        where = "nowhere" if not target else f"{target}, which is nowhere"
        yield Flaw("link-target", offset, f"a link leads to {where}: {_shown(text)}")
    elif _DOUBLED.match(target):
        yield Flaw("link-malformed", offset, f"no browser understands this address: {_shown(target)}")
    else:
        yield from _local(offset, text, target, "link")


def _local(offset: int, text: str, target: str, what: str) -> Iterator[Flaw]:
    is_named = "localhost" in text or "127.0.0.1" in text or text in target
    if _LOCAL.match(target) and not (is_named and text):
        yield Flaw("link-local", offset, f"a {what} that works on the author's own machine only: {_shown(target)}")


def _html(page: LintedFile, prose: str) -> Iterator[Flaw]:
    for match in _IMG.finditer(prose):
        given = _attributes(match["attributes"])
        source = given.get("src", given.get("data-src", ""))
        if "alt" not in given and given.get("aria-hidden") != "true" and given.get("role") != "presentation":
            if not _is_pixel(given) and "{..." not in match["attributes"]:
                yield Flaw("image-alt", match.start(), f"a picture without a description: {_name(source)}")
        elif _FILE_NAME.fullmatch(given.get("alt", "")) or given.get("alt", "").casefold() in _NUMBERED:
            yield Flaw("image-alt-name", match.start(), f"this says nothing about the picture: {_shown(given['alt'])}")
        yield from _local(match.start(), given.get("alt", ""), source, "picture")
    if page.is_markdown or page.facts.place.ending in {".html", ".htm"}:
        for match, inner in Elements(prose, "a"):
            yield from _anchor(match, inner)
    for match in _EMBED.finditer(prose):
        given = _attributes(match["attributes"])
        source = given.get("src") or given.get("data") or ""
        if source.lower().startswith("http://"):
            reason = f"browsers do not show on an https page what comes from {_shown(source)}"
            yield Flaw("embed-insecure", match.start(), reason)


def _anchor(match: re.Match[str], inner: str) -> Iterator[Flaw]:
    given = _attributes(match["attributes"])
    if "href" not in given:
        return
    words = " ".join(_TAG.sub("", inner).split())
    named = given.get("aria-label") or given.get("title") or given.get("name") or given.get("id")
    if not words and not named and not _SHOWS.search(inner):
        yield Flaw("link-text", match.start(), f"a link without words leads to {_shown(given['href']) or 'nowhere'}")
    if not given.keys() & {"onclick", "role", "data-toggle", "name", "id"}:
        yield from _target(match.start(), words, given["href"].strip())


def _malformed(prose: str) -> Iterator[Flaw]:
    """Malformed links, of which readers see the brackets."""
    tail = ": readers see the brackets instead of a link"
    for match in _SEPARATED.finditer(prose):
        if (found := _before(prose, "[", match.start())) and not found[1].isdigit():
            remedy = f"write [{found[1][:40]}]({_shown(match[1])})"
            yield Flaw("link-written", found[0], f"a blank between ] and ({tail}", remedy)
    for match in _SWAPPED.finditer(prose):
        if found := _before(prose, "(", match.start()):
            remedy = f"write [{found[1][:40]}]({_shown(match[1])})"
            yield Flaw("link-written", found[0], f"round and square brackets are swapped{tail}", remedy)
    for match in _BLANKS.finditer(prose):
        address = match[1].strip()
        if (found := _before(prose, "[", match.start())) and CODE not in address and VALUE not in address:
            remedy = f"write {_shown(address.replace(' ', '%20'))}"
            yield Flaw("link-written", found[0], f"a blank in an address{tail}", remedy)


def _before(prose: str, opening: str, end: int) -> tuple[int, str] | None:
    """The offset and text of the bracket that closes at `end`; None if it is no link's."""
    start = prose.rfind(opening, max(0, end - 300), end)
    text = prose[start + 1 : end]
    before = prose[start - 1 : start] if start > 0 else ""
    if start < 0 or not text or "\n" in text or "]" in text or before in {"\\", "!"} or before.isalnum():
        return None
    return start, text


def _attributes(text: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, double, single, plain in _ATTRIBUTE.findall(text):
        given.setdefault(name.lower(), double or single or plain)
    return given


def _is_pixel(given: dict[str, str]) -> bool:
    """Whether an image is a tracking pixel."""
    return given.get("width") in {"0", "1"} or given.get("height") in {"0", "1"}


def _name(target: str) -> str:
    name = unquote(target.split("?")[0].rstrip("/").rpartition("/")[2]) or target
    return _shown(name) or "no address"


def _shown(text: str) -> str:
    """A text shortened for a message, with an ellipsis for Liquid and code."""
    text = re.sub(f"[{CODE}{VALUE}]+", "…", " ".join(text.split()))
    return text if len(text) <= 80 else f"{text[:79]}…"
