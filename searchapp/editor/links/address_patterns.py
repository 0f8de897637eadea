"""Patterns of the addresses of a blog's articles, so that links to other pages are not reported as broken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_NUMBER = re.compile(r"\d{1,2}\Z")
_FILE = re.compile(
    r"""\.(?:png|jpe?g|gif|svgz?|webp|avif|ico|bmp|tiff?|heic|pdf|epub|mobi|zip|gz|tgz|bz2|xz|7z|rar|tar|dmg|exe|msi|
    dll|deb|rpm|jar|xpi|crx|nupkg|vsix|xml|rss|atom|rdf|opml|json|jsonld|txt|csv|tsv|log|diff|patch|css|scss|js|mjs|ts|
    map|wasm|mp3|m4a|ogg|oga|opus|wav|flac|mp4|m4v|ogv|webm|mov|avi|wmv|swf|docx?|xlsx?|pptx?|odt|ods|odp|key|psd|ai|
    sketch|ics|vcf|woff2?|ttf|otf|eot|asc|sig|pgp|ashx|asmx|axd|svc|cs|vb|py|rb|rs|go|c|h|cpp|java|kt|sh|ps1|sql|ya?ml|
    toml|ini|cfg|conf|ipynb|tex|bib|bak)\Z""",
    re.I | re.X,
)
_COMMON_PAGES = frozenset(
    """about admin ads amp api app apps archive archives articles asset assets atom attachment author authors banner
    blog blogs bio books calendar cart categories category cdn-cgi code comments contact contributors css cv data demo
    demos docs download downloads events faq favicon feed feeds feedback file files fonts gallery go home image images
    imprint impressum img index jobs js keyword keywords lang legal lib library license links list login logo logout
    media misc music news newsletter notes now page pages people photos plugins portfolio posts press privacy profile
    project projects public publications random redirect resume robots rss scripts search section sections series
    services shop site sitemap sponsor sponsors src start static stats store stories style styles subscribe support
    tag tagged tags talks team terms theme themes thumbs til tools topic topics trackback upload uploads uses user
    users video videos webmentions wiki work wp-admin wp-content wp-includes wp-json wp-login year""".split()
)
"""First parts of paths that are commonly no articles."""
_LIST_FOLDERS = frozenset({"tag", "tags", "category", "categories", "page", "author", "authors", "topic", "topics"})
MIN_ARTICLES = 3
"""Articles that must share a pattern."""
_MIN_WORDS = 3
"""Words of a name without a folder from which it looks like an article's."""


class AddressPatterns:
    """The patterns of the paths of a blog's articles, learnt from their permalinks."""

    def __init__(self, paths: Iterable[str]) -> None:
        counts: Counter[tuple[str, ...]] = Counter()
        heads: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        for path in paths:
            shape = _pattern(path)
            if shape is not None:
                counts[shape] += 1
                heads.setdefault(_without_prefix(shape), set()).add(shape)
        self._known = {shape for shape, count in counts.items() if count >= MIN_ARTICLES}
        # `/:categories/:year/…`: the part before the year is free where there are many of them.
        self._known |= {free for free, shapes in heads.items() if len(shapes) > MIN_ARTICLES}

    def is_article(self, path: str) -> bool:
        """Whether a path is almost certainly an article's: it has the articles' date or folder pattern."""
        shape = _pattern(path)
        if shape is None or is_file(path) or is_list(path):
            return False
        return (shape in self._known and len(shape) > 1) or ("Y" in shape and _without_prefix(shape) in self._known)

    def may_be_article(self, path: str) -> bool:
        """Whether a path looks like an article's on a blog whose paths are bare names."""
        shape = _pattern(path)
        name = path.strip("/").rpartition("/")[2]
        return shape in self._known and not is_no_article(path) and len(re.findall(r"[^\W\d_]{2,}", name)) >= _MIN_WORDS


def is_file(path: str) -> bool:
    """Whether a path is that of an image, a download or a feed."""
    last = path.partition("?")[0].rstrip("/").rpartition("/")[2].lower()
    return _FILE.search(last) is not None or last in {"feed", "rss", "atom", "rss.aspx", "atom.aspx", "amp", "embed"}


def is_list(path: str) -> bool:
    """Whether a path has a folder of list pages, such as `tags`."""
    return any(part.lower() in _LIST_FOLDERS for part in path.partition("?")[0].strip("/").split("/")[:-1])


def is_no_article(path: str) -> bool:
    """Whether a path is a file's, a list's or a common page's, and no article's."""
    parts = path.partition("?")[0].strip("/").split("/")
    if not parts[0] or is_file(path) or is_list(path):
        return True
    dates = [part for part in parts if _YEAR.match(part) or _NUMBER.match(part)]
    return parts[0].lower().partition(".")[0] in _COMMON_PAGES and (len(parts) == 1 or not dates)


def _pattern(path: str) -> tuple[str, ...] | None:
    """The pattern of a path: `/archive/2004/03/13/a-walk/` is `archive Y N N *`; without a year, folders are literal.

    None if the last part is a number: that is the list page of a month or a year.
    """
    parts = path.partition("?")[0].strip("/").split("/")
    last = parts[-1].partition(".")[0]
    numbers = [part for part in parts[:-1] if _NUMBER.match(part)]
    if not last or (not numbers and _YEAR.match(last)) or (len(numbers) < 2 and _NUMBER.match(last)):
        return None
    year = next((at for at, part in enumerate(parts[:-1]) if _YEAR.match(part)), None)
    if year is None:
        return (*parts[:-1], "*")
    below = ("N" if _NUMBER.match(part) else "*" for part in parts[year + 1 :])
    return (*parts[:year], "Y", *below)


def _without_prefix(shape: tuple[str, ...]) -> tuple[str, ...]:
    """The pattern with a wildcard for the folders before the year."""
    return ("?", *shape[shape.index("Y") :]) if "Y" in shape else shape
