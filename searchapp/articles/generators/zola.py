"""Zola."""

from __future__ import annotations

from searchapp.articles.files.path_info import PathInfo
from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.front_matter.values import first
from searchapp.articles.generators.generator import Generator, Settings
from searchapp.articles.generators.slugs import HeadingIds, ascii_slug
from searchapp.articles.site import Site

_KEYS = frozenset({"taxonomies", "insearchindex", "extra", "path"})


def _claims(settings: Settings) -> bool:
    return settings.file == "zola.toml" or "base_url" in settings.keys


def _is_file(front: FrontMatter) -> bool:
    return front.format == "toml" and not _KEYS.isdisjoint(front.data)


def _no_article(_site: Site, _place: PathInfo, front: FrontMatter) -> str:
    return "list page" if front.data.get("sortby") else ""


def _own_address(front: FrontMatter) -> tuple[str, str]:
    path = first(front.data.get("path")).strip()
    return ("path", path if path.endswith("/") else path + "/") if path else ("", "")


ZOLA = Generator(
    name="zola",
    title="Zola",
    configs=("zola.toml", "config.toml"),
    claims=_claims,
    is_file=_is_file,
    no_article=_no_article,
    own_address=_own_address,
    heading_ids=HeadingIds(ascii_slug, "-1", "section"),
)
