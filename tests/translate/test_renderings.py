"""Words that a run's translations render in several ways, as `check` proposes them for the glossary."""

from __future__ import annotations

from pathlib import Path

from pipelines.config import RunConfig
from pipelines.job.proposals import glossary_proposals
from pipelines.job.store import Shard, Store
from pipelines.records import Article, Sentence, TranslatedArticle
from pipelines.stages import READ, TRANSLATE

PLACES = ["Осло", "Риме", "Минске", "Праге", "Вене", "Берне", "Риге", "Киото"]
WAYS = ["deployment", "deployment", "deployment", "placement", "placement", "placement", "stationing", "stationing"]  # fmt: skip
VERBS = [("осудил", "condemned"), ("поддержал", "backed")]
PAIRS = [
    pair
    for i, (place, way) in enumerate(zip(PLACES, WAYS, strict=True))
    for verb, translated in [VERBS[i % 2]]
    for pair in (
        (
            f"Окунев {verb} размещение войск в {place}.",
            f"Okunev {translated} the {way} of troops in {place}.",
        ),
        (f"Окунев {verb} министра в {place}.", f"Okunev {translated} the minister in {place}."),
        (f"Войска прибыли в {place}.", f"The troops arrived in {place}."),
    )
]


def test_a_run_proposes_the_word_with_three_renderings_and_no_other(tmp_path: Path) -> None:
    store = Store(tmp_path)
    article = Article("a", "ru", "text")
    sentences = tuple(Sentence(0, 0, source, translation) for source, translation in PAIRS)
    store.write_part(READ, 0, [article], "r")
    store.write_part(TRANSLATE, 0, [TranslatedArticle(article, sentences)], "t")
    store.end_reading("x", [Shard(0, "ru", 1, "r")], 0.0, 0)
    config = RunConfig(
        name="a",
        articles="a.jsonl",
        actors=[{"name": "Okunev", "aliases": {"ru": ["Окунев"]}}],
        targets=["the deployment"],
    )
    ((language, rendering),) = glossary_proposals(config, tmp_path)
    assert (language, rendering.word, rendering.sentences) == ("ru", "размещение", 8)
    assert rendering.renderings == {"deployment": 3, "placement": 3, "stationing": 2}
    known = config.model_copy(
        update={
            "translation": config.translation.model_copy(
                update={"glossary": {"ru": {"размещение": ["deployment"]}}}
            )
        }
    )
    assert list(glossary_proposals(known, tmp_path)) == []


def test_without_a_run_nothing_is_proposed(tmp_path: Path) -> None:
    config = RunConfig(name="a", articles="a.jsonl", actors=["A"], targets=["t"])
    assert list(glossary_proposals(config, tmp_path / "none")) == []
