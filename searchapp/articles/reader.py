"""One file -> its Outcome: bytes, front matter, fields, visibility, body, in this order. Runs in a worker."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

from searchapp.articles.body.detect_language import SAMPLE, detect
from searchapp.articles.body.extract import Body, extract
from searchapp.articles.body.prose_spans import running, running_plain
from searchapp.articles.body.render import render, render_plain
from searchapp.articles.draft import Manuscript
from searchapp.articles.files.path_info import Place, locate, no_article
from searchapp.articles.files.source import UnreadableError, decode, digest, read_bytes, tidy
from searchapp.articles.front_matter import dates, fields, split
from searchapp.articles.front_matter.loaders import FrontMatterError
from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.front_matter.visibility import judge
from searchapp.articles.generators import addresses, pelican_rst
from searchapp.articles.generators.detect_file import dialect_of
from searchapp.articles.generators.slugs import titleised
from searchapp.articles.outcome import Limits, Outcome, Source
from searchapp.articles.site import Site
from searchapp.model import Article, Draft, Problem, Spot

SURE = 300
"""Characters of a draft from which its language is told by its words."""

_DATE_KEYS = (
    "date",
    "pubdate",
    "pubdatetime",
    "publishedat",
    "datepublished",
    "publishdate",
    "postdate",
    "created",
    "createdat",
)
_DATE_IN_PATH = re.compile(r"(?:\A|/)(\d{4})/(\d{1,2})/(\d{1,2})(?:/|\Z)", re.A)


@dataclass(slots=True)
class Notes:
    """The problems of one file as they are found."""

    id: str
    problems: list[Problem] = field(default_factory=list)

    def warn(self, code: str, spot: Spot, reason: str) -> None:
        """Adds what a reader of the report should know; the file is used all the same."""
        self.problems.append(Problem(self.id, spot.line, reason, code=code, column=spot.column))

    def skip(self, code: str, spot: Spot, reason: str, digest: str = "") -> Outcome:
        """The outcome of a file that can't be used."""
        problem = Problem(self.id, spot.line, reason, True, code, spot.column)
        return Outcome(self.id, digest, None, problems=(*self.problems, problem))


def read(site: Site, source: Source, limits: Limits, *, plain: str = "", known: str = "") -> Outcome:
    """What one source gives; raises nothing but what the worker around it handles.

    plain   why its body is not to be rendered as Markdown; "" if it is
    known   its digest when it was last shown; if it is still that, nothing is converted
    """
    notes = Notes(source.id)
    try:
        data = read_bytes(source.path, limits)
    except UnreadableError as error:
        return notes.skip(error.code, Spot(), str(error))
    except OSError as error:
        return notes.skip("file-unreadable", Spot(), f"can't be read: {error.strerror or error}")
    key = digest(site.fingerprint, source.id, data)
    text, bad_line = decode(data)
    if bad_line is not None:
        notes.warn("encoding-invalid", Spot(bad_line), "is not valid UTF-8; the bytes that are not were replaced")
    place = locate(source.id, site)
    try:
        front = pelican_rst.split(text) if place.ending == ".rst" else split.split(text)
        outcome = _outcome(site, source, place, front, notes, limits, key, plain, known)
    except FrontMatterError as error:
        outcome = notes.skip(error.code, Spot(error.line or None, error.column or None), error.reason, key)
        front = FrontMatter("", {}, text)
    # What takes too long comes here once more, to be read as plain text and nothing else.
    return outcome if plain or not site.lint else _checked(site, outcome, data, text, front, place, limits)


def _checked(
    site: Site, outcome: Outcome, data: bytes, text: str, front: FrontMatter, place: Place, limits: Limits
) -> Outcome:
    """The outcome with what is wrong with the article, if it is shown or will be, or if its front matter is broken."""
    article = outcome.article
    readable = article is not None or outcome.hidden == "future"
    if len(text) > limits.markdown_chars or not (readable or any(problem.skipped for problem in outcome.problems)):
        return outcome
    from searchapp.articles import lint  # here, since indexing never needs it

    date = date_of(front, place, site.zone, Notes(outcome.id))
    page = lint.Page(outcome.id, data, text, front, place, site, dialect_of(front, outcome.id, site), date, article)
    found = lint.inspect(page, site.lint, readable=readable)
    return replace(outcome, problems=(*outcome.problems, *found), spots=lint.spots(front))


def _outcome(
    site: Site,
    source: Source,
    place: Place,
    front: FrontMatter,
    notes: Notes,
    limits: Limits,
    key: str,
    plain: str,
    known: str,
) -> Outcome:
    apply_defaults(site, place, front)
    for code, spot, reason in front.warnings:
        notes.warn(code, spot, reason)
    dialect = dialect_of(front, source.id, site)
    if reason := no_article(place, front, dialect, site):
        return Outcome(source.id, key, None, hidden=reason, problems=tuple(notes.problems))
    zone = site.zone
    date = date_of(front, place, zone, notes)
    seen = judge(front, place.folders, date, site.config, zone, datetime.now(UTC))
    if seen.hidden:
        return Outcome(source.id, key, None, hidden=seen.hidden, until=seen.until, problems=tuple(notes.problems))
    if known == key:
        return Outcome(source.id, key, None, unchanged=True, until=seen.until)
    article = _article(site, source, place, front, notes, limits, dialect, date, key, plain)
    return Outcome(source.id, key, article, until=seen.until, problems=tuple(notes.problems))


def _article(
    site: Site,
    source: Source,
    place: Place,
    front: FrontMatter,
    notes: Notes,
    limits: Limits,
    dialect: str,
    date: datetime | None,
    key: str,
    plain: str,
) -> Article:
    above = place.above if dialect in {"jekyll", "wordpress"} else ()
    categories = fields.categories(front, dialect, above)
    tags = fields.tags(front, dialect)
    permalink, aliases = addresses.of(site, place, front, dialect, categories, date, notes.warn)
    body = _body(front, place, dialect, limits, notes, plain)
    title = fields.title(front) or _first_heading(body) or titleised(place.slug) or source.id
    return Article(
        id=source.id,
        title=title,
        permalink=permalink,
        aliases=aliases,
        date=date,
        authors=fields.authors(front, dialect),
        categories=categories,
        tags=tags,
        language=fields.language(front) or place.language or site.language or _language(title, body),
        summary=fields.summary(front),
        sections=body.sections,
        code=body.code,
        html=body.html,
        digest=key,
        boost=fields.boost(front, notes.warn),
    )


def apply_defaults(site: Site, place: Place, front: FrontMatter) -> None:
    """Jekyll's front matter defaults: the deeper path wins, and the file's own values over all."""
    if not site.defaults:
        return
    folder = "/".join(place.folders)
    merged = {}
    for default in site.defaults:
        below = not default.path or f"{folder}/{place.name}/".startswith(default.path + "/")
        if below and default.type in {"", place.collection or "pages"}:
            merged.update(default.values)
    for key, value in merged.items():
        front.data.setdefault(key, value)


def date_of(front: FrontMatter, place: Place, zone: tzinfo, notes: Notes) -> datetime | None:
    """The date of the front matter, else of Zola's path, else of the file's name."""
    for key in (*_DATE_KEYS, "published"):
        text = fields.first(front.data.get(key))
        if not text.strip() or (key == "published" and not text.strip()[:4].isdigit()):
            continue
        if date := dates.parse(text, zone):
            return date
        notes.warn("date-unreadable", front.spot_of(key), f"{key} is not a date that can be read: {text[:60]}")
        break
    match = _DATE_IN_PATH.search(fields.first(front.data.get("path")))
    if match and (date := dates.parse("-".join(match.groups()), zone)):
        return date
    date = place.date(zone)
    if place.day is not None and date is None:
        day = "-".join(map(str, place.day))
        notes.warn("date-file-name", Spot(), f"the file name's date is not in the calendar: {day}")
    return date


def _body(front: FrontMatter, place: Place, dialect: str, limits: Limits, notes: Notes, plain: str) -> Body:
    body = front.body
    if len(body) > limits.markdown_chars:
        plain = f"its {len(body):,} characters are more than the {limits.markdown_chars:,} that are rendered"
    if not plain:
        try:
            return extract(_html(body, place, dialect), dialect)
        except (
            RecursionError,
            ValueError,
            IndexError,
            KeyError,
            TypeError,
            AttributeError,
            AssertionError,
        ) as error:
            # Whatever Python-Markdown trips over, the words are still there to be found.
            plain = (
                "nested too deeply" if isinstance(error, RecursionError) else f"{type(error).__name__}: {error}"[:200]
            )
    notes.warn("body-unrendered", Spot(front.body_line), f"can't be rendered and is read as plain text: {plain}")
    return extract(render_plain(body), dialect)


def _html(body: str, place: Place, dialect: str) -> str:
    if place.ending == ".rst":
        return pelican_rst.render(body)
    return render(body, mdx=place.ending == ".mdx" or dialect == "docusaurus")


def _first_heading(body: Body) -> str:
    first = next((section for section in body.sections if section.level), None)
    return first.title if first is not None and first.level == 1 else ""


def _language(title: str, body: Body) -> str:
    sample = [title]
    size = 0
    for section in body.sections:
        sample.append(section.text)
        size += len(section.text)
        if size > SAMPLE:
            break
    return detect("\n".join(sample))


def draft(text: str, *, plain: bool = False) -> Draft:
    """An unpublished text, with or without front matter, as what like articles are sought for."""
    return _draft(_split_draft(text), plain)


def manuscript(text: str, *, plain: str = "") -> Manuscript:
    """An unpublished text as its author sees it; `plain` says why its Markdown is not to be rendered."""
    source = tidy(text)
    front = _split_draft(source)
    draft = _draft(front, bool(plain))
    shown = (running_plain if plain else running)(source, len(source) - len(front.body))
    warnings = tuple((spot.line, reason) for _, spot, reason in front.warnings)
    told = fields.language(front) or detect(f"{draft.title}\n{draft.text}")
    return Manuscript(source, draft, shown.text, shown.links, told, plain, warnings)


def _split_draft(text: str) -> FrontMatter:
    """Its front matter, if need be without what can't be read, which is then the first of the warnings."""
    try:
        return split.split(text)
    except FrontMatterError as error:
        body = re.sub(r"\A\s*(---|\+\+\+)[^\n]*\n.*?\n\1[ \t]*(?:\n|\Z)", "", text, count=1, flags=re.S)
        found = FrontMatter("", {}, body)
        found.warnings.append((error.code, Spot(error.line or None, error.column or None), error.reason))
        return found


def _draft(front: FrontMatter, plain: bool) -> Draft:
    try:
        tags, categories = fields.tags(front, "jekyll"), fields.categories(front, "jekyll")
    except FrontMatterError:
        tags, categories = (), ()
    body = extract(render_plain(front.body) if plain else render(front.body), "jekyll")
    prose = "\n".join(part for section in body.sections for part in (section.title, section.text) if part)
    language = fields.language(front) or (detect(prose, default="") if len(prose) >= SURE else "")
    return Draft(fields.title(front) or _first_heading(body), prose, tags, categories, language)
