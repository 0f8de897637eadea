"""Serialisation of model values as the JSON of the HTTP API and of `--json`.

`site_url` is the blog's own URL or "" (then links lead to this application); `root` is the
path at which this application is mounted, "" at the top of a host.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import cast
from urllib.parse import quote, urlencode, urlsplit

from searchapp import json_shapes as shapes
from searchapp.facets import BY_KEY, FACETS
from searchapp.model import (
    METADATA,
    Article,
    ArticleHead,
    FacetValue,
    Fragment,
    Hit,
    Passage,
    Quote,
    Results,
    Section,
    Status,
    Suggestion,
)
from searchapp.retrieval.documents import excerpt

_PATH_SAFE = "/~!$&'()*+,;=:@%-._"


_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def text(value: object) -> str:
    """Return a value without cycles as JSON text; omitting the cycle check saves a seventh of the time."""
    return _ENCODER.encode(value)


def article_path(id: str, root: str = "") -> str:
    """Return the path of an article's page in this application: `/articles/<id>`, percent-encoded."""
    return f"{root}/articles/{quote(id, safe='/', errors='replace')}"


def public_url(site_url: str, permalink: str, id: str, root: str = "") -> str:
    """Return the URL of an article: its permalink on the blog if both are known, else `article_path`.

    Absolute permalinks other than http(s) are ignored.
    """
    if not site_url or not permalink:
        return article_path(id, root)
    if _is_web_address(permalink):
        return quote(permalink, safe=_PATH_SAFE + "?#", errors="replace")
    if scheme_of(permalink):
        return article_path(id, root)
    path = quote(permalink.lstrip("/"), safe=_PATH_SAFE + "?", errors="replace")
    return f"{site_url.rstrip('/')}/{path}"


def passage_url(hit: Hit, passage: Passage | None, site_url: str = "", root: str = "", asked: str = "") -> str:
    """Return the URL of a passage: of one of the hit's sections, or by default of its snippet.

    It ends in a text directive if the passage has a quote, and in its section's anchor. `asked` (see `asked_for`) is
    appended to this application's own pages, which highlight it.
    """
    url = public_url(site_url, hit.permalink, hit.id, root)
    if asked and url == article_path(hit.id, root):
        url = f"{url}?{asked}"
    where = hit.section if passage is None else passage
    anchor = quote(where.anchor, safe="", errors="replace") if where else ""
    directive = text_directive(hit.quote if passage is None else passage.quote)
    if not (anchor or directive):
        return url
    page, _, fragment = url.partition("#")
    return f"{page}#{anchor or fragment}{directive}"


def text_directive(words: Quote | None) -> str:
    """Return a quote as a text directive (`:~:text=…`); "" for None.

    `-`, `,` and `&` are percent-encoded, as the specification demands.
    """
    if words is None:
        return ""
    start, end, before, after = (
        quote(part, safe="", errors="replace").replace("-", "%2D")
        for part in (words.start, words.end, words.before, words.after)
    )
    parts = (before and f"{before}-", start, end, after and f"-{after}")
    return f":~:text={','.join(filter(None, parts))}"


def scheme_of(address: str) -> str:
    """Return the scheme of a URL in lower case, parsed as leniently as by browsers; "" if it has none."""
    match = re.match(r"[\x00-\x20]*([A-Za-z][A-Za-z0-9+.\-\t\r\n]*):", address)
    return re.sub(r"[\t\r\n]", "", match[1]).lower() if match else ""


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def highlight_html(fragments: Iterable[Fragment]) -> str:
    """Return escaped text in which only `<mark>`, around the matched pieces, is markup."""
    return "".join(f"<mark>{escape(piece.text)}</mark>" if piece.matched else escape(piece.text) for piece in fragments)


def hit(hit: Hit, site_url: str = "", root: str = "", asked: str = "") -> shapes.HitJson:
    """Return a hit as JSON."""
    return {
        **_head(hit, hit.excerpt, site_url, root),  # type: ignore[typeddict-item] # which has no explanation
        "score": float(hit.score),
        "partial": hit.partial,
        "pinned": hit.pinned,
        "highlights": {
            "title": highlight_html(hit.title_fragments) or escape(hit.title),
            "body": highlight_html(hit.snippet) or escape(hit.excerpt),
        },
        "section": _section(hit.section),
        "passage_url": passage_url(hit, None, site_url, root, asked),
        "sections": [
            {
                "title": each.title,
                "anchor": each.anchor,
                "url": passage_url(hit, each, site_url, root, asked),
                "highlights": {"title": highlight_html(each.title_fragments), "body": highlight_html(each.snippet)},
            }
            for each in hit.sections
        ],
    }


def _head(head: ArticleHead, excerpt: str, site_url: str, root: str) -> shapes.ArticleHeadJson:
    held = {name: getattr(head, name) for name in METADATA}
    made = {
        "id": head.id,
        "url": public_url(site_url, head.permalink, head.id, root),
        "title": head.title,
        "date": head.date.isoformat() if head.date else None,
        **{name: list(value) if isinstance(value, tuple) else value for name, value in held.items()},
        "excerpt": excerpt,
    }
    return cast(shapes.ArticleHeadJson, made)


def _section(section: Section | None) -> shapes.HeadingJson | None:
    if section is None or not (section.title or section.anchor):
        return None
    return {"title": section.title, "anchor": section.anchor}


def results(results: Results, took_ms: float, site_url: str = "", root: str = "") -> shapes.ResultsJson:
    """Return a page of results as JSON; `took_ms` is the time of the search."""
    facets: dict[str, list[shapes.FacetValueJson]] = {
        name: [{"value": value, "count": count, "selected": selected} for value, count, selected in values]
        for name, values in _facets(results)
    }
    return {**_without_facets(results, took_ms, site_url, root), "facets": facets}


def results_text(results: Results, took_ms: float, site_url: str = "", root: str = "") -> str:
    """Return the text of `results`, in half the time since no dict is made for each facet value."""
    facets = ",".join(f'"{name}":[{_facet_text(values)}]' for name, values in _facets(results))
    return f'{text(_without_facets(results, took_ms, site_url, root))[:-1]},"facets":{{{facets}}}}}'


def _facets(results: Results) -> list[tuple[str, Sequence[FacetValue]]]:
    return [(facet.key, results.facets.get(facet.key, ())) for facet in FACETS]


def _facet_text(values: Sequence[FacetValue]) -> str:
    quoted = json.encoder.encode_basestring
    return ",".join(
        [
            f'{{"value":{quoted(value)},"count":{count},"selected":{"true" if selected else "false"}}}'
            for value, count, selected in values
        ]
    )


def _without_facets(results: Results, took_ms: float, site_url: str, root: str) -> shapes.PageJson:
    query = results.query
    asked = asked_for(results)
    return {
        "query": query.text,
        "mode": results.mode.value,
        "total": results.total,
        "page": query.page,
        "pages": results.pages,
        "per_page": query.per_page,
        "sort": query.sort.value,
        "took_ms": round(took_ms, 3),
        "did_you_mean": results.did_you_mean,
        "corrected": results.corrected,
        "other_reading": results.other_reading,
        "more": results.more,
        "hits": [
            {**hit(each, site_url, root, asked), "explanation": explanation(each)}
            if query.explain
            else hit(each, site_url, root, asked)
            for each in results.hits
        ],
    }


def explanation(hit: Hit) -> list[shapes.PartJson]:
    """Return the parts of a hit's score, not rounded, so that they add up."""
    return [
        {
            "part": part.kind,
            "text": part.text,
            "term": part.term,
            "field": part.field,
            "idf": part.idf,
            "impact": part.impact,
            "factor": part.factor,
            "value": part.value,
        }
        for part in hit.explanation
    ]


def asked_for(results: Results) -> str:
    """Return the query string that makes an article's page highlight the words searched for, corrected; "" for none."""
    text = (results.did_you_mean if results.corrected else None) or results.query.text
    if not text:
        return ""
    return f"{urlencode({'q': text}, errors='replace')}{'&live=1' if results.query.unfinished else ''}"


def suggestions(query: str, found: Sequence[Suggestion], site_url: str = "", root: str = "") -> shapes.SuggestionsJson:
    """Return completions as JSON; `url` is null for query completions."""
    return {
        "query": query,
        "suggestions": [
            {"text": each.text, "kind": each.kind, "url": _suggestion_url(each, site_url, root)} for each in found
        ],
    }


def _suggestion_url(found: Suggestion, site_url: str, root: str) -> str | None:
    if found.kind == "article":
        return public_url(site_url, found.permalink, found.id, root)
    if found.kind in BY_KEY:
        return f"{root}/search?{urlencode({found.kind: found.text}, errors='replace')}"
    return None


def article(article: Article, site_url: str = "", root: str = "") -> shapes.ArticleJson:
    """Return an article with its summary and sections as JSON."""
    return {
        **article_head(article, site_url, root),
        "summary": article.summary,
        "sections": [
            {"title": each.title, "anchor": each.anchor, "level": each.level, "text": each.text}
            for each in article.sections
        ],
        "code": article.code,
    }


def article_head(article: Article, site_url: str = "", root: str = "") -> shapes.ArticleHeadJson:
    """Return the metadata of an article as JSON, with the names of a hit's."""
    return _head(article, excerpt(article), site_url, root)


def related(article: Article | None, hits: Sequence[Hit], site_url: str = "", root: str = "") -> shapes.RelatedJson:
    """Return articles related to one, or to a draft (None), as JSON, each with its reasons, strongest first."""
    return {
        "article": article_head(article, site_url, root) if article else None,
        "hits": [
            {**hit(each, site_url, root), "reasons": [f"{reason.kind}: {reason.value}" for reason in each.reasons]}
            for each in hits
        ],
    }


def healthz(status: Status) -> shapes.HealthJson:
    """Return the status of the index as JSON."""
    return {
        "status": "ok",
        "articles": status.articles,
        "generation": status.generation.name,
        "indexed_at": status.generation.indexed_at.isoformat(),
    }
