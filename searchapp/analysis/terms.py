"""Terms as strings: of a stem in a language, of a surface form, or the same in every language."""

from __future__ import annotations

MAX_TERM = 64
"""Characters of a term; longer runs (base64, keys) are cut, in articles and queries alike."""
TAG, FORM = "~", '"'
"""What stands before a term's language, and at the beginning of a form's term; no token has either."""


def form(surface: str) -> str:
    """Return the term of a surface form as such, which quoted words are matched by."""
    return f"{FORM}{surface}"


def language_of(term: str) -> str:
    """Return the language whose articles alone can have the term; "" if it is none's."""
    return "" if is_form(term) else term.partition(TAG)[2]


def shown(term: str) -> str:
    """Return a term for display: the stem or the surface form."""
    return term.removeprefix(FORM) if is_form(term) else term.partition(TAG)[0]


def is_form(term: str) -> bool:
    """Whether a term is of a surface form."""
    return term.startswith(FORM)
