"""Where sentencex ends a sentence and a reader of the language does not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import regex

from pipelines.config.yaml_text import packaged_yaml
from pipelines.text.languages import base_language

OPENING, CLOSING = "“„«「『〝‘‚", "”»」』〞〟"
MARK = regex.compile(rf"[\"{OPENING}{CLOSING}“]|(?<!\w)'|''|``|(?<=[.!?…。！？])[’']")
QUOTED_END = regex.compile(rf"[.!?؟…。！？][\"“’'{CLOSING}]+\s*$")
EXCLAIMED_END = regex.compile(rf"[!?؟…。！？][\"“’'{CLOSING}]+\s*$")
TITLE_END = regex.compile(r"[.!?。！？][》〉]\s*$")
INITIAL = regex.compile(r"(?<!\w)(?<!\p{L}-)(?:\p{Lu}\p{M}*|\p{Lu}\p{Ll}(?=\.\s*\p{Lu}\.))\.\s*$")
ACRONYM = regex.compile(r"(?<!\w)(?:\p{Lu}\.){2,}\s*$")
ORDINAL = regex.compile(r"(?<![\w.,:])(?:\d{1,2}|[IVX]{1,5})\.\s*$")
LAST_WORD = regex.compile(r"(?<![\p{L}\p{M}])([\p{L}\p{M}][\p{L}\p{M}.'’-]{0,12})\.\s*$")
FIRST_WORD = regex.compile(rf"[\s\"'’{OPENING}{CLOSING}(¿¡]*([\w'’]+)")
SMALL = regex.compile(r"(?!\s*['’][stn]\s+\p{Lu})[\s\"'’”»)]*(?:[—–-]\s*)?(?:\.\.\.|…)?\s*\p{Ll}(?!\p{Lu})")
CONTINUES = regex.compile(r"\s*[,;:)\]%]|-\p{L}|[ºª》〉]")
DASH = regex.compile(r"\s*[—–―-]\s*\p{L}")
LETTER_AT_ONCE = regex.compile(r"[\p{Hangul}\p{Hiragana}]")
WITHIN = regex.compile(r"\p{L}\.")
DECIMALS = regex.compile(r"\p{Nd}\.$")
NO_SMALL = regex.compile(r"[\p{Lu}\p{Lo}]")
HOUR = regex.compile(r"\b[ap]\.\s?m\.\s*$", regex.IGNORECASE)
LONE_LETTER = regex.compile(r"\p{L}\p{M}*\.")
FULL_STOP = regex.compile(r"(?<![。！？])[。！？]++(?![\s…])")
MARKS_AFTER_STOP = frozenset(f"`\"'’{OPENING}{CLOSING}")
LONGEST_ATTRIBUTION = 120
"""Characters of a sentence that may be joined to the exclamation in quotation marks before it; not tuned."""
WINDOW = 40
"""Characters before and after a boundary that decide about it, ample for a word; keeps the time linear."""


@dataclass(frozen=True)
class Habits:
    """What ends no sentence in a language; see sentences.yaml."""

    abbreviations: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    ends: regex.Pattern[str] = FULL_STOP
    """Ends of sentences that sentencex misses: a full stop of Chinese or Japanese, or after a word that it
    takes for an abbreviation (es: No.)."""
    numbered: frozenset[str] = frozenset()
    """Abbreviations before a number, words elsewhere (no. 5)."""
    ordinals: bool = False
    joined: bool = False
    """Whether the words after a quotation are written without a space (「行く。」と)."""
    attribution: regex.Pattern[str] | None = None
    """How a clause begins that gives the speaker of the exclamation in quotation marks before it."""
    dated: regex.Pattern[str] | None = None
    """What continues a sentence after an hour: 5 p.m. Monday."""


@cache
def habits_of(language: str) -> Habits:
    """The habits of a language; those of a language without an entry are empty."""
    table = packaged_yaml(__package__, "sentences.yaml")
    entry = table.get(base_language(language))
    if entry is None:
        return Habits()
    attribution, dated = entry.get("attribution"), entry.get("dated")
    words = "|".join(entry.get("words", []))
    missed = rf"|(?i:(?<![\w.])(?:{words})\.)\s++(?=\W{{0,3}}\p{{Lu}})" if words else ""
    return Habits(
        frozenset(entry["abbreviations"]),
        frozenset(entry["starters"]),
        regex.compile(FULL_STOP.pattern + missed),
        frozenset(table["numbered"]),
        entry.get("ordinals", False),
        entry.get("joined", False),
        regex.compile(attribution) if attribution else None,
        regex.compile(dated) if dated else None,
    )


def without_marks(line: str) -> str:
    """The line with each quotation mark blanked, so that each sentence of a quotation ends."""
    return MARK.sub(lambda mark: " " * len(mark[0]), line)


def between_marks(line: str, boundary: int) -> int:
    """The boundary of a line with its marks back: closing marks end a sentence, opening ones begin one.

    Args:
        line: as written.
        boundary: found in the line without its marks.
    """
    start = boundary
    earliest = max(0, boundary - WINDOW)
    while start > earliest and (line[start - 1] in MARKS_AFTER_STOP or line[start - 1].isspace()):
        start -= 1
    for at in range(start, boundary):
        closes = line[at + 1 : at + 2] == "»" and not line[at + 2 : at + 3].strip()  # « Non. » Il
        if line[at].isspace() and not closes:
            return at
        if line[at] in OPENING + "`" and not (line[at] == "“" and at == start and not opens_at(line, at)):
            return at
    return boundary


def opens_at(line: str, at: int) -> bool:
    """Whether “, which closes German quotations, is right before a letter, as an opening mark is."""
    return line[at + 1 : at + 2].isalnum()


def joins(line: str, boundary: int, end: int, habits: Habits, *, has_case: bool) -> bool:
    """Whether the sentence continues after a boundary.

    Args:
        line: of text.
        boundary: between two sentences, as found.
        end: of the second of them.
        habits: of the language.
        has_case: whether the line has capitals, so that a small letter begins no sentence.
    """
    before, after = line[max(0, boundary - WINDOW) : boundary], line[boundary : boundary + WINDOW]
    if WITHIN.match(before[-2:]) and WITHIN.match(after):
        return True  # a.C.
    if (DECIMALS.search(before[-2:]) and after[:1].isdecimal()) or TITLE_END.search(before):
        return True
    if habits.dated and HOUR.search(before) and habits.dated.match(after):
        return True
    if (has_case and SMALL.match(after)) or CONTINUES.match(after):
        return True
    if QUOTED_END.search(before):
        return _attributes(line, boundary, end, before, after, habits)
    first = FIRST_WORD.match(after)
    is_initial = first is not None and bool(LONE_LETTER.match(after, first.start(1)))
    starts = first is not None and first[1].casefold() in habits.starters and not is_initial
    word = LAST_WORD.search(before)
    if word and first and first[1][:1].isdigit() and _form(word[1]) in habits.numbered:
        return True
    if word and first and not starts and _is_abbreviation(word[1], habits):
        return True
    if INITIAL.search(before) or (ACRONYM.search(before) and habits.starters):
        return first is not None and NO_SMALL.match(first[1]) is not None and not starts
    return habits.ordinals and bool(ORDINAL.search(before)) and not starts


def _is_abbreviation(word: str, habits: Habits) -> bool:
    """Whether a word that ends in a stop is an abbreviation, or its last part is (l'on., ex-min.)."""
    return word.casefold() in habits.abbreviations or _form(word) in habits.abbreviations


def _form(word: str) -> str:
    return str(regex.split(r"['’-]", word.casefold())[-1])


def _attributes(line: str, boundary: int, end: int, before: str, after: str, habits: Habits) -> bool:
    """Whether what follows a quotation gives its speaker: a dash, a particle or a name with a verb."""
    if DASH.match(after):
        return True
    at_once = not before[-1:].isspace() and not after[:1].isspace()
    if habits.joined and at_once and LETTER_AT_ONCE.match(after):
        return True
    if habits.attribution is None or end - boundary > LONGEST_ATTRIBUTION or not EXCLAIMED_END.search(before):
        return False
    return bool(habits.attribution.match(line, boundary + len(after) - len(after.lstrip()), end))
