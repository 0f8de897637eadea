"""Pagefind indexes rendered pages; we index the same posts from their Markdown. Both as a user starts them."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from html import escape
from pathlib import Path

from searchapp.articles import convert, discover, open_site
from searchapp.config.loading import Config
from tests.benchmarks import indexing

ROUNDS = 3


def compare(content: Path, modules: Path, scratch: Path) -> str:
    """One line with the medians of ROUNDS full builds of each."""
    command = modules / ".bin" / "pagefind"
    if not command.exists() or not shutil.which("node"):
        return "Pagefind: not measured (npm install pagefind, then --npm=…/node_modules)"
    pages = _render(content, scratch / "site")
    theirs, ours = [], []
    for number in range(ROUNDS):
        began = time.perf_counter()
        output = scratch / f"pagefind{number}"
        subprocess.run(
            [command, "--site", scratch / "site", "--output-path", output, "--silent"], check=True, capture_output=True
        )
        theirs.append(time.perf_counter() - began)
        ours.append(indexing.run(content, scratch / f"index{number}")[0])
    mine, other = statistics.median(ours), statistics.median(theirs)
    sizes = [_megabytes(scratch / name) for name in ("index0", "pagefind0")]
    return (
        f"{pages:,} posts: ours from Markdown {mine:.2f} s ({sizes[0]:.1f} MB), "
        f"Pagefind from HTML {other:.2f} s ({sizes[1]:.1f} MB), ratio {other / mine:.2f}"
    )


def _render(content: Path, site: Path) -> int:
    """Writes a page for each post; returns how many there are."""
    opened = open_site(Config(content_dir=content, index_dir=content / "none"))
    pages = 0
    for outcome in convert(opened, discover(opened)[0], {}):
        if outcome.article:
            path = site / f"{pages}" / "index.html"
            path.parent.mkdir(parents=True)
            title = escape(outcome.article.title)
            filters = "".join(
                f'<span data-pagefind-filter="{name}">{escape(value)}</span>'
                for name, values in (("category", outcome.article.categories), ("tag", outcome.article.tags))
                for value in values
            )
            path.write_text(
                f'<!doctype html><html lang="en"><head><title>{title}</title></head><body data-pagefind-body>'
                f"<h1>{title}</h1>{outcome.article.html}{filters}</body></html>",
                encoding="utf-8",
            )
            pages += 1
    return pages


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1_000_000
