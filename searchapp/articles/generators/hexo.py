"""Hexo."""

from __future__ import annotations

from dataclasses import replace

from searchapp.articles.front_matter.values import first
from searchapp.articles.generators.generator import Generator
from searchapp.articles.generators.slugs import HeadingIds, hexo_slug


def _is_path(id: str) -> bool:
    folders = id.split("/")[:-1]
    return "_posts" in folders and "source" in folders[: folders.index("_posts")]


HEXO = Generator(
    name="hexo",
    title="Hexo",
    configs=("_config.yml", "_config.yaml", "_config.toml"),
    claims=lambda settings: (
        not {"newpostname", "publicdir", "sourcedir", "postassetfolder"}.isdisjoint(settings.values)
    ),
    configure=lambda site, settings: replace(site, permalink=site.permalink or first(settings.values.get("permalink"))),
    is_file=lambda front: front.format == "unopened",
    is_path=_is_path,
    template_for_posts=True,
    heading_ids=HeadingIds(hexo_slug, "-1", "section"),
    templates="other",
    link_tags=(("post_path", "post_url"), ("post_link", "post_url")),
)
