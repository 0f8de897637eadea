"""Zola."""

from __future__ import annotations

from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.front_matter.values import first
from searchapp.articles.generators.generator import Generator
from searchapp.articles.generators.slugs import HeadingIds, ascii_slug

_KEYS = frozenset({"taxonomies", "insearchindex", "extra", "path"})


def _own_address(front: FrontMatter) -> tuple[str, str]:
    path = first(front.data.get("path")).strip()
    return ("path", path if path.endswith("/") else path + "/") if path else ("", "")


ZOLA = Generator(
    name="zola",
    title="Zola",
    configs=("zola.toml", "config.toml"),
    claims=lambda settings: settings.file == "zola.toml" or "base_url" in settings.keys,
    is_file=lambda front: front.format == "toml" and not _KEYS.isdisjoint(front.data),
    no_article=lambda _site, _place, front: "list page" if front.data.get("sortby") else "",
    own_address=_own_address,
    heading_ids=HeadingIds(ascii_slug, "-1", "section"),
)
