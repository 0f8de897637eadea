"""Eleventy."""

from __future__ import annotations

from searchapp.articles.generators.generator import Generator
from searchapp.articles.generators.slugs import HeadingIds, eleventy_slug

ELEVENTY = Generator(
    name="eleventy",
    title="Eleventy",
    markers=(".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs"),
    heading_ids=HeadingIds(eleventy_slug, "-2", "section"),
    templates="other",
)
