"""Sanitising of an article's rendered body, and resolution of its addresses for this application's page.

Nothing in a Markdown file reaches readers by another way. nh3 (an HTML5 parser and serialiser) keeps the elements of
prose; addresses are resolved or dropped; a last pass over nh3's well-formed output shifts headings below the page's own
title, and replaces images without an address by their alternative text.

Ids of headings and footnotes are kept, as links from elsewhere use them. Other ids are removed, and so are those that
begin with `RESERVED`, which the page itself uses.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

import nh3

from searchapp.analysis.folding import fold
from searchapp.editor.links import address_forms
from searchapp.model import Article
from searchapp.serialize import public_url, scheme_of

RESERVED = "searchapp-"
MAX_HTML = 2_000_000
"""Characters of a body, at most; a longer one is shown as plain text."""
MAX_DEPTH = 200
"""Open elements, at most; the parser's time grows with their square (20,000 nested lists: 3.3 s)."""
MAX_ID = 1_000
MAX_DATA_IMAGE = 200_000

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_WITH_ID = {*_HEADINGS, "li", "sup"}
_PROSE = """a abbr b bdi bdo blockquote br cite code col colgroup dd del details dfn div dl dt em
figcaption figure hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary
sup table tbody td tfoot th thead time tr tt u ul var wbr"""
_TAGS = {*_PROSE.split(), *_HEADINGS}
_DROPPED = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "textarea"}
_DROPPED |= {"select", "button", "title", "canvas"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed"},
    "li": {"value"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "details": {"open"},
    "time": {"datetime"},
    "blockquote": {"cite"},
} | {name: {"id"} for name in _WITH_ID - {"li"}}
_ATTRIBUTES["li"].add("id")

_DATA_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp|avif|svg\+xml)[;,]", re.IGNORECASE)
_FILE = re.compile(r"\.(?:md|markdown|mdown|mkd|mdx|rst|txt|html?)\Z", re.IGNORECASE)
_ID = re.compile(r"[^\s\"'<>&\x00-\x1f]+\Z")
_NUMBER = re.compile(r"[0-9]{1,4}\Z")
_NUMERIC = {"width", "height", "colspan", "rowspan", "start", "value"}
_NEST = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = {"br", "hr", "img", "wbr", "col", "input", "link", "meta", "p", "source", "embed", "area"}
_TAG = re.compile(r'<(/?)(a|img|pre|table|h[1-6])((?: [a-z]+="[^"]*")*)>')
_FIRST_HEADING = re.compile(r'\s*<h([1-6])(?: (?:id="([^"]*)"|[a-z]+="[^"]*"))*>(.*?)</h\1>', re.DOTALL)
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class LinkContext:
    """What is needed to resolve the addresses of a body.

    site_url    the blog's address, "" if unknown
    shown_at    id -> address of the article's page here
    locate      permalink path -> id of the article, or None
    exists      whether there is an article with this id
    named       name or path of a file without ending -> id of its article, or None
    parameters  query string to add to links to other articles ("?lang=de"), or ""
    """

    site_url: str
    shown_at: Callable[[str], str]
    locate: Callable[[str], str | None]
    exists: Callable[[str], bool]
    parameters: str = ""
    named: Callable[[str], str | None] = lambda _name: None


def body_html(article: Article, place: LinkContext) -> str:
    """Return the article's body as safe HTML; its plain text as paragraphs if it is empty, too long or too deep."""
    if not article.html.strip() or len(article.html) > MAX_HTML or _too_deep(article.html):
        return _plain(article)
    resolver = _Resolver(article, place)

    def attribute(tag: str, name: str, value: str) -> str | None:
        return _attribute(resolver, tag, name, value)

    clean = nh3.clean(
        article.html,
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
    )
    clean = _without_title(clean, article.title)
    levels = [int(found) for found in re.findall(r"<h([1-6])[ >]", clean)]
    return _finish(clean, shift=2 - min(levels, default=2))


def _too_deep(html: str) -> bool:
    depth = 0
    for match in _NEST.finditer(html):
        if match[2].lower() not in _VOID:
            depth = max(0, depth - 1) if match[1] else depth + 1
            if depth > MAX_DEPTH:
                return True
    return False


def _plain(article: Article) -> str:
    parts: list[str] = []
    for section in article.sections:
        if section.title:
            parts.append(f"<h2>{escape(section.title)}</h2>")
        parts += [f"<p>{escape(line)}</p>" for line in section.text.splitlines() if line.strip()]
    return "\n".join(parts)


def _attribute(resolver: _Resolver, tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return resolver.link(value)
    if name == "src":
        return resolver.image(value)
    if name == "id":
        good = len(value) <= MAX_ID and _ID.match(value) and not value.lower().startswith(RESERVED)
        return value if good and (tag in _HEADINGS or value.startswith(("fn", "user-content-fn"))) else None
    if name == "cite":
        return None
    if name in _NUMERIC:
        return value if _NUMBER.match(value) else None
    return value


def _without_title(clean: str, title: str) -> str:
    """The body without a first heading that repeats the title; its anchor stays."""
    match = _FIRST_HEADING.match(clean)
    if not match or fold(unescape(re.sub(r"<[^>]*>", "", match[3])).strip()) != fold(title):
        return clean
    return (f'<span id="{match[2]}"></span>' if match[2] else "") + clean[match.end() :]


def _finish(clean: str, shift: int) -> str:
    """Shift headings below the page's h1, add `rel` to external links, replace images without `src` by their text, and
    make wide elements scrollable by keyboard.
    """

    def rewrite(match: re.Match[str]) -> str:
        closing, tag, attributes = match.groups()
        values = dict(_ATTRIBUTE.findall(attributes))
        if tag == "img":
            if "src" in values:
                return f'<img{attributes} loading="lazy">'
            return escape(unescape(values.get("alt", "")))
        if tag == "a":
            leaves = values.get("href", "").startswith(("http:", "https:"))
            return match[0] if closing or not leaves else f'<a{attributes} rel="nofollow noopener">'
        if tag in {"pre", "table"}:
            return match[0] if closing else f'<{tag}{attributes} tabindex="0">'
        level = min(6, max(2, int(tag[1]) + shift))
        return f"<{closing}h{level}{attributes}>"

    return _TAG.sub(rewrite, clean)


@dataclass(frozen=True, slots=True)
class _Resolver:
    article: Article
    place: LinkContext

    def link(self, address: str) -> str | None:
        """Return the address of a link on this application's page; None if it is unsafe or unknown."""
        address = address.strip()
        scheme = scheme_of(address)
        if scheme == "mailto":
            return address
        if scheme not in {"", "http", "https"}:
            return None
        if address.startswith("#"):
            return address
        target, _, anchor = address.partition("#")
        found = self._article(target)
        if found is not None:
            return self.place.shown_at(found) + self.place.parameters + (f"#{anchor}" if anchor else "")
        return None if address_forms.is_placeholder(target, self._homes) else self._absolute(address)

    def image(self, address: str) -> str | None:
        """Return the address of an image that the page's Content-Security-Policy allows; None if there is none."""
        address = address.strip()
        if _DATA_IMAGE.match(address):
            return address if len(address) <= MAX_DATA_IMAGE else None
        if scheme_of(address) not in {"", "http", "https"}:
            return None
        absolute = self._absolute(address)
        return re.sub(r"(?i)^http:", "https:", absolute) if absolute else None

    def _absolute(self, address: str) -> str | None:
        try:
            if not scheme_of(address) and not address.startswith("//"):
                if not self.place.site_url:
                    return None
                base = public_url(self.place.site_url, self.article.permalink or "/", self.article.id)
                address = urljoin(base, address)
            elif address.startswith("//"):
                address = f"https:{address}"
            parts = urlsplit(address)
            if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
                return None
            return urlunsplit(parts)
        except ValueError:
            return None

    def _article(self, target: str) -> str | None:
        """The id of the article at an address without fragment, None if it is not one of the blog's."""
        try:
            parts = urlsplit(target)
        except ValueError:
            return None
        if address_forms.is_placeholder(target, self._homes):
            return self._from_tag(target)
        path = unquote(parts.path, errors="replace")
        if parts.netloc:
            site = urlsplit(self.place.site_url)
            if not self.place.site_url or parts.netloc.lower() != site.netloc.lower():
                return None
            return self._at(path.removeprefix(site.path))
        if not path:
            return None
        if _FILE.search(path):
            folder = posixpath.dirname(self.article.id)
            file = posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")
            if self.place.exists(file):
                return file
        if path.startswith("/"):
            return self._at(path) or self._at(path.removeprefix(urlsplit(self.place.site_url).path))
        if self.article.permalink.startswith("/"):
            return self._at(unquote(urljoin(quote(self.article.permalink), quote(path))))
        return None

    @property
    def _homes(self) -> tuple[address_forms.Home, ...]:
        return tuple(filter(None, [address_forms.normalise_home(self.place.site_url)]))

    def _from_tag(self, target: str) -> str | None:
        """The id of the article that a generator's link tag refers to."""
        found = address_forms.parse_address(
            target, self.article.id, self.article.permalink, address_forms.Blog(), self._homes
        )
        names = (*found.files, found.post) if found else ()
        ways = [self.place.named(address_forms.stem(name)) for name in names if name]
        if found and found.by_name:
            ways.append(self.place.named(address_forms.stem(found.files[0]).rpartition("/")[2]))
        return next(filter(None, ways), None)

    def _at(self, path: str) -> str | None:
        return self.place.locate(path) if path.strip("/") else None
