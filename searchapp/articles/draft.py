"""Unpublished texts with the offsets of their prose and links."""

from __future__ import annotations

from dataclasses import dataclass

from searchapp.model import Draft


@dataclass(frozen=True, slots=True)
class ParsedDraft:
    """An unpublished text, parsed.

    source      with plain newlines and without control characters; all offsets refer to it
    draft       its content, for related articles
    prose       as long as the source: its prose at the same offsets, `prose_spans.WALL` or blanks for everything else
    links       distinct targets of its links as written; of Liquid's `post_url` and the like the whole tag
    language    BCP 47 primary subtag, of its front matter, else detected
    plain       why its Markdown was not rendered, "" if it was
    warnings    (line in the source or None, message), ordered by line
    """

    source: str
    draft: Draft
    prose: str
    links: tuple[str, ...] = ()
    language: str = "en"
    plain: str = ""
    warnings: tuple[tuple[int | None, str], ...] = ()

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column, in characters, of an offset; both count from 1."""
        return self.source.count("\n", 0, offset) + 1, offset - self.source.rfind("\n", 0, offset)
