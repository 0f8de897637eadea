"""The ids of headings, as each generator documents them or makes them."""

from __future__ import annotations

import pytest
from markdown.extensions.toc import slugify, unique

from searchapp.articles.body.extract import extract
from searchapp.articles.generators.slugs import Anchors
from searchapp.articles.generators.table import BY_NAME

TITLES = (
    "What's new in C++ 2.0?",
    "Über_uns & Ähnliches",
    "A -- B",
    "हिन्दी में",
    "日本語",
    "日本語",
    "Again",
    "Again",
    "Again",
    "→",
)


@pytest.mark.parametrize(
    ("generator", "expected"),
    [
        (
            "jekyll",
            [
                "whats-new-in-c-20",
                "über_uns--ähnliches",
                "a----b",
                "हिन्दी-में",
                "日本語",
                "日本語-1",
                "again",
                "again-1",
                "again-2",
                "section",
            ],
        ),
        (
            "docusaurus",
            [
                "whats-new-in-c-20",
                "über_uns--ähnliches",
                "a----b",
                "हिन्दी-में",
                "日本語",
                "日本語-1",
                "again",
                "again-1",
                "again-2",
                "section",
            ],
        ),
        (
            "hugo",
            [
                "whats-new-in-c-20",
                "über_uns--ähnliches",
                "a----b",
                "हनद-म",
                "日本語",
                "日本語-1",
                "again",
                "again-1",
                "again-2",
                "heading",
            ],
        ),
        (
            "pelican",
            ["whats-new-in-c-20", "uber_uns-ahnliches", "a-b", "_1", "_2", "_3", "again", "again_1", "again_2", "_4"],
        ),
        (
            "eleventy",
            [
                "whats-new-in-c-2-0",
                "uber-uns-and-ahnliches",
                "a-b",
                "section",
                "section-2",
                "section-3",
                "again",
                "again-2",
                "again-3",
                "section-4",
            ],
        ),
        (
            "hexo",
            [
                "What-s-new-in-C-2-0",
                "Uber-uns-Ahnliches",
                "A-B",
                "हिन्दी-में",
                "日本語",
                "日本語-1",
                "Again",
                "Again-1",
                "Again-2",
                "→",
            ],
        ),
        (
            "zola",
            [
                "what-s-new-in-c-2-0",
                "uber-uns-ahnliches",
                "a-b",
                "section",
                "section-1",
                "section-2",
                "again",
                "again-1",
                "again-2",
                "section-3",
            ],
        ),
    ],
)
def test_each_generators_way(generator: str, expected: list[str]) -> None:
    anchors = Anchors(BY_NAME[generator].heading_ids)
    assert [anchors.make(title) for title in TITLES] == expected


def test_pelican_is_python_markdowns_own_extension() -> None:
    used: set[str] = set()
    anchors = Anchors(BY_NAME["pelican"].heading_ids)
    for title in (*TITLES, "Again", "Again_1", "  x -- y  "):
        assert anchors.make(title) == unique(slugify(title, "-"), used)


def test_explicit_ids_are_never_given_again() -> None:
    anchors = Anchors(BY_NAME["jekyll"].heading_ids)
    assert anchors.take("again") == "again"
    assert [anchors.make("Again"), anchors.make("Again 1")] == ["again-1", "again-1-1"]


@pytest.mark.parametrize(
    ("generator", "expected"), [("jekyll", ["a--b", "the---force-flag"]), ("astro", ["a----b", "the---force-flag"])]
)
def test_dashes_of_prose_are_typography_and_those_of_code_are_not(generator: str, expected: list[str]) -> None:
    found = extract("<h2>A -- B</h2><p>x</p><h2>The <code>--force</code> flag</h2>", BY_NAME[generator].heading_ids)
    assert [section.anchor for section in found.sections] == expected
