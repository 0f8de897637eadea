"""The catalogs: every text of the code is translated into every language, with all its placeholders and markup."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from flask.testing import FlaskClient
from translations import read, translated, updated

import searchapp.web
from searchapp.web.i18n import Language, path_of

LANGUAGES = list(translated())
BY_TAG = pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each.tag)
MARKS = re.compile(r"%\(\w+\)s|</?\w+[^>]*>|%.")
ASCII_QUOTES = re.compile(r"(?<!=)\"(?!>)|'")


def texts(language: Language) -> Iterator[tuple[Message, int, str, str]]:
    """Every translated text with its message, the number of its form, and the source of that form."""
    for message in read(language):
        if message.id:
            sources = message.id if isinstance(message.id, tuple | list) else (message.id,)
            strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
            for form, string in enumerate(strings):
                yield message, form, sources[min(form, len(sources) - 1)], str(string)


def numbers_of(catalog: Catalog) -> dict[int, list[int]]:
    """For each form the numbers up to a thousand that take it."""
    found = defaultdict(list)
    rule = catalog.plural_expr.replace("&&", " and ").replace("||", " or ")
    for n in range(1001):
        found[chosen(rule, n)].append(n)
    return found


def chosen(rule: str, n: int) -> int:
    """The form that a gettext rule, a chain of `condition ? form : …`, gives a number."""
    while "?" in rule:
        condition, _, rest = rule.strip().removeprefix("(").partition("?")
        form, _, rule = rest.partition(":")
        if eval(condition, {"n": n}):
            return int(form)
    return int(eval(rule.rstrip(")").lstrip("("), {"n": n}))


@BY_TAG
def test_catalogs_are_up_to_date(language: Language) -> None:
    assert path_of(language).read_text("utf-8") == updated(language), "run: python -m tests.translations"


@BY_TAG
def test_everything_is_translated(language: Language) -> None:
    missing = [source for _, _, source, string in texts(language) if not string.strip()]
    assert missing == []
    assert [message.id for message in read(language) if message.fuzzy] == []


@BY_TAG
def test_placeholders_and_markup_are_kept(language: Language) -> None:
    numbers = numbers_of(read(language))
    for message, form, source, string in texts(language):
        wanted, found = Counter(MARKS.findall(source)), Counter(MARKS.findall(string))
        if message.pluralizable:
            wanted = Counter(MARKS.findall(message.id[1]))
            # A form for one number only may say it in words: "two articles" is one word in Arabic.
            if len(numbers[form]) == 1 and "%(n)s" not in found:
                del wanted["%(n)s"]
        assert found == wanted, string


@BY_TAG
def test_quotes_are_those_of_print(language: Language) -> None:
    assert [string for *_, string in texts(language) if ASCII_QUOTES.search(string)] == []


@BY_TAG
def test_forms_are_those_of_cldr(language: Language) -> None:
    categories = {form: {language.locale.plural_form(n) for n in of} for form, of in numbers_of(read(language)).items()}
    assert all(len(each) == 1 for each in categories.values())
    assert len(categories) == read(language).num_plurals == len(set.union(*categories.values()))


SCRIPT = Path(searchapp.web.__file__).parent / "static" / "embed.js"


def english_of_the_script() -> dict[str, Any]:
    """The table of texts in embed.js."""
    table = re.search(r"const STRINGS = (\{.*?\n\});", SCRIPT.read_text("utf-8"), re.DOTALL)
    assert table, "STRINGS is gone from embed.js"
    found = json.loads(re.sub(r"(?m)([{,]\s*)(\w+):(?= [\"{])", r'\1"\2":', table[1]))
    assert isinstance(found, dict)
    return found


def test_the_search_box_for_other_sites_has_its_texts(client: FlaskClient) -> None:
    source = english_of_the_script()
    assert client.get("/embed/strings.json").get_json() == {"lang": "en", "dir": "ltr", "strings": source}
    for language in LANGUAGES:
        answer = client.get(f"/embed/strings.json?lang={language.tag}").get_json()
        assert (answer["lang"], answer["dir"]) == (language.tag, language.direction)
        assert answer["strings"].keys() == source.keys()
        for name, english in source.items():
            text = answer["strings"][name]
            if isinstance(english, dict):
                categories = {language.locale.plural_form(n) for n in range(200)}
                assert categories <= text.keys()
                assert "{n}" in text["other"]
            else:
                assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", english)


def test_the_texts_are_confirmed_and_for_the_language_asked(client: FlaskClient) -> None:
    first = client.get("/embed/strings.json?lang=it", headers={"Accept-Language": "pl"})
    assert first.get_json()["lang"] == "pl", "one that the reader has"
    assert "Accept-Language" in first.headers["Vary"]
    again = client.get("/embed/strings.json?lang=pl", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
