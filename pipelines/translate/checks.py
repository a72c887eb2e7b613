"""Checks of a translation that need only the two texts."""

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
# Numbers that a good translation may write in another way: counted in ten thousands, or hours of the day.
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

# None of these thresholds was tuned.
SHORT = 25
"""Characters by which a translation may always differ from its expected length, since short texts vary."""
RATIO_FACTOR = 2.3
"""Ratio of actual to expected length, or its inverse, above which a translation has an odd length."""
LONGEST_PERIOD = 12
"""Words of the longest phrase whose repetition is looked for; bounds the time."""
WORDS_TO_IDENTIFY = 7
"""Words without a capital from which the language is identified: fewer give little evidence."""
SURE_OF_LANGUAGE = 0.95
"""Probability above which an identified language counts as certain."""
COPIED_SHARE = 0.75
"""Share of a translation's words that occur in the source, above which it counts as untranslated."""
FEWEST_WORDS = 3
"""Words of three letters or more from which `COPIED_SHARE` is applied: fewer may be the same by chance."""
DIGITS_THAT_COUNT = 2
"""Digits from which a number must be kept: translations write smaller ones as words."""
PHRASES_OF_A_LONG_TEXT = 15
"""Three-word phrases from which a text is checked for phrases repeated here and there."""
DISTINCT_SHARE = 0.6
"""Share of distinct ones among these phrases, below which the text is repetitive."""

SEVERITY = {
    "repetition": 4,
    "wrong_language": 4,
    "untranslated": 3,
    "lost_actor": 2,
    "length_ratio": 2,
    "lost_number": 1,
}
"""Weights, without unit, by which attempts are ranked: an unusable text is worse than a wrong part of one."""


def translation_flags(
    source: str, translation: str, language: str, pivot: str, names: Names | None = None
) -> tuple[str, ...]:
    """Flags for what looks wrong with a translation, the worst first; empty if nothing does.

    Args:
        source: one sentence.
        translation: of the sentence, into the pivot.
        language: code of the source's language.
        pivot: code of the translation's language.
        names: finders of the actors' names, to notice a lost one; None to skip this check.
    """
    results = {
        "repetition": is_repetitive(translation) and not is_repetitive(source),
        "length_ratio": has_odd_length(source, translation),
        "untranslated": is_untranslated(source, translation, language, pivot),
        "wrong_language": is_wrong_language(translation, pivot),
        "lost_number": bool(lost_numbers(source, translation)),
        "lost_actor": names is not None and bool(names.lost(source, translation)),
    }
    flags = [flag for flag, is_raised in results.items() if is_raised]
    return tuple(sorted(flags, key=lambda flag: -SEVERITY[flag]))


def severity(flags: tuple[str, ...]) -> int:
    """The sum of the flags' severities; 0 for none."""
    return sum(SEVERITY.get(flag, 0) for flag in flags)


def is_repetitive(text: str) -> bool:
    """Whether a word occurs three times in a row, a longer phrase twice, or a few characters eight times."""
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
    """Whether less than six in ten of the three-word phrases of a long text are distinct."""
    phrases = Counter(zip(words, words[1:], words[2:], strict=False))
    total = sum(phrases.values())
    return total >= PHRASES_OF_A_LONG_TEXT and len(phrases) / total < DISTINCT_SHARE


def has_odd_length(source: str, translation: str) -> bool:
    """Whether the translation is over 2.3 times as long, or as short, as expected from the two scripts.

    Short texts vary more: a difference of up to 25 characters passes.
    """
    expected = len(source) / _characters(source) * _characters(translation)
    if abs(len(translation) - expected) <= SHORT:
        return not translation.strip() and bool(LETTER_RUN.search(source))
    ratio = len(translation) / max(1.0, expected)
    return not 1 / RATIO_FACTOR <= ratio <= RATIO_FACTOR


def is_untranslated(source: str, translation: str, language: str, pivot: str) -> bool:
    """Whether words of another script remain, or most words are those of the source."""
    script = main_script(pivot)
    if script and script != main_script(language):
        foreign = [
            run for run in LETTER_RUN.findall(translation) if not SCRIPT_OF_LANGUAGE[script].match(run)
        ]
        if foreign and script not in {"Han", "Hiragana"}:
            return True
    words = [word for word in WORD.findall(translation) if word[0].islower() and len(word) > 2]
    copied = {word for word in WORD.findall(source) if word[0].islower()}
    return len(words) >= FEWEST_WORDS and sum(word in copied for word in words) / len(words) > COPIED_SHARE


def is_wrong_language(translation: str, pivot: str) -> bool:
    """Whether a translation of some length is almost certainly in another language than the pivot."""
    words = [word for word in WORD.findall(translation) if not word[0].isupper() and word.isalpha()]
    if len(words) < WORDS_TO_IDENTIFY and main_script(pivot) not in {"Han", "Hiragana"}:
        return False
    text = " ".join(words) if words else translation
    probabilities = language_probabilities(text)
    best = next(iter(probabilities))
    return best != pivot.split("-")[0] and probabilities[best] > SURE_OF_LANGUAGE


def lost_numbers(source: str, translation: str) -> set[str]:
    """Numbers of two digits or more in the source that the translation lacks, as digits alone."""
    text = REGROUPED.sub(" ", source)
    numbers = {_digits(number) for number in NUMBER.findall(text)}
    in_translation = " ".join({_digits(number) for number in NUMBER.findall(translation)})
    return {number for number in numbers if len(number) >= DIGITS_THAT_COUNT and number not in in_translation}


@cache
def main_script(language: str) -> str | None:
    """The script of a language, if it is one of `SCRIPT_NAMES`; else None."""
    import langcodes

    script = langcodes.Language.get(language).maximize().script
    return SCRIPT_NAMES.get(script or "")


def _characters(text: str) -> float:
    """Mean ratio of a text's scripts: characters that they need for one character of an average script."""
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
