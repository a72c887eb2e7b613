"""A made-up day of news: articles of several outlets and languages on the same events, by grammar.

The grammar is `data/made_news.yaml`. An article has a headline, a lead, some of its story's facts and up to
two sentences of background on the people, each in one of several wordings; articles "of another language" have
other words for some, as a translation has. Near twins are two stories with the same people: half of them of
the same kind of event with another place, other numbers and names, half of another kind.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, NamedTuple

import yaml

GRAMMAR = Path(__file__).parent / "data" / "made_news.yaml"
LANGUAGES = ("en", "en", "pt", "ru")
"""Half of the articles are in the pivot language."""
SPELLINGS = {"Zelensky": "Zelenskyy", "Kyiv": "Kiev", "Erdogan": "Erdoğan", "Yoon Suk Yeol": "Yoon Seok-yeol"}
DAYS = ("2024-10-24", "2024-10-25")


class MadeArticle(NamedTuple):
    """An article, its sentences in the pivot language with the headline first, and its true story."""

    id: str
    story: str
    language: str
    outlet: str
    published: str
    sentences: tuple[str, ...]


class Story(NamedTuple):
    """An event: its kind and what fills the slots."""

    name: str
    kind: str
    slots: dict[str, str]


def made_day(
    part: str,
    seed: int = 1,
    *,
    articles: int = 500,
    stories: int = 60,
    twins: int = 15,
    topic: bool = False,
) -> list[MadeArticle]:
    """The articles of a day, in an order that says nothing.

    Args:
        part: `fit` or `test`: of the kinds of events.
        seed: of the draws.
        articles: in all; those beyond the stories' own are alone with their event.
        stories: events that several articles report.
        twins: of the stories, those that share the people of another one.
        topic: all of three people and two kinds of events, as articles that were collected on one topic.
    """
    grammar = yaml.safe_load(GRAMMAR.read_text(encoding="utf-8"))
    draw = random.Random(seed)
    kinds = [name for name, kind in grammar["kinds"].items() if kind["part"] == part]
    if topic:
        kinds, grammar["people"] = draw.sample(kinds, 2), draw.sample(grammar["people"], 3)
    made = [_story(f"story-{n}", draw.choice(kinds), grammar, draw) for n in range(stories - twins)]
    made += [_twin(f"twin-{n}", made[n], kinds, grammar, draw, same=n % 2 == 0) for n in range(twins)]
    # Sizes between 2 and 18 articles; the mean is 6, as of a day's stories.
    sizes = [min(18, 2 + int(draw.expovariate(0.25))) for _ in made]
    rows = [(story, n) for story, size in zip(made, sizes, strict=True) for n in range(size)]
    alone = articles - len(rows)
    rows += [(_story(f"alone-{n}", draw.choice(kinds), grammar, draw), 0) for n in range(alone)]
    draw.shuffle(rows)
    return [_article(f"{n:05d}", story, grammar, draw) for n, (story, _) in enumerate(rows)]


def _story(name: str, kind: str, grammar: dict[str, Any], draw: random.Random) -> Story:
    first, second = draw.sample(grammar["people"], 2)
    slots = _person("", first)
    for slot, source in grammar["kinds"][kind]["slots"].items():
        if source == "people":
            slots |= _person(f"{slot}_", second) | {slot: second[0]}
        elif source == "number":
            slots[slot] = str(
                draw.choice([draw.randint(3, 30), draw.randint(31, 95), draw.randint(1, 9) * 100])
            )
        else:
            slots[slot] = draw.choice([entry for entry in grammar[source] if entry not in slots.values()])
    return Story(name, kind, slots)


def _twin(
    name: str, of: Story, kinds: list[str], grammar: dict[str, Any], draw: random.Random, *, same: bool
) -> Story:
    """Another event with the same people."""
    kind = of.kind if same else draw.choice([kind for kind in kinds if kind != of.kind])
    while True:
        other = _story(name, kind, grammar, draw)
        people = {key: value for key, value in of.slots.items() if _of_people(key)}
        slots = other.slots | {key: value for key, value in people.items() if key in other.slots}
        if len({slots["a"], slots.get("b", "")}) == 2:
            return Story(name, kind, slots)


def _of_people(slot: str) -> bool:
    return slot in ("a", "b") or slot.removeprefix("b_") in ("last", "role", "country", "capital")


def _person(prefix: str, person: list[str]) -> dict[str, str]:
    name, role, country, capital = person
    last = "Lula" if name.startswith("Luiz") else "Yoon" if name.startswith("Yoon") else name.split()[-1]
    slots = {"last": last, "role": role, "country": country, "capital": capital}
    return {f"{prefix}{slot}": value for slot, value in slots.items()} | ({} if prefix else {"a": name})


def _article(number: str, story: Story, grammar: dict[str, Any], draw: random.Random) -> MadeArticle:
    kind, language = grammar["kinds"][story.kind], draw.choice(LANGUAGES)
    facts = draw.sample(kind["facts"], draw.randint(2, len(kind["facts"])))
    background = draw.sample(grammar["background"], draw.randint(0, 2))
    leads = draw.sample(kind["leads"], draw.choice((1, 2, 2)))  # the second tells it again, as articles do
    patterns = [draw.choice(kind["titles"]), *leads, *map(draw.choice, facts), *background]
    sentences = [pattern.format(**story.slots) for pattern in patterns]
    if language != "en":
        sentences = [_translated(sentence, grammar["synonyms"], draw) for sentence in sentences]
    outlet = f"{language}-{draw.randint(1, 6)}"
    return MadeArticle(number, story.name, language, outlet, draw.choice(DAYS), tuple(sentences))


def _translated(sentence: str, synonyms: dict[str, list[str]], draw: random.Random) -> str:
    for word, others in synonyms.items():
        if draw.random() < 0.5:
            sentence = sentence.replace(f" {word} ", f" {draw.choice(others)} ")
    for name, spelling in SPELLINGS.items():
        sentence = sentence.replace(name, spelling)
    return sentence[:1].upper() + sentence[1:]
