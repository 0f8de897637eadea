"""Reading articles: a folder of Markdown files -> `Article` values."""

from searchapp.articles.body.prose_spans import WALL
from searchapp.articles.draft import ParsedDraft
from searchapp.articles.files.discover import discover
from searchapp.articles.files.hidden_files import HiddenFile, hidden_files
from searchapp.articles.generators.detect_site import open_site
from searchapp.articles.outcome import UNTOLD, Limits, Outcome, SourceFile, permalink_clashes
from searchapp.articles.pool.child import spare
from searchapp.articles.pool.pool import MAX_DRAFT, convert, digest_of, parse_draft, render_draft
from searchapp.articles.site import Site

__all__ = [
    "MAX_DRAFT", "UNTOLD", "WALL", "HiddenFile", "Limits", "Outcome", "ParsedDraft", "Site", "SourceFile", "convert",
    "digest_of", "discover", "hidden_files", "open_site", "parse_draft", "permalink_clashes", "render_draft",
    "spare",
]  # fmt: skip
