"""Masking of names: X replaces the actor and Y the target, so that no name carries a stance of its own."""

from __future__ import annotations

import hashlib
import re
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import yaml

ACTOR, TARGET, OTHER = "X", "Y", "Z"
ABOUT = re.compile(r"\[On ([^\]]+):\] ")
"""The hint at the start of a premise whose text does not call the target as the question does."""
DATA = ("other_names.txt", "name_words.yaml")


class Masked(NamedTuple):
    """A passage with masked names; `actor` and `target` are the masks, or names that it does not contain."""

    premise: str
    actor: str
    target: str


def mask(premise: str, actor: str, target: str) -> Masked:
    """Replace every mention of actor and target in a passage by X and Y.

    A mention is the name itself, without its article; the family name alone, unless another given name
    precedes it; the other names, and the adjective, of a country or a well-known body, unless they are part
    of a longer name ("New Mexico"). If one name is part of the other, the longer one counts. If both are the
    same, the mentions are the actor's. An X or Y that is neither becomes Z. A hint that the passage is about
    the target keeps its words, if they are common nouns: `[On Y (the ban on plastic):] `.

    Args:
        premise: the passage.
        actor: name of the holder of the stance.
        target: name of what the stance is toward.
    """
    hint = ABOUT.match(premise)
    if hint is None or _folded(_core(hint[1])) != _folded(_core(target)):
        return _mask(premise, actor, target)
    masked = _mask(premise[hint.end() :], actor, target)
    words = f" ({hint[1]})" if _core(target)[:1].islower() else ""
    return masked._replace(premise=f"[On {TARGET}{words}:] {masked.premise}", target=TARGET)


def _mask(premise: str, actor: str, target: str) -> Masked:
    """The same for a premise without a hint."""
    actor_forms, target_forms = _forms_in(premise, actor), _forms_in(premise, target)
    shared = set(actor_forms) & set(target_forms)
    if shared and set(_exact(actor)) != set(_exact(target)):
        actor_forms = [form for form in actor_forms if form not in shared or form in _exact(actor)]
        target_forms = [form for form in target_forms if form not in shared or form in _exact(target)]
    owner = dict.fromkeys(target_forms, TARGET) | dict.fromkeys(actor_forms, ACTOR)
    longer = {name: name for name in _words()["longer"] if any(form in name for form in owner)}
    known = {ACTOR: OTHER, TARGET: OTHER} | longer | owner
    exact = {*_exact(actor), *_exact(target)}
    used: set[str] = set()

    def symbol(match: re.Match[str]) -> str:
        text = match.group()
        form = text if text in known else _form_of(text, owner)
        if form not in owner:
            return known[form]
        if form not in exact and _other_person(premise, match.start(), (actor, target)):
            return text
        used.add(owner[form])
        return owner[form]

    premise = _pattern(tuple(sorted(known, key=len, reverse=True))).sub(symbol, premise)
    return Masked(premise, ACTOR if ACTOR in used else actor, TARGET if TARGET in used else target)


def _form_of(text: str, owner: dict[str, str]) -> str:
    """The form of which the text is a variant in other capitals."""
    folded = {_folded(form): form for form in owner}
    same = folded.get(_folded(text))
    # Patterns take the Turkish İ and ı for an i, case folding does not.
    return same or next(form for form in owner if _pattern((form,)).fullmatch(text))


@lru_cache(4096)
def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern of any of the forms between word boundaries; a form in lower case matches any case."""
    parts = [re.escape(form).replace("'", "['’]") for form in forms]
    parts = [f"(?i:{part})" if form.islower() else part for part, form in zip(parts, forms, strict=True)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")


def _forms_in(premise: str, name: str) -> list[str]:
    """The forms of a name that the passage contains; if there are none, the name in other capitals."""
    folded = _folded(premise)
    likely = [form for form in (*_exact(name), *_later(name)) if _folded(form) in folded]
    forms = [form for form in likely if _pattern((form,)).search(premise)]
    core = _core(name)
    if forms or not core or _folded(core) not in folded:
        return forms
    anyway = re.search(_pattern((core,)).pattern, premise, re.IGNORECASE)
    return [anyway.group()] if anyway else []


def _core(name: str) -> str:
    """'the Green Party's' -> 'Green Party'."""
    return re.sub(r"^(?:the|a|an)\s+|'s?$", "", name.strip().replace("’", "'"), flags=re.IGNORECASE)


def _folded(text: str) -> str:
    return text.replace("’", "'").casefold()


@lru_cache(4096)
def _exact(name: str) -> tuple[str, ...]:
    """The name without its article, and the other names of its bearer."""
    core = _core(name)
    if not core:
        return ()
    return tuple(dict.fromkeys((core, *_other_names().get(core, ()))))


@lru_cache(4096)
def _later(name: str) -> tuple[str, ...]:
    """Names of a person after the first mention: the family name, which may come first."""
    words = _core(name).split()
    capital = all(word[0].isupper() or word.split("-")[0] in _words()["particles"] for word in words)
    if (
        not 2 <= len(words) <= 4
        or not capital
        or words[-1] in _words()["bodies"]
        or _core(name) in _other_names()
    ):
        return ()
    if "-" in words[-1] and len(words) == 2 and words[-1][0].isupper() and words[-1].split("-")[-1].islower():
        return (words[0],)  # Kim Jong-un is Kim
    parts = words[1:]
    while len(parts) > 1 and parts[0].lower() not in _words()["particles"]:
        parts = parts[1:]
    family = " ".join(parts)
    forms = dict.fromkeys((family, family[0].upper() + family[1:], re.sub("^[ae]l-", "", family, flags=re.I)))
    if words[0] in _words()["family_first"]:
        forms[words[0]] = None  # Xi Jinping is Xi
    return tuple(form for form in forms if len(form) > 2 or form == words[0])


def _other_person(premise: str, start: int, names: tuple[str, str]) -> bool:
    """True if a given name that belongs to neither directly precedes a family name."""
    before = re.search(r"([^\W\d_][\w'’-]*)\s$", premise[max(0, start - 40) : start])
    if before is None or not before.group(1)[0].isupper():
        return False
    word = before.group(1)
    if word.endswith("ing") and len(word) > 5:  # "Attacking Doe"
        return False
    known = {*_words()["titles"], *_words()["before"], *(part for name in names for part in name.split())}
    return word not in known and not word.isupper()


@cache
def masking_digest() -> str:
    """Digest of this module's source and its lists of names; a calibration fitted with another is refused."""
    digest = hashlib.sha256()
    for name in (Path(__file__).name, *DATA):
        digest.update(f"{name}\0".encode())
        digest.update(files(__package__).joinpath(name).read_bytes())
    return digest.hexdigest()


@cache
def _other_names() -> dict[str, tuple[str, ...]]:
    text = files(__package__).joinpath(DATA[0]).read_text("utf-8")
    groups = [tuple(line.split(";")) for line in text.splitlines() if not line.startswith("#")]
    return {form: group for group in groups for form in group}


@cache
def _words() -> dict[str, frozenset[str]]:
    text = files(__package__).joinpath(DATA[1]).read_text("utf-8")
    return {key: frozenset(map(str, words)) for key, words in yaml.safe_load(text).items()}
