"""What can be told to be wrong with a translation from the two texts alone."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import regex

from pipelines.text.identify import language_probabilities

if TYPE_CHECKING:
    from pipelines.text.names import Names

WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*")
LETTER_RUN = regex.compile(r"\p{L}{2,}")
NUMBER = regex.compile(r"\p{Nd}+(?:[.,:\u00a0\u202f ]\p{Nd}{3}(?!\p{Nd})|[.,:]\p{Nd}+)*")
# Numbers that a translation rightly writes otherwise: counted in ten thousands, or hours of the day.
REGROUPED = regex.compile(
    r"(?:\p{Nd}|[.,])+\s*[만억조천백万亿億兆千百]|\p{Nd}+\s*(?:[hH시時时点]|:\p{Nd}\p{Nd}|ч\b|год)"
)
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

SHORT = 25
RATIO_FACTOR = 2.3
LONGEST_PERIOD = 12
WORDS_TO_IDENTIFY = 7
COPIED_SHARE = 0.75
DIGITS_THAT_COUNT = 2

SEVERITY = {
    "repetition": 4,
    "wrong_language": 4,
    "untranslated": 3,
    "lost_actor": 2,
    "length_ratio": 2,
    "lost_number": 1,
}


def translation_flags(
    source: str, translation: str, language: str, pivot: str, names: Names | None = None
) -> tuple[str, ...]:
    """What is wrong with a translation, the worst first; empty where nothing is found.

    Args:
        source: one sentence.
        translation: of it, into the pivot.
        language: of the source.
        pivot: language of the translation.
        names: of the actors, one of which may have been lost.
    """
    found = {
        "repetition": is_repetitive(translation) and not is_repetitive(source),
        "length_ratio": has_odd_length(source, translation),
        "untranslated": is_untranslated(source, translation, language, pivot),
        "wrong_language": is_wrong_language(translation, pivot),
        "lost_number": bool(lost_numbers(source, translation)),
        "lost_actor": names is not None and bool(names.lost(source, translation)),
    }
    return tuple(sorted((flag for flag, is_so in found.items() if is_so), key=lambda flag: -SEVERITY[flag]))


def severity(flags: tuple[str, ...]) -> int:
    """How bad a translation with these flags is; 0 for none."""
    return sum(SEVERITY.get(flag, 0) for flag in flags)


def is_repetitive(text: str) -> bool:
    """True where a word stands three times in a row, a longer phrase twice, or a mark without end."""
    if regex.search(r"(\S{1,4}?)\1{7,}", text):
        return True
    words = [word.casefold() for word in WORD.findall(text)]
    if len(words) == 1:
        words = list(words[0])
    for period in range(1, min(LONGEST_PERIOD, len(words) // 2 + 1) + 1):
        needed = max(2 * period, period + 2)
        run = period
        for index in range(period, len(words)):
            run = run + 1 if words[index] == words[index - period] else period
            if run >= needed:
                return True
    return _repeats_here_and_there(words)


def _repeats_here_and_there(words: list[str]) -> bool:
    """True where less than six in ten of the three-word phrases of a long text are different ones."""
    phrases = Counter(zip(words, words[1:], words[2:], strict=False))
    total = sum(phrases.values())
    return total >= 15 and len(phrases) / total < 0.6


def has_odd_length(source: str, translation: str) -> bool:
    """True where the translation is over twice as long, or half as long, as texts of the two scripts are.

    Short texts vary more: up to 25 characters of difference are let pass.
    """
    expected = len(source) / _characters(source) * _characters(translation)
    if abs(len(translation) - expected) <= SHORT:
        return not translation.strip() and bool(LETTER_RUN.search(source))
    ratio = len(translation) / max(1.0, expected)
    return not 1 / RATIO_FACTOR <= ratio <= RATIO_FACTOR


def is_untranslated(source: str, translation: str, language: str, pivot: str) -> bool:
    """True where words of another script are left over, or most words are those of the source."""
    script = main_script(pivot)
    if script and script != main_script(language):
        foreign = [
            run for run in LETTER_RUN.findall(translation) if not SCRIPT_OF_LANGUAGE[script].match(run)
        ]
        if foreign and script not in {"Han", "Hiragana"}:
            return True
    words = [word for word in WORD.findall(translation) if word[0].islower() and len(word) > 2]
    copied = {word for word in WORD.findall(source) if word[0].islower()}
    return len(words) >= 3 and sum(word in copied for word in words) / len(words) > COPIED_SHARE


def is_wrong_language(translation: str, pivot: str) -> bool:
    """True where a translation of some length is all but surely in another language than the pivot."""
    words = [word for word in WORD.findall(translation) if not word[0].isupper() and word.isalpha()]
    if len(words) < WORDS_TO_IDENTIFY and main_script(pivot) not in {"Han", "Hiragana"}:
        return False
    text = " ".join(words) if words else translation
    probabilities = language_probabilities(text)
    best = next(iter(probabilities))
    return best != pivot.split("-")[0] and probabilities[best] > 0.95


def lost_numbers(source: str, translation: str) -> set[str]:
    """Numbers of two digits or more in the source that the translation lacks, as digits alone."""
    there = {_digits(number) for number in NUMBER.findall(translation)}
    text = REGROUPED.sub(" ", source)
    wanted = {_digits(number) for number in NUMBER.findall(text)}
    joined = " ".join(there)
    return {number for number in wanted if len(number) >= DIGITS_THAT_COUNT and number not in joined}


@cache
def main_script(language: str) -> str | None:
    """The script that a language is written in, of those that are told apart; None for another."""
    import langcodes

    script = langcodes.Language.get(language).maximize().script
    return SCRIPT_NAMES.get(script or "")


def _characters(text: str) -> float:
    """Characters that a text of these scripts needs for one of a common length."""
    table = _length_ratios()
    counts = {name: len(pattern.findall(text)) for name, pattern in _scripts().items()}
    total = sum(counts.values())
    if total == 0:
        return 1.0
    return sum(table[name] * count for name, count in counts.items()) / total


@cache
def _length_ratios() -> dict[str, float]:
    text = files(__package__).joinpath("length_ratios.csv").read_text("utf-8")
    return {row["script"]: float(row["characters"]) for row in csv.DictReader(text.splitlines())}


@cache
def _scripts() -> dict[str, regex.Pattern[str]]:
    return {name: regex.compile(rf"\p{{{name}}}") for name in _length_ratios()}


def _digits(number: str) -> str:
    """The digits of a number in ASCII, without its separators."""
    return "".join(str(int(mark)) for mark in number if mark.isdigit())
