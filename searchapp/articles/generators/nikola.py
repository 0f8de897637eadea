"""Nikola."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from posixpath import basename, dirname, normpath

from searchapp.articles.files.path_info import PathInfo
from searchapp.articles.front_matter.loaders import MAX_CHARS, FrontMatterError, Value
from searchapp.articles.front_matter.split import FrontMatter, canonical
from searchapp.articles.front_matter.values import first, language_code, truth
from searchapp.articles.generators.generator import Generator, Settings
from searchapp.articles.generators.slugs import LETTERS, HeadingIds, python_markdown_slug
from searchapp.articles.site import Site

_SWITCHES = {"PRETTY_URLS": True, "STRIP_INDEXES": True, "USE_TAG_METADATA": True, "CATEGORY_ALLOW_HIERARCHIES": False}
"""The relevant switches of conf.py and their defaults."""
_NO_SOURCES = (("outputfolder", "output"), ("cachefolder", "cache"))
_POSTS: list[Value] = [["posts/*.txt", "posts"]]
_PAGES: list[Value] = [["pages/*.txt", "pages"]]
_FIELD = r"[ \t]*\.\. [\w][\w -]*:(?:[ \t][^\n]*)?(?:\n|\Z)"
_HEADER = re.compile(rf"\s*+(?P<comment><!--[ \t]*\n)?(?P<fields>(?:{_FIELD})+)")
_KEY = re.compile(r"^[ \t]*\.\. ([\w][\w -]*):([^\n]*)", re.M)
_PATH = re.compile(r"(?:\\.|[^\\/])+")
"""The parts of a hierarchical category; a backslash escapes a slash or itself."""
_OF_METADATA = frozenset({"title", "slug", "date"})


def load_python(text: str) -> dict[str, Value]:
    """Return the names that a configuration in Python assigns literals to.

    It is parsed, never run: computed values are left out. Raises FrontMatterError if it is no Python.
    """
    try:
        statements = ast.parse(text).body
    except SyntaxError as error:
        raise FrontMatterError(error.lineno or 0, f"not valid Python: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise FrontMatterError(0, f"not valid Python: {error}") from error
    found: dict[str, Value] = {}
    for statement in statements:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    try:
                        found[target.id] = _value(statement.value, found)
                    except ValueError:
                        found.pop(target.id, None)
    return found


def _value(node: ast.expr, names: dict[str, Value]) -> Value:
    """Return a literal, or the value of a name. Raises ValueError for anything else."""
    if isinstance(node, ast.Constant):
        return None if node.value is None else str(node.value)
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    if isinstance(node, ast.Tuple | ast.List):
        return [_value(item, names) for item in node.elts]
    if isinstance(node, ast.Dict):
        keys = [_value(key, names) if key else None for key in node.keys]
        return {str(key): _value(value, names) for key, value in zip(keys, node.values, strict=True)}
    raise ValueError("computed")


def _claims(settings: Settings) -> bool:
    """Sphinx's configuration has the same name."""
    return not {"BLOG_AUTHOR", "BLOG_TITLE", "POSTS", "PAGES"}.isdisjoint(settings.keys)


def _configure(site: Site, settings: Settings) -> Site:
    data = settings.values
    default = first(data.get("defaultlang")) or "en"
    translations = data.get("translations")
    paths: dict[str, Value] = translations if isinstance(translations, dict) else {default: ""}
    given = {name: truth(data.get(canonical(name))) for name in _SWITCHES}
    return replace(
        site,
        language=site.language or language_code(default),
        address=site.address or first(data.get("siteurl")).rstrip("/"),
        languages=frozenset(code.lower() for code in paths if code != default),
        sections=tuple(_destinations(data, paths, default, settings.below)),
        options=frozenset(name for name, usual in _SWITCHES.items() if given[name] or (given[name] is None and usual)),
        exclude=() if settings.below else tuple(first(data.get(key)) or usual for key, usual in _NO_SOURCES),
    )


def _destinations(
    data: dict[str, Value], paths: dict[str, Value], default: str, below: str
) -> Iterator[tuple[str, str]]:
    """Yield for POSTS and PAGES, by language: (code, a colon and a pattern; folder of the pages).

    The code of the default language is empty, as that of a file without one in its name is.
    """
    for entry in (*_list(data.get("posts"), _POSTS), *_list(data.get("pages"), _PAGES)):
        if not isinstance(entry, list) or len(entry) < 2 or not first(entry).startswith(below):
            continue
        for code, path in paths.items():
            folder = entry[1]
            if isinstance(folder, dict):
                folder = folder.get(code, folder.get(default))
            language = "" if code == default else language_code(code)
            destination = normpath(f"/{first(path)}/{first(folder)}").strip("/")
            yield f"{language}:{first(entry).removeprefix(below)}", destination


def _list(value: Value, usual: list[Value]) -> list[Value]:
    return value if isinstance(value, list) else usual


def _destination(site: Site, place: PathInfo) -> str | None:
    """Return the folder of a file's page; None if no pattern matches the file."""
    name = f"{_stem(place)}{place.ending}"
    for key, destination in site.sections:
        language, _, pattern = key.partition(":")
        top = tuple(filter(None, dirname(pattern).split("/")))
        if language == place.language and place.folders[: len(top)] == top and fnmatchcase(name, basename(pattern)):
            return "/".join(filter(None, (destination, *place.folders[len(top) :])))
    return None


def _stem(place: PathInfo) -> str:
    """Return the file's name without suffix and language."""
    stem = place.name[: len(place.name) - len(place.ending)]
    return stem.rpartition(".")[0] if place.language else stem


def _metadata_files(site: Site, name: str) -> tuple[str, ...]:
    """Metadata in a file of its own; a translation inherits from the original."""
    stem, dot, ending = name.rpartition(".")
    head, _, tail = stem.rpartition(".")
    if head and tail.lower() in site.languages:
        return f"{stem}.meta", f"{head}.meta", f"{head}{dot}{ending}"
    return (f"{stem}.meta",)


def _split(text: str) -> FrontMatter | None:
    """`.. key: value` line by line, as comments of reStructuredText, in an HTML comment, or in a file of their own."""
    header = _HEADER.match(text)
    if header is None:
        return None
    if len(header["fields"]) > MAX_CHARS:
        raise FrontMatterError(1, f"the header is more than {MAX_CHARS:,} characters long")
    data: dict[str, Value] = {
        canonical(key): value.strip() for key, value in _KEY.findall(header["fields"]) if value.strip()
    }
    if _OF_METADATA.isdisjoint(data):
        return None
    end = header.end()
    if header["comment"]:
        closed = text.find("-->", end)
        end = closed + 3 if closed >= 0 else len(text)
    body = text[end:].lstrip("\n")
    line = text.count("\n", 0, header.start("fields")) + 1
    body_line = text.count("\n", 0, len(text) - len(body)) + 1
    return FrontMatter("comments", data, body, header["fields"], line, body_line)


def _complete(site: Site, _place: PathInfo, front: FrontMatter) -> None:
    """Convert tags that set the status, and hierarchical categories."""
    data = front.data
    tags = data.get("tags")
    if "USE_TAG_METADATA" in site.options and tags:
        labels = [first(tag) for tag in tags] if isinstance(tags, list) else first(tags).split(",")
        for special in ("private", "draft"):
            if any(label.strip().lower() == special for label in labels):
                data["status"] = special
        data["tags"] = [label for label in labels if label.strip().lower() not in {"private", "draft"}]
    if "section" in data:
        data.setdefault("category", data["section"])
    category = data.get("category")
    if "CATEGORY_ALLOW_HIERARCHIES" in site.options and isinstance(category, str):
        data["category"] = [re.sub(r"\\(.)", r"\1", part) for part in _PATH.findall(category)]


def _address(site: Site, place: PathInfo, front: FrontMatter) -> str:
    folder = _destination(site, place)
    if folder is None:
        return ""
    slug = first(front.data.get("slug")).strip() or _slug(_stem(place))
    if not slug:
        return ""
    pretty = truth(front.data.get("prettyurl"))
    if pretty is None:
        pretty = "PRETTY_URLS" in site.options and slug != "index"
    path = "/" + "/".join(filter(None, (folder, slug))) + ("/index.html" if pretty else ".html")
    return path.removesuffix("index.html") if "STRIP_INDEXES" in site.options and path.endswith("/index.html") else path


def _slug(stem: str) -> str:
    """Return the slug of a file's name; "" for other scripts, for which Nikola has a table of its own."""
    letters = unicodedata.normalize("NFKD", stem.lower().translate(LETTERS))
    plain = "".join(char for char in letters if not unicodedata.combining(char))
    return re.sub(r"[-\s]+", "-", re.sub(r"[^+\w\s-]", "", plain).strip()) if plain.isascii() else ""


NIKOLA = Generator(
    name="nikola",
    title="Nikola",
    configs=("conf.py",),
    load=load_python,
    claims=_claims,
    configure=_configure,
    is_file=lambda front: front.format == "comments",
    no_article=lambda site, place, _front: "not a post" if site.sections and _destination(site, place) is None else "",
    metadata_files=_metadata_files,
    split=_split,
    complete=_complete,
    address=_address,
    heading_ids=HeadingIds(python_markdown_slug, "_1", "_1"),
    link_prefixes=(("link://filename/", "link"),),
)
