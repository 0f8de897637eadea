"""Proposals to merge tags and categories, and their patch."""

from __future__ import annotations

import shlex
from typing import NamedTuple

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from searchapp import serialize
from searchapp.config.loading import Config
from searchapp.editor.tagging import label_merges as hygiene
from searchapp.editor.tagging.label_merges import HEADINGS, KINDS, SURE, MergeProposal, TagReport
from searchapp.editor.tagging.merge_patch import Patch
from searchapp.engine import Engine
from searchapp.errors import ParameterError
from searchapp.web import params
from searchapp.web.desk.blueprint import desk
from searchapp.web.desk.reports import report
from searchapp.web.reader import pages
from searchapp.web.state import root, state

SHOWN, PER_PAGE = 15, 200
"""Proposals of each kind on the page of all kinds, and on that of one kind."""
MAX_CHOSEN = 5_000
"""Proposals in one patch, at most."""


class MergeTable(NamedTuple):
    """The proposals of one kind that are shown, and their total number."""

    kind: str
    heading: str
    findings: tuple[MergeProposal, ...]
    total: int
    sure: bool


def merge_report(_config: Config, engine: Engine) -> TagReport:
    """Build the report."""
    return hygiene.tag_report(engine)


@desk.get("/tags")
def tags() -> str:
    """Render the proposals by kind; with `kind`, those of one, page by page."""
    return _page()


def _page(**more: object) -> str:
    found = report(merge_report)
    kind = params.single(request.args, "kind")
    if kind and kind not in KINDS:
        raise ParameterError("kind", "%(name)s must be one of %(kinds)s", kinds=", ".join(KINDS))
    by_kind = {
        each: [finding for finding in found.findings if finding.kind == each] for each in (kind and (kind,)) or KINDS
    }
    last = max(1, -(-len(by_kind.get(kind, ())) // PER_PAGE))
    page = min(params.number(request.args, "page", 1, params.MAX_PAGE), last)
    begin, end = ((page - 1) * PER_PAGE, page * PER_PAGE) if kind else (0, SHOWN)
    sections = [
        MergeTable(each, HEADINGS[each], tuple(many[begin:end]), len(many), each in SURE)
        for each, many in by_kind.items()
        if many
    ]
    return render_template(
        "desk/tags.html",
        found=found,
        kind=kind,
        sections=sections,
        page=page,
        pages=last,
        page_url=lambda number: url_for("desk.tags", kind=kind, page=number),
        url_of=lambda id: serialize.article_path(id, root()),
        label_url=pages.filter_url,
        command=_command(),
        **more,
    )


def _command() -> str:
    """The command that makes the patch in a terminal."""
    config = state().config
    flags = [f"--content={config.content_dir}", f"--index={config.index_dir}"]
    return f"searchapp tags --patch {shlex.join(flags)} > tags.patch"


@desk.post("/tags")
def tag_patch() -> Response:
    """Return the patch of the chosen proposals as a download; 400 or 409 and the page if there is none."""
    names = set(request.form.getlist("only"))
    chosen = [each for each in report(merge_report).findings if each.name in names and each.merge is not None]
    if not chosen:
        return make_response(_page(complaint="Choose at least one merge."), 400)
    made = hygiene.patch_of(state().config, chosen[:MAX_CHOSEN])
    if not made.diff:
        return make_response(_page(complaint="These merges would change nothing.", left=made.skipped[:SHOWN]), 409)
    response = make_response(_introduction(made) + made.diff)
    response.headers["Content-Type"] = "text/x-diff; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="tags.patch"'
    return response


def _introduction(made: Patch) -> bytes:
    """Comment lines of the patch, which git ignores: how to apply it, and what is left out."""
    lines = [f"In {made.root}: git apply tags.patch, then searchapp index. {made.files:,} files would change."]
    lines += [f"Left out: {problem.path}: {problem.reason}" for problem in made.skipped]
    return "".join(f"# {' '.join(line.split())}\n" for line in lines).encode("utf-8", "replace") + b"\n"
