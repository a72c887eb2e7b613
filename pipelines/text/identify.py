"""Language identification, offline."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TEXT = 2000
"""Characters of a text that are read: ample for a language, and bounds the time on long texts; not tuned."""


def identify_language(text: str) -> str:
    """Identify the language of a text with py3langid, whose model of 97 languages is in its package.

    Returns a two-letter code. Only the first 2,000 characters are read. The library was chosen by
    `benchmarks/language_identification.py`.

    See Lui and Baldwin (2012), langid.py: An Off-the-shelf Language Identification Tool.
    """
    language, _ = _identifier().classify(text[:LONGEST_TEXT])
    return str(language)


def language_probabilities(text: str) -> Mapping[str, float]:
    """The probability of each language code, the likeliest first; they sum to 1."""
    return {str(language): float(p) for language, p in _identifier().rank(text[:LONGEST_TEXT])}


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
