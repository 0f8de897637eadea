"""Generators' tags for the address of another article, such as `{% post_url 2024-05-06-bread %}`.

They can be resolved only when all articles are known. Until then a link has a placeholder address
that no blog uses: `/@post_url/2024-05-06-bread`.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from searchapp.articles.generators.slugs import split_date, title_from_slug
from searchapp.articles.generators.table import GENERATORS

KINDS = ("post_url", "link", "ref")
"""Kinds of placeholders: name of a post's file, path below the site's root, path as of Hugo's `ref`."""

_KIND = {tag: kind for generator in GENERATORS for tag, kind in generator.link_tags}
_TAG = re.compile(rf"({'|'.join(_KIND)})[ \t]+(?:path[ ]*=[ ]*)?(\"[^\"\n]+\"|'[^'\n]+'|`[^`\n]+`|[^\s\"'`]+)")
_POST_LINK = re.compile(r"post_link[ \t]+([^\s\"']+)(?:[ \t]+(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\n]+?)))?[ \t]*\Z")
_IN_A_LINK = re.compile(
    r"""(?:\]\([ ]*<?|\bhref[ ]*=[ ]*["']?|^[ ]{0,3}\[[^\]\n]*\]:[ \t]*<?)(?:[^\s()<>"'{}]|\{\{[^{}\n]*\}\})*\Z""",
    re.I | re.M,
)
LOOK_BEHIND = 300
"""Characters before a tag in which a link may begin."""


def placeholder(inner: str, before: str) -> str:
    """Return the placeholder of a tag; "" if it is another tag, or not in a link.

    inner   the text between the tag's braces
    before  the text up to the tag, at least LOOK_BEHIND characters of it if there are so many
    """
    if match := _POST_LINK.match(inner):
        words = match[2] or match[3] or match[4] or title_from_slug(split_date(match[1].rpartition("/")[2])[1])
        return f"[{words.replace('[', '').replace(']', '')}]({_address('post_url', match[1])})"
    match = _TAG.match(inner)
    if match is None or not _IN_A_LINK.search(before[-LOOK_BEHIND:]):
        return ""
    target = match[2].strip("\"'`")
    if "{" in target:
        return ""
    return _address(_KIND[match[1]], target)


def _address(kind: str, target: str) -> str:
    path, hash, anchor = target.partition("#")
    return f"/@{kind}/{quote(path.strip('/'), safe='/-._~')}{hash}{quote(anchor, safe='-._~')}"
