"""Brings the catalogs of the interface up to date with the code: `python -m tests.translations`.

New texts are added, empty, for somebody to translate; texts that are gone are taken out; what is translated stays.
`test_web_languages.py` says what is still missing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po, write_po

from searchapp.web.i18n import ENGLISH, LANGUAGES, Language, path_of

ROOT = Path(__file__).parent.parent
WEB = ROOT / "searchapp" / "web"
FACETS = ROOT / "searchapp" / "facets.py"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "NN_": (1, 2),
    "gettext": None,
    "ngettext": (1, 2),
    "in_all_forms": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
    "ParameterError": (2,),
}
METHODS = [
    # Their texts are for machines, and in English for all of them.
    ("**/api/views.py", "ignore"),
    ("**/openapi.py", "ignore"),
    ("**/intents.py", "ignore"),
    # The desk is in English, see its templates.
    ("**/desk/**.py", "ignore"),
    ("**/desk/**.html", "ignore"),
    ("**.py", "python"),
    ("**.html", "jinja2"),
]
OPTIONS = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "de": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "ja": "nplurals=1; plural=0;",
    "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "zh-Hans": "nplurals=1; plural=0;",
}
"""How many forms a text with a number has, and which one goes with which number: as CLDR has it, for whole numbers."""


def translated() -> Iterator[Language]:
    """The languages that have a catalog."""
    return (each for each in LANGUAGES if each is not ENGLISH)


def texts() -> Catalog:
    """All texts of the pages, from the code."""
    catalog = Catalog()
    for _, text, comments, context in extract_from_file(
        "python", FACETS, KEYWORDS, ("L10N:",), strip_comment_tags=True
    ):
        catalog.add(text, locations=[("searchapp/facets.py", 0)], auto_comments=comments, context=context)
    found = extract_from_dir(WEB, METHODS, OPTIONS, KEYWORDS, comment_tags=("L10N:",), strip_comment_tags=True)
    for file, _, text, comments, context in sorted(found, key=lambda each: each[0]):
        catalog.add(text, locations=[(f"searchapp/web/{file}", 0)], auto_comments=comments, context=context)
    return catalog


def read(language: Language) -> Catalog:
    """A catalog as it is; empty if there is none yet."""
    path = path_of(language)
    return read_po(io.BytesIO(path.read_bytes()), locale=language.locale) if path.exists() else Catalog(language.locale)


def updated(language: Language) -> str:
    """A catalog's file as it is to be: every text of the code, and no other."""
    before, after = read(language), Catalog(language.locale)
    # Babel's own number of forms differs from version to version: 2.19 has a third one in French, for millions.
    after.mime_headers = [("Plural-Forms", PLURALS[language.tag])]
    for message in texts():
        if message.id:
            after.add(
                message.id, locations=message.locations, auto_comments=message.auto_comments, context=message.context
            )
            old = before.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
            if old and old.id == message.id:
                _carry_over(old, after, message)
    file = io.BytesIO()
    write_po(file, after, width=120, sort_by_file=True, include_lineno=False, omit_header=True)
    header = (
        f'# {language.name}\nmsgid ""\nmsgstr ""\n"Language: {language.tag}\\n"\n'
        f'"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {PLURALS[language.tag]}\\n"\n\n'
    )
    return header + file.getvalue().decode().strip() + "\n"


def _carry_over(old: Message, after: Catalog, message: Message) -> None:
    new = after.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
    assert new is not None
    new.string, new.flags, new.user_comments = old.string, old.flags, old.user_comments


def main() -> None:
    """Writes every catalog anew."""
    for language in translated():
        text = updated(language)
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        path_of(language).write_text(text, encoding="utf-8")
        missing = sum(1 for message in read(language) if message.id and not _is_complete(message))
        print(f"{language.tag}: {missing} of {len(read(language))} texts are to be translated")


def _is_complete(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings)


if __name__ == "__main__":
    main()
