"""Checks of a translation that need only the two texts."""

from __future__ import annotations

import csv
import math
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import regex

from pipelines.text.languages import base_language
from pipelines.text.segment import sentence_lengths
from pipelines.translate.foreign import LETTER_RUN, WORD, is_untranslated, is_wrong_language
from pipelines.translate.nonwords import non_words
from pipelines.translate.numbers import LEAST, missing, notation_of, quantities
from pipelines.translate.pronouns import wrong_gender

if TYPE_CHECKING:
    from pipelines.text.names import Names
    from pipelines.translate.glossary import Glossary
    from pipelines.translate.numbers import Quantity

SUBWORD = regex.compile(r"@@(?=\s|$)|[▁Ġ]\p{L}|<unk>|</?s>|⁇")
STOP = regex.compile(r"[.!?]['\"”’»]?\s+(?=\p{Lu})|[。！？](?=.)|[.!?؟।]\s+(?=\p{Lo})")
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")


# None of these thresholds was tuned.
SHORT = 25
"""Characters by which a translation may always differ from its expected length, since short texts vary."""
RATIO_FACTOR = 2.3
"""Ratio of actual to expected length, or its inverse, above which a translation has an odd length."""
LONGEST_PERIOD = 12
"""Words of the longest phrase whose repetition is looked for; bounds the time."""
ROUND = 100
"""A number in the translation alone is not invented if this divides it: the source may have it in words."""
SHARE_OF_LETTERS = 0.5
"""Share of single letters among the words of a text from which it is subword garbage."""
FEWEST_PIECES = 8
"""Words from which this share is looked at."""
LONGEST_CHECKED = 4000
"""Characters of each side that are read but for its length and names, far above any real sentence; bounds the
time on text without stops. Numbers and lost sentences are not checked in longer text."""
SPREADS_OF_A_LOSS = 1.6
"""Standard deviations of the length, usual for the language, by which a translation must be short to lack a
sentence: 5 % of right ones are, in every language, so that none has more false alarms than another."""
USUAL_SPREAD = 0.15
"""Standard deviation of the logarithm of lengths, for languages without an entry in the table."""
FITTING = 1.2
"""Ratio of lengths, or its inverse, up to which a translation fits its source less a sentence; not tuned."""
LEAST_SHARE = 0.3
"""Share of the source from which a lost sentence is noticed: lengths vary by as much as a shorter one."""
PHRASES_OF_A_LONG_TEXT = 15
"""Three-word phrases from which a text is checked for phrases repeated here and there."""
DISTINCT_SHARE = 0.6
"""Share of distinct ones among these phrases, below which the text is repetitive."""

SEVERITY = {
    "repetition": 4,
    "garbage": 4,
    "wrong_language": 4,
    "untranslated": 3,
    "lost_actor": 2,
    "glossary": 2,
    "wrong_gender": 2,
    "non_word": 2,
    "length_ratio": 2,
    "lost_number": 1,
    "added_number": 1,
}
"""Weights, without unit, by which attempts are ranked: an unusable text is worse than a wrong part of one."""


def translation_flags(
    source: str,
    translation: str,
    language: str,
    pivot: str,
    names: Names | None = None,
    glossary: Glossary | None = None,
) -> tuple[str, ...]:
    """Flags for what looks wrong with a translation, the worst first; empty if nothing does.

    Args:
        source: one sentence.
        translation: of the sentence, into the pivot.
        language: code of the source's language.
        pivot: code of the translation's language.
        names: finders of the actors' names, to notice a lost one; None to skip this check.
        glossary: words wanted in translations; None if none are.
    """
    unmet = glossary is not None and bool(glossary.unmet(source, translation))
    names_lost = names is not None and bool(names.lost(source, translation))
    odd_length = has_odd_length(source, translation)
    is_cut = max(len(source), len(translation)) > LONGEST_CHECKED
    source, translation = source[:LONGEST_CHECKED], translation[:LONGEST_CHECKED]
    results = {
        "garbage": is_garbage(translation) and not is_garbage(source),
        "repetition": is_repetitive(translation) and not is_repetitive(source),
        "length_ratio": odd_length or (not is_cut and lost_sentence(source, translation, language, pivot)),
        "untranslated": is_untranslated(source, translation, language, pivot),
        "wrong_language": is_wrong_language(translation, pivot),
        "lost_number": not is_cut and bool(lost_numbers(source, translation, language, pivot)),
        "added_number": not is_cut and bool(added_numbers(source, translation, language, pivot)),
        "wrong_gender": wrong_gender(source, translation, language, pivot, names),
        "non_word": bool(non_words(translation, pivot)),
        "lost_actor": names_lost,
        "glossary": unmet,
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


def lost_numbers(source: str, translation: str, language: str, pivot: str) -> list[Quantity]:
    """Numbers of the source, from 10, whose value the translation lacks, in digits or words.

    Args:
        source: one sentence.
        translation: of the sentence.
        language: code of the source's language.
        pivot: code of the translation's language.
    """
    kept = [q for q in quantities(source, language) if _counts(q)]
    others = quantities(translation, pivot)
    return missing(kept, others, scaled=_scaled(language, pivot))


def added_numbers(source: str, translation: str, language: str, pivot: str) -> list[Quantity]:
    """Numbers of the translation in digits, not round ones, that have no equal in the source.

    Args:
        source: one sentence.
        translation: of the sentence.
        language: code of the source's language.
        pivot: code of the translation's language.
    """
    written = [
        q for q in quantities(translation, pivot) if len(q.digits) > 2 and q.bare % ROUND and not q.measured
    ]
    return missing(written, quantities(source, language), scaled=_scaled(language, pivot))


def _counts(quantity: Quantity) -> bool:
    """Whether a number must be kept: written in digits, not small, and not a measure."""
    is_small = max(quantity.values) < LEAST and quantity.bare == int(quantity.bare)
    return bool(quantity.digits) and not is_small and not quantity.measured


def _scaled(language: str, pivot: str) -> bool:
    return notation_of(language) is not None and notation_of(pivot) is not None


def is_garbage(text: str) -> bool:
    """Whether marks of a subword vocabulary are left in a text, or most of its words are single letters."""
    if SUBWORD.search(text):
        return True
    words = WORD.findall(text)
    letters = sum(len(word) == 1 and word.isalpha() for word in words)
    return (
        len(words) >= FEWEST_PIECES and letters > SHARE_OF_LETTERS * len(words) and not UNSPACED.search(text)
    )


def lost_sentence(source: str, translation: str, language: str, pivot: str) -> bool:
    """Whether a translation has fewer sentences, and a length that fits its source without the first or last.

    Args:
        source: one sentence, or several that were taken for one.
        translation: of the source.
        language: code of the source's language.
        pivot: code of the translation's language.
    """
    if len(STOP.findall(source)) <= len(STOP.findall(translation)) or not translation:
        return False
    sentences = sentence_lengths(source, language)
    if len(sentences) <= len(sentence_lengths(translation, pivot)):
        return False
    lengths = _language_lengths()
    own, other = (lengths.get(base_language(code), (1.0, USUAL_SPREAD)) for code in (language, pivot))
    factor = own[0] / other[0]
    least_loss = math.exp(SPREADS_OF_A_LOSS * math.hypot(own[1], other[1]))

    def misfit(length: int) -> float:
        return abs(math.log(len(translation) * factor / max(1, length)))

    total = sum(sentences)
    if len(translation) * factor * least_loss > total:
        return False
    dropped = [length for length in (sentences[0], sentences[-1]) if length >= LEAST_SHARE * total]
    return any(misfit(total - length) <= math.log(FITTING) for length in dropped)


@cache
def _language_lengths() -> dict[str, tuple[float, float]]:
    """Characters that a language needs for one of English, and the standard deviation of their logarithm.

    Over human translations of 970 sentences of news (NTREX); those of cs, it, nl, sv and tr are estimates.
    """
    text = files(__package__).joinpath("language_lengths.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["language"]: (float(row["characters"]), float(row["spread"])) for row in rows}


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
