"""Reading one file: bytes, front matter, fields, visibility, body, in this order. Runs in a worker process."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from searchapp.articles import steps
from searchapp.articles.body import rst
from searchapp.articles.body.detect_language import SAMPLE, detect
from searchapp.articles.body.extract import Body, extract
from searchapp.articles.body.prose_spans import plain_prose_spans, prose_spans
from searchapp.articles.body.render import render, render_plain
from searchapp.articles.draft import ParsedDraft
from searchapp.articles.file_facts import FileFacts
from searchapp.articles.files.contents import read_contents
from searchapp.articles.files.source import UnreadableError, clean_text
from searchapp.articles.front_matter import fields, split
from searchapp.articles.front_matter.loaders import FrontMatterError
from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.generators.jekyll import UNKNOWN
from searchapp.articles.generators.slugs import title_from_slug
from searchapp.articles.outcome import UNTOLD, Limits, Outcome, SourceFile
from searchapp.articles.site import Site
from searchapp.model import Article, Draft, Problem, Spot


def read(site: Site, source: SourceFile, limits: Limits, *, plain: str = "", known: str = "") -> Outcome:
    """Return the outcome of one source. May raise MemoryError and RecursionError, which the worker handles.

    plain   why its body is not to be rendered as Markdown; "" if it is
    known   digest of its last version shown; if that is unchanged, nothing is converted
    """
    facts = steps.begin(site, source.id)
    try:
        contents = read_contents(site, source.path, limits)
    except UnreadableError as error:
        return _skipped(facts, error.code, Spot(), str(error))
    except OSError as error:
        return _skipped(facts, "file-unreadable", Spot(), f"can't be read: {error.strerror or error}")
    key = contents.digest(site, source.id)
    bad_line = steps.decode_contents(facts, contents)
    if bad_line is not None:
        facts.warn("encoding-invalid", Spot(bad_line), "is not valid UTF-8; the bytes that are not were replaced")
    try:
        outcome = _outcome(facts, limits, key, plain, known)
    except FrontMatterError as error:
        spot = Spot(error.line or None, error.column or None)
        outcome = _skipped(facts, error.code, spot, error.reason, key)
        facts.front = FrontMatter("", {}, facts.text)
    # What takes too long comes here once more, to be read as plain text and nothing else.
    return outcome if plain or not site.lint else _checked(facts, outcome, contents.data, limits)


def _skipped(facts: FileFacts, code: str, spot: Spot, reason: str, digest: str = "") -> Outcome:
    """Return the outcome of a file that can't be used."""
    problem = Problem(facts.id, spot.line, reason, True, code, spot.column)
    return Outcome(facts.id, digest, None, problems=(*facts.problems, problem))


def _checked(facts: FileFacts, outcome: Outcome, data: bytes, limits: Limits) -> Outcome:
    """Return the outcome with lint problems, if the article is or will be shown, or its front matter is broken."""
    readable = outcome.article is not None or outcome.hidden == "future"
    if len(facts.text) > limits.markdown_chars or not (readable or any(each.skipped for each in outcome.problems)):
        return outcome
    from searchapp.articles import lint  # here, since indexing never needs it

    found = lint.inspect(lint.LintedFile(facts, data, outcome.article), facts.site.lint, readable=readable)
    return replace(outcome, problems=(*outcome.problems, *found), spots=lint.spots(facts.front))


def _outcome(facts: FileFacts, limits: Limits, key: str, plain: str, known: str) -> Outcome:
    steps.read_front_matter(facts)
    steps.judge_visibility(facts, datetime.now(UTC))
    if facts.hidden:
        problems = tuple(facts.problems)
        return Outcome(facts.id, key, None, hidden=facts.hidden, until=facts.until, problems=problems)
    if known == key:
        return Outcome(facts.id, key, None, unchanged=True, until=facts.until)
    steps.find_address(facts)
    body = _body(facts, limits, plain)
    title = fields.title(facts.front) or _first_heading(body) or title_from_slug(facts.place.slug) or facts.id
    language = steps.language(facts) or _guess(facts, title, body)
    article = _article(facts, title, language.partition("?")[0] or UNTOLD, body, key)
    return Outcome(facts.id, key, article, language=language, until=facts.until, problems=tuple(facts.problems))


def _article(facts: FileFacts, title: str, language: str, body: Body, key: str) -> Article:
    front = facts.front
    return Article(
        id=facts.id,
        title=title,
        permalink=facts.permalink,
        aliases=facts.aliases,
        date=facts.date,
        authors=fields.authors(front, facts.generator),
        categories=facts.categories,
        tags=facts.tags,
        series=fields.series(front, facts.generator),
        language=language,
        summary=fields.summary(front),
        sections=body.sections,
        code=body.code,
        html=body.html,
        digest=key,
        boost=fields.boost(front, facts.warn),
    )


def _body(facts: FileFacts, limits: Limits, plain: str) -> Body:
    body, ids = facts.front.body, facts.generator.heading_ids
    if len(body) > limits.markdown_chars:
        plain = f"its {len(body):,} characters are more than the {limits.markdown_chars:,} that are rendered"
    if not plain:
        try:
            return extract(_html(facts), ids)
        except (RecursionError, ValueError, IndexError, KeyError, TypeError, AttributeError, AssertionError) as error:
            # Whatever Python-Markdown trips over, the words are still there to be found.
            plain = (
                "nested too deeply" if isinstance(error, RecursionError) else f"{type(error).__name__}: {error}"[:200]
            )
    spot = Spot(facts.front.body_line)
    facts.warn("body-unrendered", spot, f"can't be rendered and is read as plain text: {plain}")
    return extract(render_plain(body), ids)


def _html(facts: FileFacts) -> str:
    if facts.place.ending == ".rst":
        html = rst.render(facts.front.body)
    else:
        html = render(facts.front.body, mdx=facts.place.ending == ".mdx" or facts.generator.jsx)
    for prefix, kind in facts.generator.link_prefixes:
        html = html.replace(f'href="{prefix}', f'href="/@{kind}/')
    return html


def _first_heading(body: Body) -> str:
    first = next((section for section in body.sections if section.level), None)
    return first.title if first is not None and first.level == 1 else ""


def _guess(facts: FileFacts, title: str, body: Body) -> str:
    """Return the language as `Outcome.language` has it of an article that does not tell it.

    A folder such as `it` may be about computers: its name counts if the text, or else the blog, bears it out.
    """
    seeming = facts.place.seeming_language
    if facts.site.language and not seeming:
        return facts.site.language
    sample = [title]
    size = 0
    for section in body.sections:
        sample.append(section.text)
        size += len(section.text)
        if size > SAMPLE:
            break
    code, clear = detect("\n".join(sample))
    if seeming and (seeming == code or not clear):
        return seeming if seeming == code else f"{facts.site.language or code}??{seeming}"
    if facts.site.language:
        return facts.site.language
    return code + ("?" if clear else "??")


def draft(text: str, *, plain: bool = False) -> Draft:
    """Return an unpublished text, with or without front matter, as a `Draft`."""
    return _draft(_split_draft(text), plain)


def parse_draft(text: str, *, plain: str = "") -> ParsedDraft:
    """Return an unpublished text with offsets; `plain` says why its Markdown is not to be rendered, "" to render it."""
    source = clean_text(text)
    front = _split_draft(source)
    draft = _draft(front, bool(plain))
    shown = (plain_prose_spans if plain else prose_spans)(source, len(source) - len(front.body))
    warnings = tuple((spot.line, reason) for _, spot, reason in front.warnings)
    told = fields.language(front) or detect(f"{draft.title}\n{draft.text}")[0] or UNTOLD
    return ParsedDraft(source, draft, shown.text, shown.links, told, plain, warnings)


def _split_draft(text: str) -> FrontMatter:
    """Split front matter; if that is invalid, it is left out, which is then the first of the warnings."""
    try:
        return split.split(text)
    except FrontMatterError as error:
        body = re.sub(r"\A\s*(---|\+\+\+)[^\n]*\n.*?\n\1[ \t]*(?:\n|\Z)", "", text, count=1, flags=re.S)
        found = FrontMatter("", {}, body)
        found.warnings.append((error.code, Spot(error.line or None, error.column or None), error.reason))
        return found


def _draft(front: FrontMatter, plain: bool) -> Draft:
    try:
        tags, categories = fields.tags(front, UNKNOWN), fields.categories(front, UNKNOWN)
    except FrontMatterError:
        tags, categories = (), ()
    body = extract(render_plain(front.body) if plain else render(front.body), UNKNOWN.heading_ids)
    prose = "\n".join(part for section in body.sections for part in (section.title, section.text) if part)
    guess, clear = ("", False) if (told := fields.language(front)) else detect(prose)
    language = told or (guess if clear else "")
    return Draft(fields.title(front) or _first_heading(body), prose, tags, categories, language)
