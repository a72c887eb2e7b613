"""The patterns by which speakers are found in a language, from its data file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import regex

from pipelines.config.yaml_text import parse_yaml
from pipelines.find.patterns import NOTHING, any_case, any_of, anywhere, whole_words
from pipelines.text.languages import base_language

if TYPE_CHECKING:
    from collections.abc import Iterable

CAPITALISED = r"\p{Lu}[\p{L}\p{M}'’-]*\.?"
NOBILIARY = r"(?:de|da|do|dos|das|del|della|di|du|la|le|van|von|der|den|ten|bin|ibn|al|el|abu)"
MODIFIERS = 3
"""Words at most between determiner and head of a noun phrase (the new South Korean president); not tuned."""


@dataclass(frozen=True, eq=False)
class Grammar:
    """Patterns over the text of one language, each built once; all ignore case but `name`."""

    speech: regex.Pattern[str]
    """A verb of speaking, in a finite form."""
    pronouns: regex.Pattern[str]
    """A pronoun that may be a subject; groups he, she, they and it."""
    titles: regex.Pattern[str]
    """A role or honorific."""
    epithet: regex.Pattern[str]
    """A definite noun phrase for a person; groups `modifiers`, `ex` and `head`."""
    people: regex.Pattern[str]
    """Any noun for a person."""
    adverbs: regex.Pattern[str]
    """Auxiliaries and adverbs, if any, between a subject and its verb (has also said)."""
    coordination: regex.Pattern[str]
    """At the end of the text before a second verb of the same subject (smiled and then)."""
    according: regex.Pattern[str]
    """Before the source of reported words (according to), or with a pronoun for it (in his words)."""
    domain: regex.Pattern[str]
    """After a role, what it belongs to: of Poland, polonês."""
    nationality: regex.Pattern[str]
    """A word without a capital that distinguishes holders of a role (russo)."""
    aides: regex.Pattern[str]
    """Titles whose owner is named in the genitive (представитель Путина)."""
    gendered: tuple[tuple[str, regex.Pattern[str]], ...]
    """he and she, each with the titles that imply it."""
    same_role: tuple[frozenset[str], ...]
    """Titles that one person may have together: senator, sen, lawmaker."""
    somebody: regex.Pattern[str]
    """An indefinite noun phrase for a person; group `head`."""
    noun: regex.Pattern[str] | None
    """The beginning of a noun phrase; None if nothing shows it in the language."""
    articles: tuple[tuple[str, frozenset[str]], ...]
    """Pronouns, each with the articles of the nouns that it stands for; empty if articles show no gender."""
    determiner: regex.Pattern[str]
    """Begins a definite noun phrase; matches nothing if the language needs none."""
    generic: regex.Pattern[str]
    """A head that fits any person."""
    descriptive: regex.Pattern[str]
    """A head that describes somebody who is known already: the Ohio Republican, the front-runner."""
    offices: regex.Pattern[str]
    """A role whose holder need not be introduced: the president."""
    former: regex.Pattern[str]
    """A modifier of a role that somebody had (former)."""
    honorifics: regex.Pattern[str]
    opinions: regex.Pattern[str]
    """After a subject, or with particles in its sentence: what the author thinks of it (should)."""
    documents: regex.Pattern[str]
    """The subject of a verb of speaking that is a text by somebody: his letter, another post."""
    preposition: regex.Pattern[str]
    """At the end of the text before a name, which is then no subject."""
    infinitive: regex.Pattern[str]
    """At the end of the text before a verb that nobody needs to have spoken (had the courage to say)."""
    toward: regex.Pattern[str]
    """At the end of the text before a name toward whom something is said or done."""
    conjunction: regex.Pattern[str]
    """The word for and."""
    joins: regex.Pattern[str]
    """The text between two who do something together."""
    clause_start: regex.Pattern[str]
    """A word that begins a clause with another subject."""
    organisation: regex.Pattern[str]
    """At the end of a name that is not a person's."""
    name: regex.Pattern[str] | None
    """A name of one or more capitalised words; None if the script has no capitals."""
    particle: regex.Pattern[str] | None
    """The particle right after a subject; None if the language has none."""
    marked: regex.Pattern[str]
    """At the end of a subject that includes its particle."""
    owner: regex.Pattern[str]
    """Right after a name that is then no subject, in a language without spaces (普京的发言人)."""
    capitals: bool
    """Whether capitals show which words are names, and so who else there is."""
    thin: bool
    """Whether a translation into a language with a fuller grammar shows more of who speaks."""
    unspaced: bool
    """No spaces between words."""
    bare_nouns: bool
    """A noun phrase needs no determiner."""
    pro_drop: bool
    """A verb may have no subject."""
    dialogue_dashes: bool
    """A dash at the start of a line may open a quotation."""


@cache
def grammar_of(language: str) -> Grammar | None:
    """The grammar of a language; None if it has no data file."""
    place = files(__package__).joinpath(f"grammar/{base_language(language)}.yaml")
    if not place.is_file():
        return None
    return _grammar(parse_yaml(place.read_text("utf-8"), str(place)))


def _grammar(data: dict[str, Any]) -> Grammar:
    titles = [*data["titles"], *data["generic"]]
    people = [*titles, *data["people"]]
    people += data.get("descriptive", [])
    unspaced = data.get("unspaced", False)
    words, start, end = (anywhere, "", "") if unspaced else (whole_words, r"(?<!\w)", r"(?!\w)")
    prefixes = data.get("speech_prefixes", [])
    speech = any_of([*data["speech"], *(prefix + verb for prefix in prefixes for verb in data["speech"])])
    if unspaced:  # no parts of other words: 小说, 问题
        speech = rf"(?<![{data['not_after']}])(?:{speech})(?![{data['not_before']}])"
    pronouns = "|".join(f"(?P<{kind}>{any_of(words)})" for kind, words in data["pronouns"].items())
    particles = data.get("subject_particles")
    nationality = _listed(data, "nationalities")
    of = rf"{any_of(data['of'])}(?:\s+|(?<=['’]))" if "of" in data else ""  # else a genitive
    described = [*data.get("descriptive", []), *data.get("adjectives", [])]
    adverbs = rf"(?:\s*{_listed(data, 'adverbs')}{end})*\s*"
    subject_end = any_of(particles) if particles else ""
    return Grammar(
        speech=words(speech, hyphens=True),
        pronouns=words(f"(?:{pronouns}){subject_end}", hyphens=True),
        titles=words(any_of([*titles, *data["honorifics"]]) + r"(?:\.(?!\w))?"),
        epithet=words(
            _noun_phrase(people, data["determiners"], speech, subject_end, _adjectives(data, speech))
        ),
        people=words(any_of(people)),
        adverbs=any_case(adverbs),
        coordination=any_case(rf",?\s*(?<!\w){_listed(data, 'coordinators')}\s+{adverbs}$"),
        according=words(_listed(data, "according")),
        domain=any_case(
            rf"\s+(?:{of}(?-i:{CAPITALISED})|(?:{nationality})(?![\w-]))" if not particles else NOTHING
        ),
        nationality=words(nationality),
        aides=words(_listed(data, "aides")),
        gendered=tuple(
            (pronoun, words(any_of(data[key]))) for pronoun, key in (("he", "masculine"), ("she", "feminine"))
        ),
        same_role=tuple(map(frozenset, data["same_role"])),
        somebody=words(_noun_phrase(people, data["indefinites"], speech) if data["indefinites"] else NOTHING),
        noun=words(
            any_of([*data["determiners"], *data["indefinites"], *data.get("quantifiers", [])]) + r"\s+\p{L}+"
        )
        if data["determiners"]
        else None,
        articles=tuple((pronoun, frozenset(words)) for pronoun, words in data.get("articles", {}).items()),
        determiner=words(_listed(data, "determiners")),
        generic=words(any_of(data["generic"])),
        descriptive=words(any_of(described)),
        offices=words(_listed(data, "offices")),
        former=words(_listed(data, "former"), hyphens=True),
        honorifics=words(_listed(data, "honorifics")),
        opinions=any_case(rf"{adverbs if not particles else ''}{_listed(data, 'opinions')}{end}"),
        documents=any_case(_documents(data, speech)),
        preposition=any_case(rf"{start}{_listed(data, 'prepositions')}\s*$"),
        infinitive=any_case(rf"(?<!\w)(?<!\bon\s){_listed(data, 'infinitive')}\s*$"),
        toward=any_case(rf"{start}{_listed(data, 'toward')}(?:\s+\p{{Ll}}+)?\s*$"),
        conjunction=any_case(any_of(data["and"])),
        joins=any_case(rf"(?:\s*\([^()]*\))?\s*,?\s*{any_of(data['and'])}\s+(?-i:\p{{Ll}}+\s+){{0,2}}"),
        clause_start=words(_listed(data, "clause_starts")),
        organisation=words(_listed(data, "organisations")),
        name=None if particles else regex.compile(rf"{CAPITALISED}(?:\s+(?:{NOBILIARY}\s+)?{CAPITALISED})*"),
        particle=any_case(rf"{subject_end}{end}") if particles else None,
        marked=any_case(rf"(?<=\w){subject_end}$" if particles else NOTHING),
        owner=any_case(_listed(data, "owners")),
        capitals=data.get("capitals", True),
        thin=data.get("thin", False),
        unspaced=unspaced,
        bare_nouns=not data["determiners"],
        pro_drop=data.get("pro_drop", False),
        dialogue_dashes=data.get("dialogue_dashes", False),
    )


def _noun_phrase(
    heads: Iterable[str], determiners: list[str], speech: str, subject_end: str = "", adjectives: str = ""
) -> str:
    """A determiner, up to three modifiers and a head; without determiners, a modifier and a head.

    Args:
        heads: nouns for people.
        determiners: of the language; empty if it needs none.
        speech: pattern of verbs of speaking, which are no modifiers.
        subject_end: pattern of the particle of a subject.
        adjectives: pattern of heads that are nouns only before a verb (the Republican said).
    """
    before = (
        rf"{any_of(determiners)}(?:\s+|(?<=['’]))(?P<modifiers>(?:[\w'’-]+\s+){{0,{MODIFIERS}}}?)"
        if determiners
        else rf"(?P<modifiers>(?:(?!(?:{speech})(?!\w))\w+\s+)?)"
    )
    return rf"{before}(?P<ex>ex-?)?(?P<head>{any_of(heads)}{adjectives}){subject_end}"


def _adjectives(data: dict[str, Any], speech: str) -> str:
    """Adjectives that are nouns before a comma, an adverb or a verb of speaking."""
    if "adjectives" not in data:
        return ""
    verb = rf"\s+(?:{speech}|{_listed(data, 'adverbs')})(?!\w)"
    return rf"|{any_of(data['adjectives'])}(?=,|{verb})"


def _documents(data: dict[str, Any], speech: str) -> str:
    """A pattern of texts that say something, before or after the verb."""
    if "documents" not in data:
        return NOTHING
    owners = [*data["determiners"], *data["possessives"]]
    text = rf"{any_of(owners)}(?:\s+|(?<=['’])){any_of(data['documents'])}"
    verbs = rf"(?:{speech}|{_listed(data, 'reads')})"
    return rf"(?<![\w-])(?={text})(?:{text}(?=\s+{verbs}(?!\w))|(?<=\x00\W{{0,3}}{verbs}\s+){text}(?!\w))"


def _listed(data: dict[str, Any], key: str) -> str:
    """A group of the words of a list of the data file; matches nothing if it is missing."""
    return any_of(data.get(key, []))
