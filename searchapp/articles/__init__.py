"""From a folder of Markdown to `Article` values: files are found, read, rendered and taken apart."""

from searchapp.articles.child import spare
from searchapp.articles.discover import discover
from searchapp.articles.generators import open_site
from searchapp.articles.manuscript import Manuscript
from searchapp.articles.outcome import Limits, Outcome, Source, permalink_clashes
from searchapp.articles.running import WALL
from searchapp.articles.site import Site
from searchapp.articles.unseen import Unseen, unseen
from searchapp.articles.workers import MAX_DRAFT, convert, digest_of, read_manuscript, render_draft

__all__ = [
    "MAX_DRAFT",
    "WALL",
    "Limits",
    "Manuscript",
    "Outcome",
    "Site",
    "Source",
    "Unseen",
    "convert",
    "digest_of",
    "discover",
    "open_site",
    "permalink_clashes",
    "read_manuscript",
    "render_draft",
    "spare",
    "unseen",
]
