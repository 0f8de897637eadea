"""Visibility of a file: whether it is an article, and whether readers may see it (drafts, future, expired, …)."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from searchapp.articles.file_facts import FileFacts
from searchapp.articles.front_matter import dates
from searchapp.articles.front_matter.loaders import Value
from searchapp.articles.front_matter.values import first, truth

DRAFT_FOLDERS = frozenset({"_drafts", "_discarded"})
_STATUS = {
    "draft": "draft",
    "pending": "draft",
    "auto-draft": "draft",
    "unpublished": "unpublished",
    "future": "draft",
    "private": "private",
    "hidden": "unlisted",
    "unlisted": "unlisted",
    "trash": "unpublished",
    "skip": "unpublished",
    "inherit": "unpublished",
}
_NOT_POSTS = frozenset("readme license licence contributing changelog code_of_conduct".split())
_SWITCHES = (
    ("private", "private"),
    ("unlisted", "unlisted"),
    ("hidden", "unlisted"),
    ("headless", "no page"),
    ("eleventyexcludefromcollections", "unlisted"),
    ("searchexclude", "not to be searched"),
    ("searchhidden", "not to be searched"),
    ("excludesearch", "not to be searched"),
    ("excludefromsearch", "not to be searched"),
)


def not_article_reason(facts: FileFacts) -> str:
    """Return why a file is not an article despite its suffix; "" if it is one."""
    site, place, front = facts.site, facts.place, facts.front
    stem = place.name[: len(place.name) - len(place.ending)].lower()
    if stem == "_index" or stem.startswith("_index."):
        return "list page"
    if stem in _NOT_POSTS and not front.format and place.ending != ".rst":
        return "not a post"
    if any(name == place.collection and template is None for name, template in site.collections):
        return "no page"
    if place.ending in {".html", ".htm"}:
        if not front.format:
            return "HTML without front matter"
        if not (place.collection or place.day or "date" in front.data):
            return "page"
    if stem in {"index", "404", "feed", "sitemap"} and not place.folders and not front.body.strip():
        return "list page"
    if not front.body.strip() and "title" not in front.data and {"template", "layout"} & front.data.keys():
        return "page without text"
    return facts.generator.no_article(site, place, front)


def judge(facts: FileFacts, now: datetime) -> tuple[str, datetime | None]:
    """Return why an article is hidden, "" if it is not; and when that changes with time alone (UTC), else None.

    The article's date must be known.
    """
    data, config, zone = facts.front.data, facts.site.config, facts.site.zone
    reason = _closed(data) or ("" if config.include_drafts else _draft(data, facts.place.folders))
    if reason:
        return reason, None
    ends = _moment(data, ("expirydate", "unpublishdate", "expires"), zone)
    if ends is not None and ends <= now:
        return "expired", None
    starts = [moment for moment in (facts.date, _moment(data, ("publishdate",), zone)) if moment is not None]
    if not config.include_future and starts and max(starts) > now:
        return "future", max(starts).astimezone(UTC)
    return "", ends.astimezone(UTC) if ends else None


def _moment(data: dict[str, Value], keys: tuple[str, ...], zone: tzinfo) -> datetime | None:
    for key in keys:
        if text := first(data.get(key)):
            return dates.parse(text, zone)
    return None


def _draft(data: dict[str, Value], folders: tuple[str, ...]) -> str:
    if not DRAFT_FOLDERS.isdisjoint(folders):
        return "draft"
    if "published" in data and _says_no(data["published"]):
        return "unpublished"
    if first(data.get("draft")).strip() and truth(data["draft"]) is not False:
        return "draft"
    status = _STATUS.get(_status(data), "")
    return status if status in {"draft", "unpublished"} else ""


def _status(data: dict[str, Value]) -> str:
    return (first(data.get("status")) or first(data.get("poststatus")) or first(data.get("visibility"))).strip().lower()


def _says_no(value: Value) -> bool:
    return value is None or truth(value) is False or first(value).strip() == ""


def _closed(data: dict[str, Value]) -> str:
    """Reasons that apply even when drafts are shown."""
    for key, reason in _SWITCHES:
        if key in data and truth(data[key]) is True:
            return reason
    if first(data.get("password")).strip() or first(data.get("postpassword")).strip():
        return "protected by a password"
    status = _STATUS.get(_status(data), "")
    if status in {"private", "unlisted"}:
        return status
    if "permalink" in data and truth(data["permalink"]) is False:
        return "no page"
    if first(data.get("redirectto")) or first(data.get("layout")).strip().lower() == "redirect":
        return "redirect"
    return _not_searched(data) or _not_built(data)


def _not_searched(data: dict[str, Value]) -> str:
    search = data.get("search")
    if isinstance(search, dict):
        no = truth(search.get("exclude")) is True
    else:
        no = search is not None and (truth(search) is False or first(search).strip().lower() == "exclude")
    return "not to be searched" if no or truth(data.get("insearchindex")) is False else ""


def _not_built(data: dict[str, Value]) -> str:
    build = data.get("build")
    if not isinstance(build, dict):
        return ""
    render = first(build.get("render")).strip().lower()
    shown = first(build.get("list")).strip().lower()
    if render in {"false", "never", "link"}:
        return "no page"
    return "unlisted" if shown in {"false", "never"} else ""
