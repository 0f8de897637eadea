"""Generators' tags for the address of another article, such as `{% post_url 2024-05-06-bread %}`.

What a tag stands for is known only when all articles are. Until then its place in a link is held by an address
that no blog has: `/@post_url/2024-05-06-bread`. Whoever shows or counts links looks up what it means.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from searchapp.articles.generators.slugs import dated, titleised
from searchapp.articles.generators.table import GENERATORS

KINDS = ("post_url", "link", "ref")
"""What may follow `/@`: the name of a post's file, a path below the site's root, a path as Hugo's `ref` takes it."""

_KIND = {tag: kind for generator in GENERATORS for tag, kind in generator.link_tags}
_TAG = re.compile(rf"({'|'.join(_KIND)})[ \t]+(?:path[ ]*=[ ]*)?(\"[^\"\n]+\"|'[^'\n]+'|`[^`\n]+`|[^\s\"'`]+)")
_POST_LINK = re.compile(r"post_link[ \t]+([^\s\"']+)(?:[ \t]+(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\n]+?)))?[ \t]*\Z")
_IN_A_LINK = re.compile(
    r"""(?:\]\([ ]*<?|\bhref[ ]*=[ ]*["']?|^[ ]{0,3}\[[^\]\n]*\]:[ \t]*<?)(?:[^\s()<>"'{}]|\{\{[^{}\n]*\}\})*\Z""",
    re.I | re.M,
)
LOOKED_AT = 300
"""Characters before a tag in which a link may begin."""


def held(inner: str, before: str) -> str:
    """What holds the place of a tag; "" if it is another tag, or stands in no link.

    inner   what is between the tag's braces
    before  the text up to the tag, at least LOOKED_AT characters of it if there are so many
    """
    if match := _POST_LINK.match(inner):
        words = match[2] or match[3] or match[4] or titleised(dated(match[1].rpartition("/")[2])[1])
        return f"[{words.replace('[', '').replace(']', '')}]({_address('post_url', match[1])})"
    match = _TAG.match(inner)
    if match is None or not _IN_A_LINK.search(before[-LOOKED_AT:]):
        return ""
    target = match[2].strip("\"'`")
    if "{" in target:
        return ""
    return _address(_KIND[match[1]], target)


def _address(kind: str, target: str) -> str:
    path, hash, anchor = target.partition("#")
    return f"/@{kind}/{quote(path.strip('/'), safe='/-._~')}{hash}{quote(anchor, safe='-._~')}"
