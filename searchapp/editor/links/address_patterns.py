"""What the addresses of a blog's articles look like, so that what is none of them is not called broken."""

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
_ELSEWHERE = frozenset(
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
"""First parts of paths at which generators and people have something else."""
_LISTS = frozenset({"tag", "tags", "category", "categories", "page", "author", "authors", "topic", "topics"})
ENOUGH = 3
"""Articles that must share a shape."""
_WORDS = 3
"""Words of a name without a folder that make it look like an article's."""


class AddressPatterns:
    """The shapes of the paths of a blog's articles."""

    def __init__(self, paths: Iterable[str]) -> None:
        counts: Counter[tuple[str, ...]] = Counter()
        heads: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        for path in paths:
            shape = _shape(path)
            if shape is not None:
                counts[shape] += 1
                heads.setdefault(_headless(shape), set()).add(shape)
        self._known = {shape for shape, count in counts.items() if count >= ENOUGH}
        # `/:categories/:year/…`: the part before the year is free where there are many of them.
        self._known |= {free for free, shapes in heads.items() if len(shapes) > ENOUGH}

    def sure(self, path: str) -> bool:
        """Whether a path can hardly be anything but an article's: it has a day or a folder of theirs."""
        shape = _shape(path)
        if shape is None or is_file(path) or is_list(path):
            return False
        return (shape in self._known and len(shape) > 1) or ("Y" in shape and _headless(shape) in self._known)

    def likely(self, path: str) -> bool:
        """Whether a path looks like that of an article where these have nothing but a name."""
        shape = _shape(path)
        name = path.strip("/").rpartition("/")[2]
        return shape in self._known and not is_elsewhere(path) and len(re.findall(r"[^\W\d_]{2,}", name)) >= _WORDS


def is_file(path: str) -> bool:
    """Whether a path is that of a picture, a download or a feed."""
    last = path.partition("?")[0].rstrip("/").rpartition("/")[2].lower()
    return _FILE.search(last) is not None or last in {"feed", "rss", "atom", "rss.aspx", "atom.aspx", "amp", "embed"}


def is_list(path: str) -> bool:
    """Whether a path has a part below which generators list articles."""
    return any(part.lower() in _LISTS for part in path.partition("?")[0].strip("/").split("/")[:-1])


def is_elsewhere(path: str) -> bool:
    """Whether a path is a file's, or one at which blogs have lists, feeds and the like."""
    parts = path.partition("?")[0].strip("/").split("/")
    if not parts[0] or is_file(path) or is_list(path):
        return True
    dates = [part for part in parts if _YEAR.match(part) or _NUMBER.match(part)]
    return parts[0].lower().partition(".")[0] in _ELSEWHERE and (len(parts) == 1 or not dates)


def _shape(path: str) -> tuple[str, ...] | None:
    """`/archive/2004/03/13/a-walk/` is `archive Y N N *`; without a year all but the last part count as they are.

    None if the last part is a number: that is a list of a month or a year.
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


def _headless(shape: tuple[str, ...]) -> tuple[str, ...]:
    """The shape with what stands before the year left open."""
    return ("?", *shape[shape.index("Y") :]) if "Y" in shape else shape
