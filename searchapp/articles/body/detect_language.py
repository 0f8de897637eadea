"""Language detection of prose by py3langid, whose model is in its package."""

from __future__ import annotations

from functools import cache

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

SAMPLE = 600
"""Characters that are read."""
CLEAR = 0.7
"""Probability from which a guess stands by itself."""
POSSIBLE = 0.25
"""Probability below which a guess says nothing."""
_MACRO = {"nn": "no"}


def detect(text: str) -> tuple[str, bool]:
    """Return the ISO 639-1 code of the likeliest language of a text, and whether that is clear.

    It seldom is of little text, of names, or of a mixture. ("", False) if there is nothing to tell it by.
    """
    sample = text[:SAMPLE]
    if not any(map(str.isalpha, sample)):
        return "", False
    code, probability = load().classify(sample)
    return (_MACRO.get(code, code), probability >= CLEAR) if probability >= POSSIBLE else ("", False)


@cache
def load() -> LanguageIdentifier:
    """Return the model, which takes half a second and 100 MiB, the first time."""
    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # Those with a code of two letters: of the rest, most are seldom written, and taken for what is misspelt or sung.
    found.set_languages([code for code in found.labels if len(code) == 2])
    # The library leaves the table by columns, and reads it by rows: twice as slow.
    found.nb_ptc = np.ascontiguousarray(found.nb_ptc)
    return found
