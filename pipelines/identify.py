"""Identifies the language of a text, offline."""

from __future__ import annotations

LONGEST_TEXT = 2000


def identify_language(text: str) -> str:
    """The language of a text, by py3langid, whose model of 97 languages comes with the package.

    Chosen by `benchmarks/language_identification.py`. Only the first 2,000 characters are read.

    See Lui and Baldwin (2012), langid.py: An Off-the-shelf Language Identification Tool.
    """
    import py3langid

    language, _ = py3langid.classify(text[:LONGEST_TEXT])
    return str(language)
