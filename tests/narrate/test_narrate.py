"""What authors say of actors and targets in their own voice, apart from what anybody else says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from pipelines import run as pipeline
from pipelines.compare.groups import groupings
from pipelines.compare.narration import narration_rows
from pipelines.compare.units import frame_of
from pipelines.config import Actor, Compare, Target, load_config
from pipelines.config.models import Find
from pipelines.engines.base import StanceJudge
from pipelines.engines.registry import build
from pipelines.narrate import narrate, narrated
from pipelines.records import Article, Narration, Sentence, TranslatedArticle
from pipelines.report.csv_files import read_csv
from tests.conftest import SmallRun

FakesConfig = Callable[..., Path]

ACTORS = [Actor(name="Moreau", aliases={"all": ["Jean Moreau", "Moreau"]}), Actor(name="Keller")]
TARGETS = [Target(name="reform", text="the pension reform", aliases={"en": ["the reform"]})]


def sentences(*texts: str) -> list[Sentence]:
    starts = [sum(len(text) + 1 for text in texts[:n]) for n in range(len(texts))]
    return [Sentence(start, start + len(text), text, text) for start, text in zip(starts, texts, strict=True)]


def article(*texts: str, language: str = "en") -> TranslatedArticle:
    return TranslatedArticle(Article("a", language, " ".join(texts)), tuple(sentences(*texts)))


@pytest.fixture(scope="module")
def judge() -> StanceJudge:
    built = build("stance", "polystance", {"network": "small"}, "stance")
    assert isinstance(built, StanceJudge)
    return built


@pytest.mark.parametrize(
    ("text", "is_narrated"),
    [
        ("Moreau has failed the country.", True),
        ("Moreau has failed the country, the union said.", False),
        ("“Moreau has failed the country.”", False),
        ("According to Keller, Moreau has failed the country.", False),
        ("Keller, according to the union, has failed.", False),
        ("Voters in the north blame Moreau.", False),
        ("In the eyes of the miners Moreau is a traitor.", False),
        ("Moreau cannot be trusted, rules by fear and deserves no praise.", True),
        ("Critics fear that Moreau will win.", False),
        ("Moreau flew to the United States on Monday.", True),
        ("", True),
    ],
)
def test_a_sentence_is_narrated_if_nobody_else_speaks_or_judges_in_it(text: str, is_narrated: bool) -> None:
    assert narrated(sentences(text), "en") == [is_narrated]


def test_a_quotation_over_several_sentences_is_not_narrated() -> None:
    of = sentences(
        "Keller was angry.", "“Moreau has failed.", "He must go.", "Now.”", "The vote is on Monday."
    )
    assert narrated(of, "en") == [True, False, False, False, True]


def asked(
    judge: StanceJudge, *texts: str, pivot: str = "en", taken: Sequence[tuple[str, int]] = ()
) -> list[Narration]:
    rows = list(narrate([article(*texts)], ACTORS, TARGETS, judge, (0.5, 0.5), pivot, Find(), taken))
    assert all(isinstance(row, Narration) for row in rows)
    return [row for row in rows if isinstance(row, Narration)]


def test_each_actor_and_target_of_a_narrated_sentence_is_asked_about_in_order(judge: StanceJudge) -> None:
    rows = asked(judge, "Moreau said no.", "Keller and Moreau met over the reform.", "It rained.")
    assert [(row.about, row.subject, row.start) for row in rows] == [
        ("Moreau", "actor", 16), ("Keller", "actor", 16), ("reform", "target", 16),
    ]  # fmt: skip
    assert all(row.supports + row.opposes + row.neutral == pytest.approx(1) for row in rows)


def test_what_an_actor_s_sentence_says_of_a_target_is_not_the_author_s(judge: StanceJudge) -> None:
    rows = asked(judge, "Keller fought for the reform.", taken=[("a", 0)])
    assert [row.about for row in rows] == ["Keller"]


def test_in_a_language_without_a_grammar_nothing_is_asked(judge: StanceJudge) -> None:
    assert asked(judge, "Moreau has failed the country.", pivot="fi") == []


def test_praise_and_blame_by_the_author_are_told_apart(judge: StanceJudge) -> None:
    rows = asked(judge, "Moreau has shown rare courage and wisdom.", "Moreau is a shameless liar.")
    assert [row.label for row in rows] == ["supports", "opposes"]


def test_the_answers_do_not_depend_on_how_articles_are_cut_into_blocks(judge: StanceJudge) -> None:
    texts = ["Moreau is a shameless liar.", "Keller met Moreau.", "The reform is a disaster."]
    together = list(
        narrate([article(text) for text in texts], ACTORS, TARGETS, judge, (0.5, 0.5), "en", Find())
    )
    alone = [
        row
        for text in texts
        for row in narrate([article(text)], ACTORS, TARGETS, judge, (0.5, 0.5), "en", Find())
    ]
    assert together == alone


def test_the_rows_are_means_over_articles_by_group() -> None:
    articles = pd.DataFrame(
        {"id": ["a", "b", "c"], "language": ["en", "en", "pt"], "outlet": "x", "story": "", "published": ""}
    )
    frame = frame_of(articles, groupings(articles, ["language"]), Compare())
    labels = ["supports", "neutral", "opposes", "supports"]
    narrations = pd.DataFrame({
        "about": "Moreau", "subject": "actor", "article": [0, 0, 1, 2], "label": labels,
        "supports": 0.0, "opposes": 0.0, "neutral": 1.0,
    })  # fmt: skip
    rows = list(narration_rows(narrations, [("Moreau", "actor"), ("Keller", "actor")], frame, 2))
    by_group = {row["group"]: row for row in rows}
    assert list(by_group) == ["all", "en", "pt"]
    english = by_group["en"]
    assert (english["articles"], english["sentences"]) == (2, 3)
    assert (english["favourable"], english["unfavourable"], english["net"]) == (0.25, 0.5, -0.25)
    assert english["low"] < -0.25 < english["high"]
    assert by_group["pt"]["note"] == "1 articles, fewer than 2"
    assert "net" not in by_group["pt"]


def test_a_run_writes_what_authors_say_apart_from_stance(small_run: SmallRun) -> None:
    rows = read_csv(small_run.folder / "tables" / "narration.csv")
    sentences = read_csv(small_run.folder / "tables" / "narration_evidence.csv")
    assert set(sentences["label"]) <= {"favourable", "unfavourable", "neutral", "unclear"}
    whole = rows[(rows["group_by"] == "all") & (rows["subject"] == "actor")].set_index("about")["sentences"]
    actors = sentences[sentences["subject"] == "actor"]
    assert whole.to_dict() == actors["about"].value_counts().to_dict()
    assert not any("said" in text for text in sentences["pivot"])


def test_without_the_option_nothing_is_asked_and_the_table_is_empty(
    fakes_config: FakesConfig, journal: Path
) -> None:
    file = fakes_config()
    outcome = pipeline.run(load_config(file), file.parent / "out")
    asked_before = journal.read_text("utf-8").count("judge asked")
    assert outcome.tables is not None
    assert outcome.tables.narration.empty
    assert not (outcome.folder / "tables" / "narration_evidence.csv").exists()
    again = pipeline.run(load_config(file, ["stance.narration=true"]), file.parent / "out")
    assert again.tables is not None
    assert not again.tables.narration.empty
    assert again.tables.stance.equals(outcome.tables.stance)
    assert journal.read_text("utf-8").count("judge asked") > asked_before
