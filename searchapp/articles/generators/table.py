"""The table of generators, by precedence, and the detection of a file's generator."""

from __future__ import annotations

from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.generators.astro import ASTRO
from searchapp.articles.generators.docusaurus import DOCUSAURUS
from searchapp.articles.generators.eleventy import ELEVENTY
from searchapp.articles.generators.generator import Generator
from searchapp.articles.generators.hexo import HEXO
from searchapp.articles.generators.hugo import HUGO
from searchapp.articles.generators.jekyll import JEKYLL, UNKNOWN, WORDPRESS
from searchapp.articles.generators.nikola import NIKOLA
from searchapp.articles.generators.pelican import PELICAN
from searchapp.articles.generators.zola import ZOLA
from searchapp.articles.site import Site

GENERATORS = (HEXO, JEKYLL, PELICAN, NIKOLA, ZOLA, HUGO, ASTRO, DOCUSAURUS, ELEVENTY, WORDPRESS)
"""More specific conventions come first."""
BY_NAME = {generator.name: generator for generator in (*GENERATORS, UNKNOWN)}


def generator_of(front: FrontMatter, id: str, site: Site) -> Generator:
    """Return the generator whose conventions a file follows: its site's if known, else by the file itself."""
    if site.generator:
        return BY_NAME[site.generator]
    told = next((each for each in GENERATORS if each.is_file and each.is_file(front)), None)
    return told or next((each for each in GENERATORS if each.is_path and each.is_path(id)), UNKNOWN)
