"""Endpoints for other programs: browsers' search engines (OpenSearch), crawlers, and the widget for other sites."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, jsonify, request

from searchapp.query import normalise
from searchapp.web import i18n, params
from searchapp.web.http.assets import asset_url, content_hash
from searchapp.web.http.conditional import FRESHNESS, cached_response
from searchapp.web.http.cors import WIDGET, WIDGET_STYLE
from searchapp.web.reader import xml
from searchapp.web.state import base, root, state

discovery = Blueprint("discovery", __name__)

WIDGET_FRESH = 3_600
"""Seconds; its URL has no version, and blogs should get a new one within the hour."""
SUGGESTIONS = 8

_UNSENT = re.compile(rb"^\s*//.*\n|^[ ]+", re.MULTILINE)

_SILENT = (b"const NOTED = true", b"const NOTED = false")
"""Replacement in a script that turns its reports off."""

_OPEN_SEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_SHORT, _LONG = 16, 48
"""Maximum characters of names in OpenSearch."""


@discovery.get(WIDGET)
def widget() -> Response:
    """Return the script of the search box for other sites."""
    return _file("embed.js", "text/javascript", noted=state().log is not None)


@discovery.get(WIDGET_STYLE)
def widget_style() -> Response:
    """Return its style sheet, for any origin, so that it looks the same where it may not search."""
    response = _file("embed.css", "text/css")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _file(name: str, mimetype: str, *, noted: bool = True) -> Response:
    contents = _contents(name)
    response = Response(contents if noted else contents.replace(*_SILENT), mimetype=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={WIDGET_FRESH}"
    response.set_etag(content_hash(name) if noted else f"{content_hash(name)}-silent")
    response.make_conditional(request)
    return response


@cache
def _contents(name: str) -> bytes:
    """Return a file without comment lines and indentation."""
    return _UNSENT.sub(b"", (Path(__file__).parents[1] / "static" / name).read_bytes())


@discovery.get("/opensearch.xml")
def opensearch() -> Response:
    """Return the OpenSearch description, by which a browser searches from its address bar."""
    here = base()
    response = cached_response(f"{i18n.language_key()}{here}", lambda: _described(here))
    response.headers["Vary"] = "Accept-Language"
    return response


def _described(here: str) -> Response:
    title = state().config.site_title
    top = xml.element("OpenSearchDescription", xmlns=_OPEN_SEARCH)
    xml.add(top, "ShortName", _cut(title, _SHORT))
    xml.add(top, "LongName", _cut(title, _LONG))
    xml.add(top, "Description", i18n.gettext("Search the articles of %(site)s", site=title)[:1024])
    xml.add(top, "InputEncoding", "UTF-8")
    icon = f"{here}{asset_url('favicon.svg').removeprefix(root())}"
    xml.add(top, "Image", icon, height="16", width="16", type="image/svg+xml")
    for media, path, relation in (
        ("text/html", i18n.with_language("/search?q={searchTerms}"), "results"),
        ("application/x-suggestions+json", "/api/opensearch/suggest?q={searchTerms}", "suggestions"),
        ("application/atom+xml", "/feed.atom?q={searchTerms}", "results"),
        ("application/opensearchdescription+xml", "/opensearch.xml", "self"),
    ):
        xml.add(top, "Url", type=media, rel=relation, method="get", template=f"{here}{path}")
    return xml_response(top, "application/opensearchdescription+xml")


def _cut(text: str, most: int) -> str:
    """Cut a text to so many characters, at a word boundary if possible."""
    if len(text) <= most:
        return text
    return text[: most + 1].rpartition(" ")[0] or text[:most]


@discovery.get("/api/opensearch/suggest")
def suggest() -> Response:
    """Return completions in browsers' format: what was typed, and a list of texts."""
    typed = params.single(request.args, "q")
    meant = normalise(typed)

    def make() -> Response:
        found = state().engine.suggest(meant, SUGGESTIONS) if meant else ()
        response = jsonify([typed, list(dict.fromkeys(each.text for each in found))])
        response.mimetype = "application/x-suggestions+json"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Cache-Control"] = FRESHNESS
        return response

    return cached_response(typed, make)


@discovery.get("/robots.txt")
def robots() -> Response:
    """Return robots.txt, which excludes queries and filters, as there is no end of them.

    The plain list of all articles may be crawled, since it links to each of them.
    """
    here = root()
    lines = (
        "User-agent: *",
        f"Disallow: {here}/?",
        f"Disallow: {here}/search?",
        f"Disallow: {here}/explain",
        f"Disallow: {here}/api/",
        f"Allow: {here}/search?page=",
    )
    response = Response("\n".join(lines) + "\n", mimetype="text/plain")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def xml_response(top: xml.Element, media: str) -> Response:
    """Return an XML response that search engines do not index."""
    response = Response(xml.document(top), content_type=f"{media}; charset=utf-8")
    response.headers["Cache-Control"] = FRESHNESS
    response.headers["X-Robots-Tag"] = "noindex"
    return response
