"""reStructuredText -> HTML by docutils, without file access, keeping the text of unknown directives and roles."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from docutils import frontend, nodes, utils
from docutils.parsers.rst import Directive, Parser, directives, languages, roles
from docutils.readers import standalone
from docutils.statemachine import StringList
from docutils.writers import html5_polyglot

_SETTINGS = {
    "file_insertion_enabled": False,
    # HTML in an article is sanitised wherever it is shown, whether Markdown or a directive brought it.
    "raw_enabled": True,
    "halt_level": 5,
    "report_level": 5,
    "warning_stream": False,
    "line_length_limit": 1_000_000,
    "doctitle_xform": False,
    "docinfo_xform": False,
    "sectsubtitle_xform": False,
    "toc_backlinks": False,
    "math_output": "LaTeX",
    "syntax_highlight": "none",
}
_DIRECTIVE = re.compile(r"^[ \t]*\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?([\w.:+-]+?)[ ]?::(?:[ \t]|$)", re.M)
_ROLE = re.compile(r":([\w.:+-]{1,100}):`|`:([\w.:+-]{1,100}):")
_TARGET = re.compile(r"(?<=\S)[ \n]*<[^<>]*>\Z")
_ENGLISH = languages.get_language("en")
_DIRECTIVES: Any = directives
_ROLES: Any = roles
"""Untyped, as the stubs lack their private attributes."""


class _AnyOption(dict[str, Callable[[str], Any]]):
    """The options of a directive, and any others."""

    def __missing__(self, _key: str) -> Callable[[str], Any]:
        return directives.unchanged


class _Unknown(Directive):
    """An unknown directive: its content is text, as are `alt` and `caption`."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = _AnyOption(alt=directives.unchanged)

    def run(self) -> list[nodes.Node]:
        found = nodes.container()
        first, *rest = "".join(self.arguments).split("\n")
        # One word names something; several, and all that follows on lines of its own, is text.
        shown = [first if " " in first.strip() else "", *rest]
        self.state.nested_parse(StringList(shown, ""), self.content_offset, found)
        for key in ("alt", "caption"):
            found += [nodes.paragraph(text, text) for text in (self.options.get(key),) if text]
        self.state.nested_parse(self.content, self.content_offset, found)
        return found.children


class _Code(_Unknown):
    """Code under any generator's name, with any options, not highlighted."""

    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content)
        return [nodes.literal_block(text, text, language="".join(self.arguments))] if text.strip() else []


_CODE = frozenset({"code", "code-block", "sourcecode", "highlight"})


def _role(_name: str, rawtext: str, text: str, *_: Any) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """An unknown role: its words, without the target that may follow them."""
    words = _TARGET.sub("", utils.unescape(text)).lstrip("~!")
    return [nodes.inline(rawtext, words)], []


class _Translator(html5_polyglot.HTMLTranslator):
    """HTML like that of Markdown: headings with ids, `pre` around `code`, footnotes marked as such."""

    def visit_topic(self, node: nodes.topic) -> None:
        if "contents" in node["classes"]:
            raise nodes.SkipNode  # headings say it where they are
        super().visit_topic(node)

    def visit_section(self, _node: nodes.Node) -> None:
        self.section_level += 1

    def depart_section(self, _node: nodes.Node) -> None:
        self.section_level -= 1

    def visit_title(self, node: nodes.title) -> None:
        if not isinstance(node.parent, nodes.section):
            super().visit_title(node)
            return
        level = min(self.section_level + 1, 6)
        self.body.append(f'<h{level} id="{html.escape(node.parent["ids"][0])}">')
        self.context.append(f"</h{level}>\n")

    def visit_literal_block(self, node: nodes.Element) -> None:
        language = re.sub(r"[^\w+#.-]", "", node.get("language", ""))
        attribute = f' class="language-{language}"' if language else ""
        code = html.escape(node.astext(), quote=False)
        self.body.append(f"<pre><code{attribute}>{code}\n</code></pre>\n")
        raise nodes.SkipNode

    visit_doctest_block = visit_literal_block

    def visit_literal(self, node: nodes.Element) -> None:
        self.body.append(f"<code>{html.escape(node.astext(), quote=False)}</code>")
        raise nodes.SkipNode

    def visit_footnote_reference(self, node: nodes.Element) -> None:
        self.body.append(f'<sup id="fnref-{node["ids"][0]}"><a href="#{node["refid"]}">{node.astext()}</a></sup>')
        raise nodes.SkipNode

    def visit_label(self, node: nodes.Element) -> None:
        self.body.extend(
            f'<a class="footnote-backref" href="#fnref-{id}">{node.astext()}</a> ' for id in node.parent["backrefs"]
        )
        raise nodes.SkipNode

    def visit_problematic(self, _node: nodes.Node) -> None:
        pass

    def depart_problematic(self, _node: nodes.Node) -> None:
        pass


@functools.cache
def _settings() -> Any:
    settings = frontend.get_default_settings(standalone.Reader, Parser, html5_polyglot.Writer)
    vars(settings).update(_SETTINGS)
    return settings


def render(body: str) -> str:
    """Return the HTML of a body, not sanitised. Raises exceptions of docutils: to be called in a worker."""
    document = utils.new_document("", _settings().copy())
    with _all_known(body, document):
        Parser().parse(body, document)
    document.transformer.populate_from_components((standalone.Reader(), Parser(), html5_polyglot.Writer()))
    document.transformer.apply_transforms()
    translator = _Translator(document)
    document.walkabout(translator)
    return "".join(translator.body)


@contextmanager
def _all_known(text: str, document: nodes.document) -> Iterator[None]:
    """Register every directive and role that a text names; unregister them and the text's own afterwards."""
    before = dict(_DIRECTIVES._directives), dict(_ROLES._roles)
    for name in {match[1].lower() for match in _DIRECTIVE.finditer(text)}:
        known, _ = _DIRECTIVES.directive(name, _ENGLISH, document)
        directives.register_directive(name, _Code if name in _CODE else _lenient(known) if known else _Unknown)
    for name in {(match[1] or match[2]).lower() for match in _ROLE.finditer(text)}:
        known, _ = _ROLES.role(name, _ENGLISH, 0, document.reporter)
        if known is None:
            _ROLES.register_local_role(name, _role)
    try:
        yield
    finally:
        _DIRECTIVES._directives, _ROLES._roles = before


def _lenient(known: type[Directive]) -> type[Directive]:
    """Return the directive with unknown options allowed, such as those of a theme."""
    spec = known.option_spec
    return type(known.__name__, (known,), {"option_spec": _AnyOption(spec)}) if spec else known
