"""The position of a rendered link in an article's Markdown file."""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import unquote

from searchapp.articles.front_matter.loaders import FrontMatterError
from searchapp.articles.front_matter.split import split
from searchapp.articles.generators.link_tags import KINDS
from searchapp.model import Spot

_CODE = re.compile(
    r"""^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)
      | \{%-?[ ]*(?P<tag>highlight|codeblock|raw|comment)\b.*?\{%-?[ ]*end(?P=tag)[ ]*-?%\}
      | (?P<ticks>(?<!`)`{1,3})(?!`)[^`\n]+(?P=ticks)(?!`)
      | <!--.*?-->
      | <pre\b.*?</pre>""",
    re.M | re.S | re.X | re.I,
)
_PLACEHOLDER = re.compile(rf"/@({'|'.join(KINDS)})/([^#]*)")
_TAGS = {"post_url": "post_url|post_path|post_link", "link": "link", "ref": "ref|relref"}
_TOKEN = re.compile(r"""[^\s<>"'()\[\]]+""")
_BEFORE, _AFTER = r"""(?<![^\s(<>"'=:\[{}])""", r"""(?![^\s)>"'\]<{])"""
MAX_CHARACTERS = 2_000_000
"""Characters of a file that are searched, at most."""


class LinkFinder:
    """Finds links in the text of one file, skipping front matter and code."""

    def __init__(self, text: str) -> None:
        text = text[:MAX_CHARACTERS]
        try:
            body = split(text).body
        except FrontMatterError:
            body = text
        self.start = len(text) - len(body) if text.endswith(body) else 0
        self.text = text
        self.prose = _CODE.sub(_blank, text[self.start :])

    def spot(self, href: str, nth: int = 0) -> Spot:
        """Return the position of a link's target, of the `nth` (from 0) of several with the same target.

        Links that share a reference definition, `[word]: address`, are all at that. An empty spot if it is not found:
        the file may have changed, or a template may have made the link.
        """
        for prose in (self.prose, self.text[self.start :]):
            for pattern in _patterns(href):
                if found := [match.start() for match in re.finditer(pattern, prose)]:
                    return self._at(found[min(nth, len(found) - 1)])
            wanted = _unescaped(href)
            same = [match.start() for match in _TOKEN.finditer(prose) if _unescaped(match[0]) == wanted]
            if same:
                return self._at(same[min(nth, len(same) - 1)])
        return Spot()

    def _at(self, position: int) -> Spot:
        position += self.start
        return Spot(self.text.count("\n", 0, position) + 1, position - self.text.rfind("\n", 0, position))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _patterns(href: str) -> list[str]:
    """Patterns for the ways to write an address in Markdown, the likeliest first."""
    held = _PLACEHOLDER.search(href)
    if held:
        target = re.escape(unquote(held[2]).strip("/"))
        return [rf"""(?:{_TAGS[held[1]]})[ \t]+(?:path[ ]*=[ ]*)?["'`]?/?{target}"""]
    written = dict.fromkeys((href, escape(href, quote=False), unquote(href), href.replace("%20", " ")))
    exact = [f"{_BEFORE}{re.escape(each)}{_AFTER}" for each in written if each]
    escaped = "".join(rf"\\?{re.escape(char)}" if not char.isalnum() else char for char in href)
    return [*exact, f"{_BEFORE}{escaped}{_AFTER}"]


def _unescaped(written: str) -> str:
    return unquote(unescape(written.replace("\\", "")))
