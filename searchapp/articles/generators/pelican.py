"""Pelican."""

from __future__ import annotations

from searchapp.articles.generators.generator import Generator
from searchapp.articles.generators.nikola import load_python
from searchapp.articles.generators.slugs import HeadingIds, python_markdown_slug

PELICAN = Generator(
    name="pelican",
    title="Pelican",
    configs=("pelicanconf.py",),
    load=load_python,
    markers=("pelicanconf.py",),
    is_file=lambda front: front.format in {"bare", "rst"},
    lists_in_text=True,
    link_prefixes=(("{filename}", "ref"), ("|filename|", "ref")),
    heading_ids=HeadingIds(python_markdown_slug, "_1", "_1"),
)
