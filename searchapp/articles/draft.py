"""An unpublished text in hand: what it is about, and where in its source it says so."""

from __future__ import annotations

from dataclasses import dataclass

from searchapp.model import Draft


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A draft, read.

    source      its text with plain newlines and without control characters; all offsets are in it
    draft       what like articles are sought for
    running     as long as the source: its running text at the same offsets, `running.WALL` or blanks for all else
    links       the targets of its links as written, each once; of Liquid's `post_url` and the like the whole tag
    language    BCP 47 primary subtag: its front matter's, else what the text looks like
    plain       why its Markdown was not rendered, "" if it was
    warnings    (line in the source or None, what is odd), in order of lines
    """

    source: str
    draft: Draft
    running: str
    links: tuple[str, ...] = ()
    language: str = "en"
    plain: str = ""
    warnings: tuple[tuple[int | None, str], ...] = ()

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column, in characters, of an offset; both count from 1."""
        return self.source.count("\n", 0, offset) + 1, offset - self.source.rfind("\n", 0, offset)
