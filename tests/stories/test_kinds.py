"""Kinds of articles that are easily joined wrongly, or left apart, among a day's other news; with the encoder."""

from __future__ import annotations

import pytest

from pipelines.records import Article, Sentence, TranslatedArticle
from pipelines.stories import outlines
from pipelines.stories.days import Window, day_of
from pipelines.text.embed import Encoder

FIRST, SECOND, SIXTH = "2024-10-24", "2024-10-25", "2024-10-28"
FLOOD = (
    "Floods in Valencia kill 23. Floods after three days of rain have killed 23 people in Valencia and left "
    "1,200 families without a home. The river Turia rose over its banks on Thursday night. Carlos Mazon, who "
    "heads the region, called it the worst flood in a century. The army sent 500 soldiers to help."
)
QUAKE = (
    "Earthquake shakes Malatya. A strong earthquake near Malatya in eastern Turkey injured 43 people on Thursday. "
    "Schools are closed, the governor, Ersin Yazici, said. The tremor had a magnitude of 5.9 and was felt in Elazig."
)
STRIKE = (
    "Workers of Boeing vote on 35 percent more pay. Some 33,000 workers of Boeing in Seattle voted on a new offer. "
    "The strike has lasted five weeks. The union's leader, Jon Holden, called the offer worth a vote."
)
OTHERS = {
    "chess": "Carlsen wins in Oslo. Magnus Carlsen won the chess tournament in Oslo with 8 points of 10 ahead of Nakamura.",
    "bank": "Bank of Canada cuts its rate. The Bank of Canada cut its rate by 50 points to 3.75 percent, said Tiff Macklem.",
    "film": "New film by Nolan. Christopher Nolan will begin a film with Matt Damon in Ireland in February, Universal said.",
    "port": "Dockers return in Houston. Dockers in Houston and Savannah returned to work after a deal on 62 percent more pay.",
    "mars": "Rover finds ridges on Mars. The rover Perseverance photographed ridges near the crater Jezero, NASA reported.",
    "trial": "Trial of Sarkozy set for January. Nicolas Sarkozy will be tried in Paris in January over money from Libya.",
}
"""Articles that are alone with their events."""
KINDS = {
    "another place, all else alike": (
        False, FIRST, FLOOD.replace("Valencia", "Bologna").replace("Turia", "Reno")
        .replace("Carlos Mazon", "Irene Priolo").replace("23", "17").replace("1,200", "900"),
    ),
    "the next day's follow-up, with what happened before": (
        True, SECOND,
        "Valencia mourns the dead of the floods. Two days after the floods in Valencia the number of dead has "
        "risen from 23 to 31. The river Turia had risen over its banks after three days of rain. Carlos Mazon "
        "declared three days of mourning. Some 1,200 families are without a home, and 500 soldiers help.",
    ),
    "a live ticker": (
        True, FIRST,
        "Floods in Valencia: live. 22:10 Carlos Mazon speaks of 23 dead in Valencia. 21:45 The army sends 500 soldiers. "
        "21:02 The Turia is over its banks. 20:30 1,200 families must leave their homes. 19:15 Trains are halted.",
    ),
    "a wire story in translation, cut to three sentences": (
        True, FIRST,
        "Flooding leaves 23 dead in Valencia. At least twenty-three persons died in the Spanish city of Valencia after "
        "rains of three days. The Turia river overflowed.",
    ),
    "an obituary of somebody in it": (
        False, SECOND,
        "Carlos Mazon, lawyer and singer, dies at 50. Carlos Mazon, born in Alicante in 1974, studied law and sang in a "
        "band at a contest in Murcia in 2011. He leaves two children. Friends remembered his humour.",
    ),
    "the same kind of event a week later": (
        False, "2024-11-02", FLOOD.replace("Valencia", "Malaga").replace("Turia", "Guadalhorce").replace("23", "6")
        .replace("Carlos Mazon", "Juanma Moreno"),
    ),
}  # fmt: skip
WEEKLY = (
    "The week in brief. Floods in Valencia killed 23 people, and Carlos Mazon asked for help. A strong earthquake "
    "near Malatya in Turkey injured 43 people. Some 33,000 workers of Boeing in Seattle voted on 35 percent more pay."
)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


def article(name: str, text: str, published: str = FIRST, story: str | None = None) -> TranslatedArticle:
    sentences = [part if part.endswith(".") else f"{part}." for part in text.split(". ")]
    made = Article(name, "en", text, published=published, story=story)
    return TranslatedArticle(made, tuple(Sentence(0, 0, pivot, pivot) for pivot in sentences))


def stories(encoder: Encoder, *articles: TranslatedArticle) -> dict[str, str]:
    alone = [article(name, text) for name, text in OTHERS.items()]
    every = sorted(
        outlines([*alone, *articles], {}, encoder), key=lambda of: (of.published or "", of.article_id)
    )
    window, found_in = Window(3), dict[str, str]()
    for day in sorted({day_of(outline.published) for outline in every}):
        own = [outline for outline in every if day_of(outline.published) == day]
        found_in |= zip([outline.article_id for outline in own], window.join(day, own), strict=True)
    return found_in


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_articles_beside_an_event(encoder: Encoder, kind: str) -> None:
    together, published, text = KINDS[kind]
    made = stories(
        encoder, article("flood", FLOOD), article("other", text, published), article("quake", QUAKE)
    )
    assert (made["other"] == made["flood"]) == together
    assert made["quake"] != made["flood"]


def test_a_weekly_summary_does_not_join_the_stories_in_it(encoder: Encoder) -> None:
    made = stories(
        encoder, article("flood", FLOOD), article("quake", QUAKE), article("strike", STRIKE),
        article("week", WEEKLY, SIXTH),
    )  # fmt: skip
    assert len({made["flood"], made["quake"], made["strike"]}) == 3


def test_a_story_given_for_half_of_the_articles_is_that_of_the_other_half(encoder: Encoder) -> None:
    texts = {"flood": FLOOD, "quake": QUAKE, "strike": STRIKE}
    given = [article(f"{name}-1", text, story=name) for name, text in texts.items()]
    rest = [article(f"{name}-2", text.replace("people", "persons")) for name, text in texts.items()]
    made = stories(encoder, *given, *rest)
    assert {name: made[f"{name}-2"] for name in texts} == {name: name for name in texts}
