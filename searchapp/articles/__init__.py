"""From a folder of Markdown to `Article` values: files are found, read, rendered and taken apart."""

from searchapp.articles.body.prose_spans import WALL
from searchapp.articles.draft import Manuscript
from searchapp.articles.files.discover import discover
from searchapp.articles.files.hidden_files import HiddenFile, hidden_files
from searchapp.articles.generators.detect_site import open_site
from searchapp.articles.outcome import Limits, Outcome, SourceFile, permalink_clashes
from searchapp.articles.pool.child import spare
from searchapp.articles.pool.pool import MAX_DRAFT, convert, digest_of, read_manuscript, render_draft
from searchapp.articles.site import Site

__all__ = [
    "MAX_DRAFT",
    "WALL",
    "HiddenFile",
    "Limits",
    "Manuscript",
    "Outcome",
    "Site",
    "SourceFile",
    "convert",
    "digest_of",
    "discover",
    "hidden_files",
    "open_site",
    "permalink_clashes",
    "read_manuscript",
    "render_draft",
    "spare",
]
