"""Whether a translation is in another language than the pivot, or words of its source are left in it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import regex

from pipelines.config.yaml_text import parse_yaml
from pipelines.text.identify import language_probabilities
from pipelines.text.languages import base_language

WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*")
LETTER_RUN = regex.compile(r"\p{L}{2,}")
SCRIPT_OF_LANGUAGE = {
    "Latin": regex.compile(r"\p{Latin}"),
    "Cyrillic": regex.compile(r"\p{Cyrillic}"),
    "Arabic": regex.compile(r"\p{Arabic}"),
    "Hangul": regex.compile(r"\p{Hangul}"),
    "Han": regex.compile(r"\p{Han}"),
    "Hiragana": regex.compile(r"[\p{Hiragana}\p{Katakana}]"),
}
SCRIPT_NAMES = {
    "Latn": "Latin",
    "Cyrl": "Cyrillic",
    "Arab": "Arabic",
    "Kore": "Hangul",
    "Hans": "Han",
    "Hant": "Han",
    "Jpan": "Hiragana",
}
WORDS_TO_IDENTIFY = 7
"""Words without a capital from which the language is identified: fewer give little evidence."""
SURE_OF_LANGUAGE = 0.95
"""Probability above which an identified language counts as certain."""
COPIED_SHARE = 0.75
"""Share of a translation's words that occur in the source, above which it counts as untranslated."""
FUNCTION_WORDS = 2
"""Function words of the source's language in a translation from which it counts as untranslated: one may be
in a title that stays as it is."""
FEWEST_WORDS = 3
"""Words of three letters or more from which `COPIED_SHARE` is applied: fewer may be the same by chance."""
LIKELY_SOURCE = 0.5
"""The same probability, if it is the source's language: its relatives share the rest."""
LOWER_SURE = 0.8
"""Probability of another language than the pivot from which a copy of the source is no translation."""


def is_untranslated(source: str, translation: str, language: str, pivot: str) -> bool:
    """Whether words of another script remain, or most words are those of the source."""
    script = main_script(pivot)
    if script and script != main_script(language):
        foreign = [
            run for run in LETTER_RUN.findall(translation) if not SCRIPT_OF_LANGUAGE[script].match(run)
        ]
        if foreign and script not in {"Han", "Hiragana"}:
            return True
    if source.strip() == translation.strip() and _is_foreign(translation, language, pivot):
        return True
    if base_language(pivot) == "en" and kept_function_words(source, translation, language) >= FUNCTION_WORDS:
        return True
    words = [word for word in WORD.findall(translation) if word[0].islower() and len(word) > 2]
    copied = {word for word in WORD.findall(source) if word[0].islower()}
    return len(words) >= FEWEST_WORDS and sum(word in copied for word in words) / len(words) > COPIED_SHARE


def kept_function_words(source: str, translation: str, language: str) -> int:
    """How many different function words of its language a source and its translation share, in any case."""
    known = _function_words().get(base_language(language), frozenset())
    kept = known & {word.casefold() for word in WORD.findall(translation)} if known else frozenset()
    return len(kept & {word.casefold() for word in WORD.findall(source)}) if kept else 0


@cache
def _function_words() -> dict[str, frozenset[str]]:
    text = files(__package__).joinpath("function_words.yaml").read_text("utf-8")
    return {language: frozenset(words) for language, words in parse_yaml(text, "function_words.yaml").items()}


def _is_foreign(text: str, language: str, pivot: str) -> bool:
    """Whether some words, in small letters, are likely of another language than the pivot."""
    words = [word.lower() for word in WORD.findall(text) if word.isalpha() and len(word) > 2]
    if len(words) <= FEWEST_WORDS or not any(len(word) > 3 for word in words):
        return False
    probabilities = language_probabilities(" ".join(words))
    best = next(iter(probabilities))
    sure = LIKELY_SOURCE if best == base_language(language) else LOWER_SURE
    return best != base_language(pivot) and probabilities[best] > sure


def is_wrong_language(translation: str, pivot: str) -> bool:
    """Whether a translation of some length is almost certainly in another language than the pivot."""
    words = [word for word in WORD.findall(translation) if not word[0].isupper() and word.isalpha()]
    if len(words) < WORDS_TO_IDENTIFY and main_script(pivot) not in {"Han", "Hiragana"}:
        return False
    text = " ".join(words) if words else translation
    probabilities = language_probabilities(text)
    best = next(iter(probabilities))
    return best != pivot.split("-")[0] and probabilities[best] > SURE_OF_LANGUAGE


@cache
def main_script(language: str) -> str | None:
    """The script of a language, if it is one of `SCRIPT_NAMES`; else None."""
    import langcodes

    script = langcodes.Language.get(language).maximize().script
    return SCRIPT_NAMES.get(script or "")
