"""The steps of reading a file before its body: front matter, generator, date, visibility, labels, address."""

from __future__ import annotations

import re
from datetime import datetime

from searchapp.articles.file_facts import FileFacts
from searchapp.articles.files.contents import FileContents
from searchapp.articles.files.path_info import locate
from searchapp.articles.files.source import decode
from searchapp.articles.front_matter import dates, fields, rst_fields, split
from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.front_matter.values import first, language_code
from searchapp.articles.front_matter.visibility import judge, not_article_reason
from searchapp.articles.generators import addresses
from searchapp.articles.generators.generator import Generator
from searchapp.articles.generators.table import BY_NAME, GENERATORS, generator_of
from searchapp.articles.site import Site
from searchapp.model import Spot

_DATE_KEYS = tuple("date pubdate pubdatetime publishedat datepublished publishdate postdate created createdat".split())
_DATE_IN_PATH = re.compile(r"(?:\A|/)(\d{4})/(\d{1,2})/(\d{1,2})(?:/|\Z)", re.A)


def begin(site: Site, id: str, text: str = "") -> FileFacts:
    """Return the facts that follow from a file's id."""
    return FileFacts(site, id, locate(id, site), text, FrontMatter("", {}, text))


def decode_contents(facts: FileFacts, contents: FileContents) -> int | None:
    """Add the texts; return the line of the first byte that is not UTF-8, None if there is none."""
    facts.text, bad_line = decode(contents.data)
    facts.front = FrontMatter("", {}, facts.text)
    facts.metadata_texts = tuple(decode(data)[0] for data in contents.metadata)
    return bad_line


def read_front_matter(facts: FileFacts) -> None:
    """Split the text, detect the generator, and add metadata from elsewhere. Raises FrontMatterError."""
    facts.front, facts.generator = split_text(facts.site, facts.id, facts.text)
    for text in facts.metadata_texts:
        for key, value in split_text(facts.site, facts.id, text)[0].data.items():
            facts.front.data.setdefault(key, value)
    facts.generator.complete(facts.site, facts.place, facts.front)
    for code, spot, reason in facts.front.warnings:
        facts.warn(code, spot, reason)


def split_text(site: Site, id: str, text: str) -> tuple[FrontMatter, Generator]:
    """Return the front matter of a text and the generator whose conventions it follows. Raises FrontMatterError."""
    asked = (BY_NAME[site.generator],) if site.generator else GENERATORS
    front = next((front for each in asked if each.split and (front := each.split(text))), None)
    if front is None:
        front = rst_fields.split(text) if id.lower().endswith(".rst") else split.split(text)
    return front, generator_of(front, id, site)


def find_date(facts: FileFacts) -> None:
    """Set the date: of the front matter, else of its `path`, else of the file's name."""
    front, place, zone = facts.front, facts.place, facts.site.zone
    for key in (*_DATE_KEYS, "published"):
        text = first(front.data.get(key))
        if not text.strip() or (key == "published" and not text.strip()[:4].isdigit()):
            continue
        facts.date = dates.parse(text, zone)
        if facts.date:
            return
        facts.warn("date-unreadable", front.spot_of(key), f"{key} is not a date that can be read: {text[:60]}")
        break
    match = _DATE_IN_PATH.search(first(front.data.get("path")))
    facts.date = (dates.parse("-".join(match.groups()), zone) if match else None) or place.date(zone)
    if place.day is not None and facts.date is None:
        day = "-".join(map(str, place.day))
        facts.warn("date-file-name", Spot(), f"the file name's date is not in the calendar: {day}")


def judge_visibility(facts: FileFacts, now: datetime) -> None:
    """Set whether it is an article that is visible at a moment; of an article, set the date too."""
    facts.hidden = not_article_reason(facts)
    if not facts.hidden:
        find_date(facts)
        facts.hidden, facts.until = judge(facts, now)


def language(facts: FileFacts) -> str:
    """Return the language that front matter, the generator's configuration or its folders tell, "" without."""
    above, place = facts.generator.translations, facts.place
    at = place.folders.index(above) + 1 if above in place.folders[:-1] else 0
    told = language_code(place.folders[at]) if at else ""
    return fields.language(facts.front) or place.language or told or place.folder_language


def find_address(facts: FileFacts) -> None:
    """Set labels, then the permalink, which may contain them; the date must be known. Raises FrontMatterError."""
    front, generator = facts.front, facts.generator
    above = facts.place.above if generator.folder_categories else ()
    facts.categories = fields.categories(front, generator, above)
    facts.tags = fields.tags(front, generator)
    facts.permalink, facts.aliases = addresses.permalink(facts), addresses.aliases(facts)
