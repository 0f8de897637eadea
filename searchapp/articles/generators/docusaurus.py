"""Docusaurus."""

from __future__ import annotations

from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.front_matter.values import first
from searchapp.articles.generators.generator import Generator, underscored
from searchapp.articles.generators.slugs import GITHUB

_KEYS = frozenset({"unlisted", "sidebarlabel", "hidetableofcontents", "sidebarposition"})


def _own_address(front: FrontMatter) -> tuple[str, str]:
    slug = first(front.data.get("slug")).strip()
    return ("slug", slug) if slug.startswith("/") else ("", "")


DOCUSAURUS = Generator(
    name="docusaurus",
    title="Docusaurus",
    markers=("docusaurus.config.js", "docusaurus.config.ts"),
    is_file=lambda front: not _KEYS.isdisjoint(front.data),
    is_path=lambda id: id.endswith(".mdx") and "_posts" not in id.split("/")[:-1],
    no_article=underscored,
    own_address=_own_address,
    heading_ids=GITHUB,
    translations="i18n",
    jsx=True,
)
