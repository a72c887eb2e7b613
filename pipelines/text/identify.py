"""Language identification, offline."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import regex

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = "und"
"""The code of BCP 47 for a language that is not known."""
CONFIDENT = 0.4
"""Least confidence of a language that is given, in [0, 1]. On the titles and first sentences of the sample
articles,
cut to 20 to 60 characters, 0.4 leaves 1 wrong in 100, and 0.2 leaves 5."""
LONGEST_TEXT = 2000
"""Characters of a text that are read for its probabilities; bounds the time on long texts, not tuned."""
WHOLE = 300
"""Characters of a text that is looked at whole; of a longer one, so many are read in PLACES parts."""
PLACES, MORE_PLACES = 3, 9
"""Places of a long text that are looked at, evenly spread from its beginning to its end; more if these
disagree."""
PIECE = 80
"""Characters that are looked at in each place: a sentence."""
HALVES = 120
"""Least characters of a text whose halves are looked at on their own, if it is not long enough for several
places. Of texts of 120 to 200 characters whose halves are in two of 12 languages, 85 % are then `und`, and
42 % without it; of 2,900 beginnings of articles in one language, none."""
SURE = 0.9  # a probability beside which those of other languages decide nothing
NEAR = 60
"""Distance in langcodes up to which two languages may be taken for each other in half a text: Norwegian and
Danish have 12, Serbian and Bosnian 59, Spanish and Portuguese 84."""
SCRIPTS = {
    "Han": 2.5, "Hangul": 2.0, "Latin": 1.0, "Cyrillic": 1.0, "Arabic": 1.0, "Greek": 1.0, "Hebrew": 1.0,
    "Thai": 1.0, "Devanagari": 1.0, "Georgian": 1.0, "Armenian": 1.0,
}  # fmt: skip
"""Scripts, and how many letters of an alphabet one of theirs counts for. Kana count with Han."""
SHARE_OF_SCRIPT = 0.6
"""Least share of a text's letters in one script; else it is in several languages."""
SPELLINGS = {"wuu": "zh", "yue": "zh", "pcm": "en", "an": "es", "ext": "es", "ary": "ar", "arz": "ar"}
"""Languages near a larger one in which nearly all news is: short texts in that one are often taken for
them."""
_LETTERS = {script: rf"\p{{{script}}}" for script in SCRIPTS} | {"Han": r"[\p{Han}\p{Hiragana}\p{Katakana}]"}
_OTHER_WORDS = {
    script: regex.compile(rf"[\p{{L}}--{letters}]+", regex.V1) for script, letters in _LETTERS.items()
}


class Identified(NamedTuple):
    """A language, `und` if none is likely enough, and the probability of the likeliest one."""

    language: str
    confidence: float


def identify_language(text: str) -> str:
    """The code of a text's language, with a script if it is not the usual one; `und` if that is not sure."""
    return identify(text).language


def identify(text: str) -> Identified:
    """Identify the language of a text with py3langid, whose model of 140 languages is in its package.

    Of a long text, several places are looked at, since a banner or a quotation may be in another language. A
    text
    with letters of several scripts is judged by the words in its main one. The library was chosen by
    `benchmarks/language_identification.py`.

    See Lui and Baldwin (2012), langid.py: An Off-the-shelf Language Identification Tool.
    """
    pieces = _pieces(text, PLACES)
    guess = _mean(pieces)
    if len(pieces) > 1 and guess.confidence < 1 - 1 / (2 * PLACES):  # one place of them is in doubt
        guess = _mean(_pieces(text, MORE_PLACES))
        if guess.confidence < SHARE_OF_SCRIPT:
            return guess._replace(language=UNKNOWN)
    if guess.confidence < CONFIDENT or (len(pieces) == 1 and _is_mixed(text)):
        return guess._replace(language=UNKNOWN)
    return guess._replace(language=_with_script(guess.language, text[:WHOLE]))


def _is_mixed(text: str) -> bool:
    """Whether the halves of a text are each surely in a language, and these are not near each other."""
    if len(text) < HALVES:
        return False
    from langcodes import tag_distance

    middle = len(text) // 2
    halves = [_mean([half]) for half in (text[:middle], text[middle:])]
    languages = [half.language for half in halves if half.confidence >= SURE]
    return len(set(languages)) == 2 and tag_distance(languages[0], languages[1]) > NEAR


def language_probabilities(text: str) -> Mapping[str, float]:
    """The probability of each language code, the likeliest first; they sum to 1."""
    return {str(language): float(p) for language, p in _identifier().rank(text[:LONGEST_TEXT])}


def _pieces(text: str, places: int) -> list[str]:
    if len(text) <= WHOLE:
        return [text]
    step = (len(text) - PIECE) / (places - 1)
    return [text[int(place * step) : int(place * step) + PIECE] for place in range(places)]


def _mean(pieces: list[str]) -> Identified:
    """The language with the largest mean probability over the pieces that have letters."""
    totals: defaultdict[str, float] = defaultdict(float)
    judged = 0
    for piece in pieces:
        words = _main_words(piece)
        if words is None:
            continue
        judged += 1
        for language, probability in _likeliest(words) if words else ():
            totals[SPELLINGS.get(language, language)] += probability
    if not totals:
        return Identified(UNKNOWN, 0.0)
    language, total = max(totals.items(), key=lambda item: item[1])
    return Identified(language, min(1.0, total / judged))


def _likeliest(text: str) -> list[tuple[str, float]]:
    """The likely languages of a text with their probabilities; others matter only if no one is clear."""
    likeliest: list[tuple[str, float]] = _identifier().rank(text)[:5]
    return likeliest[:1] if likeliest[0][1] >= SURE else likeliest


def _main_words(text: str) -> str | None:
    """The text without the words in other scripts than its main one.

    Empty if no script has most of the letters, None if there are no letters.
    """
    if text.isascii():
        return text if any(map(str.isalpha, text)) else None
    counts = Counter(map(_script, text))
    weights = {script: counts[script] * weight for script, weight in SCRIPTS.items()}
    script = max(weights, key=weights.__getitem__)
    if not weights[script]:
        return text if any(map(str.isalpha, text)) else None
    if weights[script] == sum(weights.values()):
        return text
    return (
        _OTHER_WORDS[script].sub(" ", text)
        if weights[script] >= SHARE_OF_SCRIPT * sum(weights.values())
        else ""
    )


@lru_cache(100_000)
def _script(letter: str) -> str:
    """The script of a letter; empty for one of none of SCRIPTS."""
    return next((script for script in SCRIPTS if regex.match(_LETTERS[script], letter)), "")


def _with_script(language: str, text: str) -> str:
    """The code with a script: `sr-Latn` for Serbian in Latin letters, `zh-Hant` for traditional Chinese."""
    if language == "sr" and len(regex.findall(r"\p{Latin}", text)) > len(
        regex.findall(r"\p{Cyrillic}", text)
    ):
        return "sr-Latn"
    if language != "zh":
        return language
    signs = regex.findall(r"\p{Han}", text)
    # GB 2312 has the simplified signs alone, Big5 the traditional ones.
    traditional = sum(_encodes(sign, "big5") and not _encodes(sign, "gb2312") for sign in signs)
    simplified = sum(_encodes(sign, "gb2312") and not _encodes(sign, "big5") for sign in signs)
    return "zh-Hant" if traditional > simplified else language


def _encodes(sign: str, encoding: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # It would widen the 16 bits of its rows anew for each text; the sums are the same.
    identifier.nb_ptc = identifier.nb_ptc.astype("float32")
    return identifier
