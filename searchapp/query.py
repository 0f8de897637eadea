"""The query language: text -> a syntax tree. Parsing never fails and takes linear time.

    query   := clause*                       clauses narrow: all must hold
    clause  := ["-" | "NOT"] atom ("OR" ["-"] atom)*
    atom    := [field ":"] (word | word"*" | '"' phrase '"')        after a field also "'" phrase "'"
    field   := title | after | before | the operator of a facet or another name of it (`searchapp.facets`)

Whatever does not parse is words: an unclosed quote runs to the end; an `OR` without a neighbour, a
lone `-`, an unknown field or a bad date are taken literally. So are `OR` and `NOT` in a query whose other
words are all in capitals. A query without anything positive (`-draft`) means everything else.

Limits: MAX_LENGTH characters and MAX_CLAUSES atoms; the rest is ignored.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from searchapp.analysis.analyzer import analyzer
from searchapp.facets import BY_OPERATOR
from searchapp.model import Query

MAX_LENGTH = 1_000
MAX_CLAUSES = 32
MAX_EXPANSIONS = 1_000
"""A prefix is expanded to at most so many index terms: those in the most articles, ties alphabetical."""

TEXT_FIELDS = frozenset({"title"})
DATE_FIELDS = frozenset({"after", "before"})
FIELDS = TEXT_FIELDS | DATE_FIELDS | BY_OPERATOR.keys()


@dataclass(frozen=True, slots=True)
class Word:
    """One typed word, not analysed."""

    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """Offsets of a positive word in a query text. `plain` if it is a clause of its own: no field, no OR."""

    start: int
    end: int
    plain: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """Adjacent words, in order, within one field: as written, or if `stemmed`, in any of their forms."""

    text: str
    stemmed: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    """A prefix of words (without the star)."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A word, phrase or prefix in one field: in the text of `title`, or as a value of the facet with this key."""

    name: str
    node: Word | Phrase | Prefix


@dataclass(frozen=True, slots=True)
class DateRange:
    """Articles whose local date is on or after `after` and before `before`; undated ones never match."""

    after: date | None = None
    before: date | None = None


@dataclass(frozen=True, slots=True)
class Synonyms:
    """All of what was typed, or any one of the `others` in its place; made by `retrieval.thesaurus`, never by `parse`.

    typed   a word, also one of `title:`, or several consecutive ones, of which the last may be unfinished
    others  words and phrases, in `title` if that is what was typed
    """

    typed: tuple[Word | Field | Or, ...]
    others: tuple[Word | Phrase | Field, ...]


Leaf = Word | Phrase | Prefix | Field | DateRange | Synonyms


@dataclass(frozen=True, slots=True)
class Not:
    """Articles that do not match `node`."""

    node: Leaf


@dataclass(frozen=True, slots=True)
class Or:
    """Articles that match at least one of `nodes` (two or more)."""

    nodes: tuple[Leaf | Not, ...]


@dataclass(frozen=True, slots=True)
class And:
    """Articles that match all of `nodes`; without any, every article."""

    nodes: tuple[Leaf | Not | Or, ...] = ()


_OPERATORS = frozenset({"OR", "NOT"})
_TOKEN = re.compile(
    rf"""(?P<minus>-(?=[\w"“„«.#+]))?
        (?:(?P<field>(?i:{"|".join(sorted(FIELDS, reverse=True))}))[:：]\s*(?=\S)
            (?:['‘](?P<quoted>[^"“”„«»]+?)['’](?!\S))?)?
        (?(quoted)|(?:["“”„«»](?P<phrase>[^"“”„«»]*)(?:["“”„«»]|\Z)|(?P<word>[^\s"“”„«»]+)))""",
    re.VERBOSE,
)
_UNFINISHED = re.compile(r"(?:[^\W_]|\w\+)\Z")
_BEFORE_A_WORD = re.compile(r"\A[^\w.#]+")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z")


def parse(text: str) -> And:
    """Return the syntax tree of a query text."""
    pieces = list(_pieces(without_capitals(normalise(text))))
    clauses: list[Leaf | Not | Or] = []
    negate = False
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        after = pieces[at + 1] if at + 1 < len(pieces) else None
        if piece == "NOT" and after is not None and after not in {"NOT", "OR"}:
            negate = True
        elif piece == "OR" and clauses and after is not None and not negate and after not in {"OR", "NOT"}:
            at += 1
            clauses[-1] = _either(clauses[-1], _node(after))
        else:
            node = _node(piece)
            clauses.append(Not(node) if negate and not isinstance(node, Not) else node)
            negate = False
        at += 1
    return And(tuple(clauses))


def normalise(text: str) -> str:
    """Return the text as it is parsed and displayed: NFC, without control characters, cut to MAX_LENGTH."""
    text = unicodedata.normalize("NFC", text[: MAX_LENGTH * 4])
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in text).strip()[:MAX_LENGTH]


def without_capitals(text: str) -> str:
    """Return the normalised text with `or` and `not` in lower case if all its other words are in capitals."""
    if not _in_capitals(text):
        return text
    return _TOKEN.sub(lambda match: match[0].lower() if match[0] in _OPERATORS else match[0], text)


def _in_capitals(text: str) -> bool:
    return "".join(match[0] for match in _TOKEN.finditer(text) if match[0] not in _OPERATORS).isupper()


def while_typing(text: str) -> str:
    """Return the query in which the last word may also be a prefix; the text itself where it can't be one.

    It can't after a blank, a quote, an operator, in an exclusion or a date, or in a very long query.
    """
    # In capitals the `OR` would be one more word.
    words = text.lower() if _in_capitals(text) else text
    tokens = list(_TOKEN.finditer(words))
    if not tokens:
        return text
    last = tokens[-1]
    if last["word"] is None or last["minus"] or not _UNFINISHED.search(text) or len(text) > MAX_LENGTH // 2:
        return text
    excluded = len(tokens) > 1 and tokens[-2][0] == "NOT"
    if excluded or last[0] in _OPERATORS or (last["field"] or "").lower() in DATE_FIELDS:
        return text
    # The word too: a prefix is compared with words as they are written, a word with their stems.
    field = f"{last['field']}:" if last["field"] else ""
    return f"{words} OR {field}{unsigned(last['word'])}*"


def in_parts(text: str) -> str:
    """Return the normalised text with the parts of its last word (`spider-m`) as words of their own (`spider m`).

    The text itself if that word has one part, or `while_typing` does not extend it.
    """
    last = [*_TOKEN.finditer(text)][-1:]
    word = last[0]["word"] if last and while_typing(text) != text else ""
    name = (last[0]["field"] or "").lower() if word else ""
    # The word as a whole comes before its parts.
    parts = {token.position: token for token in analyzer("").tokens(word)} if word and not word.isalnum() else {}
    if len(parts) < 2 or name not in TEXT_FIELDS | {""}:
        return text
    field = f"{name}:" if name else ""
    words = [f"{field}{word[token.start : token.end]}" for token in parts.values()]
    return text[: last[0].start()] + " ".join(words)


def text_of(query: Query) -> str:
    """Return the text that is parsed: normalised, and if it is unfinished, extended by `while_typing`."""
    text = normalise(query.text)
    return while_typing(text) if query.unfinished else without_capitals(text)


def other_reading(text: str) -> str | None:
    """Return the normalised text with its dashes read the other way; None if there is no other way.

    Words of which some have a dash before them (`rm -rf build`) may be words side by side, and the other way round.
    """
    if "-" not in text:
        return None
    matches = list(_TOKEN.finditer(text))
    if len(matches) == 1 and (phrase := matches[0]["phrase"]) and not matches[0]["field"] and not matches[0]["minus"]:
        return phrase.strip() if any(match["minus"] for match in _TOKEN.finditer(phrase)) else None
    runs: list[list[re.Match[str]]] = [[]]
    for match in matches:
        if match["field"] or match["word"] is None or match[0] in _OPERATORS:
            runs.append([])
        else:
            runs[-1].append(match)
    for run in runs:
        if len(run) > 1 and any(match["minus"] for match in run):
            start, end = run[0].start(), run[-1].end()
            return f'{text[:start]}"{text[start:end]}"{text[end:]}'
    return None


_Piece = str | tuple[bool, str, str | None, str | None]


def _pieces(text: str) -> list[_Piece]:
    """Tokenise: operators as they are, atoms as (negated, field, phrase, word)."""
    pieces: list[_Piece] = []
    atoms = 0
    for match in _TOKEN.finditer(text):
        if match[0] in _OPERATORS:
            pieces.append(match[0])
            continue
        if atoms == MAX_CLAUSES:
            break
        atoms += 1
        phrase = match["phrase"] if match["quoted"] is None else match["quoted"]
        pieces.append((bool(match["minus"]), match["field"] or "", phrase, match["word"]))
    return pieces


def typed_words(text: str) -> list[Typed]:
    """Return the words of a normalised text that may be misspelt: positive words, also of `title:`.

    Phrases, prefixes and the values of facets and dates are left out.
    """
    found = []
    matches = list(_TOKEN.finditer(text))
    for place, match in enumerate(matches[:MAX_CLAUSES]):
        before, after = (matches[at][0] if 0 <= at < len(matches) else "" for at in (place - 1, place + 1))
        name = (match["field"] or "").lower()
        word = match["word"]
        if word is None or match["minus"] or match[0] in _OPERATORS or before == "NOT":
            continue
        if name in FIELDS - TEXT_FIELDS or isinstance(_word(word), Prefix):
            continue
        found.append(Typed(match.start("word"), match.end(), not name and "OR" not in {before, after}))
    return found


def unsigned(word: str) -> str:
    """Return a word without the signs before it: the prefix that `while_typing` adds for it."""
    return _BEFORE_A_WORD.sub("", word)


def _either(left: Leaf | Not | Or, right: Leaf | Not) -> Or:
    return Or((*left.nodes, right)) if isinstance(left, Or) else Or((left, right))


def _node(piece: _Piece) -> Leaf | Not:
    if isinstance(piece, str):
        return Word(piece)
    negated, name, phrase, word = piece
    atom = Phrase(phrase) if phrase is not None else _word(word or "")
    field = name.lower()
    node: Leaf = atom
    if field in DATE_FIELDS:
        node = _date_range(field, phrase or word or "") or Word(f"{name}:{phrase or word}")
    elif name:
        node = Field(BY_OPERATOR[field].key if field in BY_OPERATOR else field, atom)
    return Not(node) if negated else node


def _word(text: str) -> Word | Prefix:
    stem = text.rstrip("*")
    return Prefix(stem) if stem != text and any(c.isalnum() for c in stem) else Word(text)


def _date_range(field: str, text: str) -> DateRange | None:
    day = parse_date(text)
    if day is None:
        return None
    return DateRange(after=day) if field == "after" else DateRange(before=day)


def parse_date(text: str) -> date | None:
    """Return the first day of `2024`, `2024-03` or `2024-03-09`; None if it is none of them."""
    match = _DATE.match(text.strip())
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None
