"""One name of an actor, in every form that a text may write."""

from __future__ import annotations

from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.config.yaml_text import parse_yaml
from pipelines.text.chinese import is_in_other_words
from pipelines.text.normalise import normalise, without_diacritics

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.text.inflection import Inflection

# Scripts written without spaces between words.
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
KATAKANA = r"\p{Katakana}ー"
SHORTEST_INFLECTED, SHORTEST_INFLECTED_OF_SEVERAL = 4, 3
"""Letters from which the final of a name may change, and of a word in a name of several words: a shorter one
would leave a stem that other words share; not tuned."""
LONGEST_ACRONYM = 5
"""Letters of an alias in capitals up to which it counts as an acronym, which is not found in small letters;
not tuned, a longer one is more likely a name in capitals."""
SHORTEST_TITLED = 3
"""Letters of an acronym from which only its first need be a capital (Nato, Onu): Us is a word; not tuned."""
JOINT = "[ -]"
"""Between two words of a name: Kim Jong-un, Kim Jong Un."""
SMALL = regex.compile(r"(?!\p{Ll}+-\p{Lu})\p{Ll}")
"""The beginning of a name in small letters: short, but not al-Assad."""
ARTICLE = "ال"
"""The Arabic article, which merges with the preposition ل before it: للكرملين."""
ACCENTED_CAPITAL = regex.compile(r"(?<![\p{L}\p{M}])[ÀÂÇÉÈÊÎÏÔÛÙÁÍÓÚ]")
"""The beginning of a word whose accent some papers leave out: Etats-Unis, Elisabeth."""
JOINER, ARABIC = "\u200c", regex.compile(r"\p{Arabic}")
"""Stands between the parts of a Persian word that some write as two."""
ROMAN = regex.compile(r"[ivxlcdm]{2,}")


class Mention(NamedTuple):
    """`text[start:end]` names the actor."""

    start: int
    end: int
    actor: str
    full: bool
    """False if the actor has a longer name that contains this one."""
    inflected: bool = False
    """Whether it has an ending that the alias lacks."""
    epithet: bool = False
    """Whether it is an epithet of the actor."""


class Alias:
    """One name of an actor in one language, as a pattern over normalised text.

    Args:
        text: the name as the user writes it.
        actor: name of the actor, as in the config.
        full: False if it is part of another name of the actor.
        inflection: of the language.
        fold: gives letters that are the same one form, in the name and its endings.
        in_chinese: whether the name may be in words of other characters by chance.
    """

    def __init__(
        self,
        text: str,
        actor: str,
        *,
        full: bool,
        inflection: Inflection,
        fold: Callable[[str], str],
        in_chinese: bool = False,
    ) -> None:
        self.actor, self.full, self.inflection, self.fold = actor, full, inflection, fold
        self.in_chinese = in_chinese
        self._unfolded = normalise(text)
        self.normalised = fold(self._unfolded)
        self.acronym = text.isupper() and len(text) <= LONGEST_ACRONYM
        self.titled = len(text) >= SHORTEST_TITLED and self.normalised not in _words_in_capitals()
        self.capital = text[:1].isupper()
        self.tiny = len(text) < SHORTEST_TITLED and not text.isupper() and text.isalpha()
        self.roman = not text.isupper() and bool(ROMAN.fullmatch(self.normalised))

    @property
    def needle(self) -> str:
        """The text that begins every form of the name, with a space for each hyphen."""
        begin = []
        for word in self._words:
            stem, final = self._split_final(word)
            begin.append(self.fold(stem))
            if final or self.inflection.endings:
                break
        return " ".join(begin).replace("-", " ")

    @cached_property
    def _words(self) -> list[str]:
        """The words of the name, not folded; a name that begins or ends with a hyphen is one."""
        words = regex.split(JOINT, self._unfolded)
        return words if all(words) else [self._unfolded]

    @cached_property
    def _has_forms(self) -> bool:
        return bool(self.inflection.endings or self.inflection.replaced) or len(self._words) > 1

    def mention(
        self, text: str, normalised: str, offsets: Sequence[int], at: int, has_capitals: bool
    ) -> Mention | None:
        """The mention that begins at a place of the normalised text; None if none does.

        A single word with a capital is not found in lower case (Short: short sleeves), nor an acronym in
        small letters (US: us), unless the whole text is in lower case.

        Args:
            text: as written.
            normalised: the text, normalised.
            offsets: place in the text of each character of the normalised one, and of its end.
            at: place in the normalised text.
            has_capitals: whether the text has any capitals.
        """
        end = self._end(normalised, at)
        if end is None or not self._before.match(normalised, at):
            return None
        if self.in_chinese and is_in_other_words(normalised, at, end):
            return None
        inflected = normalised[at:end].replace("-", " ") != self.normalised.replace("-", " ")
        start, end = offsets[at], offsets[end]
        name = text[start:end]
        if (self.roman or self.tiny) and name.isupper() and text != text.upper():
            return None
        has_case = self._is_acronym(name) if self.acronym else not SMALL.match(name)
        needs_case = self.acronym or (self.capital and " " not in self.normalised)
        if needs_case and not has_case and has_capitals:
            return None
        return Mention(start, end, self.actor, self.full, inflected)

    def _is_acronym(self, name: str) -> bool:
        """Whether a name is in capitals, its ending aside, or begins with one, as in some house styles."""
        letters = name[: len(self.normalised)]
        return letters.isupper() or (self.titled and letters[:1].isupper() and letters[1:].islower())

    def _end(self, normalised: str, at: int) -> int | None:
        """The end of the name that begins at a place, its endings included; None if none does."""
        if self._has_forms:
            match = self._forms.match(normalised, at)
            return match.end() if match else None
        end = at + len(self.normalised)
        is_name = normalised.startswith(self.normalised, at)  # its needle has no hyphens
        return end if is_name and self._after.match(normalised, end) else None

    @cached_property
    def _forms(self) -> regex.Pattern[str]:
        """A pattern of every form of the name."""
        forms = JOINT.join(map(self._forms_of_word, self._words))
        return regex.compile(forms + self._after.pattern, regex.V1)

    def _forms_of_word(self, word: str) -> str:
        """A pattern of a word with every ending that may follow it or replace its final."""
        stem, final = self._split_final(word)
        if final:
            return regex.escape(self.fold(stem)) + self.fold(f"(?:{self.inflection.replaced[final]}|{final})")
        endings = self.fold(f"(?:{self.inflection.endings})?") if self.inflection.endings else ""
        return regex.escape(self.fold(stem)) + endings

    def _split_final(self, word: str) -> tuple[str, str]:
        """A word without the final that an ending may replace, and this final, which may be empty."""
        shortest = SHORTEST_INFLECTED_OF_SEVERAL if len(self._words) > 1 else SHORTEST_INFLECTED
        for final in self.inflection.replaced if len(word) >= shortest else ():
            if word.endswith(final) and word != final:
                return word.removesuffix(final), final
        return word, ""

    @cached_property
    def _before(self) -> regex.Pattern[str]:
        """What must, or must not, precede the name.

        A name begins and ends with a word only if its script separates words: Han, kana and Thai names may
        be anywhere, but a katakana name is not part of a longer katakana word.
        """
        if regex.match(f"[{KATAKANA}]", self.normalised):
            return _boundary(f"(?<![{KATAKANA}])")
        if regex.match(f"[{UNSPACED}]", self.normalised):
            return _boundary("")
        return _boundary(rf"(?<=(?:^|[\W{UNSPACED}]){self.inflection.prefixes})")

    @cached_property
    def _after(self) -> regex.Pattern[str]:
        """What must not follow the name."""
        if regex.search(f"[{KATAKANA}]$", self.normalised):
            return _boundary(f"(?![{KATAKANA}])")
        if regex.search(f"[{UNSPACED}]$", self.normalised):
            return _boundary("")
        return _boundary(rf"(?![\w--[{UNSPACED}]])")


@cache
def _boundary(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern, regex.V1)


@cache
def _words_in_capitals() -> frozenset[str]:
    text = files(__package__).joinpath("spelling.yaml").read_text("utf-8")
    return frozenset(parse_yaml(text, "spelling.yaml")["words_in_capitals"])


def spellings(name: str) -> list[str]:
    """A name and, if it is an acronym, the same with and without stops: US, U.S; EE. UU., EEUU.

    A name with the Arabic article also after the preposition that merges with it, one of several words in
    Arabic letters also with two of them as one, and one with a capital that has an accent without it.
    """
    if ARABIC.search(name):
        return _in_arabic(name)
    plain = ACCENTED_CAPITAL.sub(lambda letter: without_diacritics(letter[0]), name)
    if plain != name:
        return [name, plain]
    letters = regex.sub(r"[.\s]", "", name)
    if not (letters.isupper() and letters.isalpha() and len(letters) <= LONGEST_ACRONYM):
        return [name]
    if "." not in name and " " in name:
        return [name]
    pairs = regex.fullmatch(r"(?:(\p{L})\1){2,}", letters)
    groups = regex.findall(r"(\p{L})\1", letters) if pairs else []
    doubled = [f"{group}{group}" for group in groups]
    dotted = [" ".join(f"{g}." for g in doubled), "".join(f"{g}." for g in doubled), " ".join(doubled)]
    dotted = dotted if pairs else []
    if len(letters) > 1 and not pairs:
        dotted = [".".join(letters) + ".", ".".join(letters)]
    return list(dict.fromkeys([name, letters, *dotted]))


def _in_arabic(name: str) -> list[str]:
    """A name in Arabic letters, in each way to write its words and its article."""
    merged = ["لل" + name.removeprefix(ARTICLE)] if name.startswith(ARTICLE) else []
    apart = [name.replace(JOINER, " ")] if JOINER in name else []
    joined = [name[: m.start()] + name[m.end() :] for m in regex.finditer(" ", name.replace(JOINER, " "))]
    return list(dict.fromkeys([name, *merged, *apart, *joined]))
