"""Queries as people, programs and attackers might type them, from a grammar; seeded."""

from __future__ import annotations

import random

WORDS = (
    "bread", "rye", "sourdough", "garden", "the", "of", "und", "Küche", "naïve", "e-mail", "Node.js", "3.11", "C++", "C#",
    ".NET", "don't", "l'homme", "検索する", "пирог", "x", "v1.93.0", "10,000", "well_known", "ﬁne", "I", "İstanbul", "ß", "🍞",
)  # fmt: skip
JUNK = (
    "", "-", "--", "*", "**", '"', '""', "“", "”", "(", ")", "((((", "[", "~9", "^3", "\\", "\0", "\n", "\t", "\u2028", "\ud800",
    "AND", "OR", "NOT", "OR OR", "NOT NOT", "ANDNOT", ":", "::", "tag:", ":x", "<script>", "%s", "{}", "../", "?q=", "\u202e",
    "\ufeff", "e\u0301\u0301\u0301", "a" * 70, "-" * 40, '"' * 9,
)  # fmt: skip
FIELDS = ("title", "category", "tag", "author", "Tag", "colour", "after", "before", "year")
DATES = ("2024", "2024-02-30", "2023-01-31", "0000", "99999-1-1", "tomorrow", "2024-13", "-1", "1e9")


def query(chance: random.Random) -> str:
    """One query, of a few clauses or of many."""
    count = chance.choice((0, 1, 1, 2, 2, 3, 4, 7, 12, 40))
    glue = chance.choice((" ", " ", " ", "  ", "", "\u3000", " OR ", " AND ", " NOT "))
    return glue.join(_clause(chance, 3) for _ in range(count))


def _clause(chance: random.Random, depth: int) -> str:
    kind = chance.randrange(12)
    if kind < 4 or not depth:
        return chance.choice(WORDS)
    inner = _clause(chance, depth - 1)
    if kind == 4:
        return f'"{" ".join(chance.choices(WORDS, k=chance.randrange(1, 6)))}"'
    if kind == 5:
        return f"{inner}*"
    if kind == 6:
        return f"-{inner}"
    if kind == 7:
        return f"{inner} OR {_clause(chance, depth - 1)}"
    if kind == 8:
        field = chance.choice(FIELDS)
        return f"{field}:{chance.choice(DATES) if chance.random() < 0.3 else inner}"
    if kind == 9:
        return f"({inner})"
    if kind == 10:
        return chance.choice(JUNK)
    return "".join(chance.choices([*JUNK, *WORDS, chr(chance.randrange(1, 0x10FFFF))], k=chance.randrange(1, 6)))
