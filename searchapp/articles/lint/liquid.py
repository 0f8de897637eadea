"""Rules on unclosed blocks, invalid Liquid, Liquid for another generator, and unsupported shortcodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from searchapp.articles.lint.page import Flaw, LintedFile

CODES = frozenset(
    ("fence-unclosed comment-unclosed liquid-unbalanced liquid-unclosed liquid-foreign shortcode-left").split()
)

_PAIRED = ("highlight", "raw", "comment", "if", "unless", "for", "case", "capture", "tablerow")
_MARK = re.compile(r"\{%-?[ \t]*(end)?(" + "|".join(_PAIRED) + r")\b[^%\n]{0,500}%\}|\{\{|\{%")
_ENDRAW = re.compile(r"\{%-?[ \t]*endraw[ \t]*-?%\}")
_ENDCOMMENT = re.compile(r"\{%-?[ \t]*endcomment[ \t]*-?%\}")
_FOREIGN = re.compile(
    r"\{%-?[ \t]*(?:post_url|link|include|highlight|endhighlight|raw|endraw|assign|if|for)\b[^%\n]*%\}"
    r"|\{\{[ \t]*(?:site|page)\.[\w.]+[^{}\n]*\}\}"
)
_SHORTCODE = re.compile(
    r"\[(?P<name>caption|wp_caption|gallery|embed|audio|video|playlist|sourcecode|contact-form(?:-7)?|vc\\?_\w+|wpvideo|"
    r"youtube|vimeo|soundcloud)(?P<rest>[ =][^\]\n]{0,500}|)\\?\](?![(\[:])"
)


def find(page: LintedFile) -> Iterator[Flaw]:
    """Yield markup that no generator processes, and that breaks a build."""
    for code, offset, opened in page.masked.unclosed if page.is_markdown else ():
        what = "code" if code == "fence-unclosed" else "comment"
        yield Flaw(code, offset, f"{opened} opens {what} that never ends: all that follows is taken for it")
    body = page.body
    if "{%" in body or "{{" in body:
        if page.runs_liquid:
            yield from _balance(body)
        elif page.facts.site.generator and not page.facts.generator.templates:
            for match in _FOREIGN.finditer(page.masked.code):
                reason = f"{page.facts.generator.title} does not read Liquid: readers see {match[0][:60]}"
                yield Flaw("liquid-foreign", match.start(), reason)
    if page.facts.place.ending != ".rst":
        for match in _SHORTCODE.finditer(page.prose):
            before = page.prose[match.start() - 1 : match.start()]
            if not (before.isalnum() or before == "]") and (match["rest"] or f"[/{match['name']}" in page.prose):
                yield Flaw("shortcode-left", match.start(), f"readers see WordPress's [{match['name']}]")


def _balance(body: str) -> Iterator[Flaw]:
    """Unbalanced Liquid blocks, also in code, up to the first error, as Liquid does."""
    opened: list[tuple[str, int]] = []
    position = 0
    while match := _MARK.search(body, position):
        position = match.end()
        name = match[2]
        if name is None:
            closed = body.find("}}" if match[0] == "{{" else "%}", match.end())
            if closed < 0:
                yield Flaw("liquid-unclosed", match.start(), f"{match[0]} without an end: Jekyll stops here")
                return
            position = closed + 2
        elif match[1]:
            if not opened or opened[-1][0] != name:
                inside = f"; {{% {opened[-1][0]} %}} is still open" if opened else ""
                yield Flaw("liquid-unbalanced", match.start(), f"{{% end{name} %}} without {{% {name} %}}{inside}")
                return
            opened.pop()
        elif name in {"raw", "comment"}:
            end = (_ENDRAW if name == "raw" else _ENDCOMMENT).search(body, position)
            if end is None:
                opened.append((name, match.start()))
                break
            position = end.end()
        else:
            opened.append((name, match.start()))
    for name, offset in opened[:1]:
        yield Flaw(
            "liquid-unbalanced", offset, f"{{% {name} %}} without {{% end{name} %}}: Jekyll can't build this page"
        )
