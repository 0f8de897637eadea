"""Converting single values of front matter and configurations: strings, switches, languages."""

from __future__ import annotations

import re

from searchapp.articles.front_matter.loaders import Value


def first(value: Value) -> str:
    """Return a string value, or the first item of a list; "" for anything else."""
    while isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, str) else ""


def truth(value: Value) -> bool | None:
    """Return the boolean of a switch; None if it is not a switch (or is empty)."""
    word = first(value).strip().lower()
    if word in {"true", "yes", "on", "1", "y"}:
        return True
    if word in {"false", "no", "off", "0", "n"}:
        return False
    return None


def language_code(text: str) -> str:
    """`pl` of `pl_PL.UTF-8`; "" if the text is no language code."""
    match = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*(?:\.[\w-]+)?", text.strip(), re.A)
    return match[1].lower() if match else ""
