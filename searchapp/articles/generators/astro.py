"""Astro."""

from __future__ import annotations

from searchapp.articles.generators.generator import Generator, underscored
from searchapp.articles.generators.slugs import GITHUB

_KEYS = frozenset({"pubdate", "pubdatetime", "heroimage", "updateddate"})

ASTRO = Generator(
    name="astro",
    title="Astro",
    markers=("astro.config.mjs", "astro.config.ts", "astro.config.js"),
    is_file=lambda front: not _KEYS.isdisjoint(front.data),
    no_article=underscored,
    heading_ids=GITHUB,
)
