"""Gold rows become what a run would ask the judge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipelines.config import load_config
from pipelines.engines.base import Pair
from pipelines.errors import InputError
from pipelines.evaluate.gold import GoldRow, documents, gold_pair, read_gold
from pipelines.job.models import Models
from tests.samples import write_lines

ROW = {"text": "Yoon opposes it.", "actor": "Yoon", "target": "the deployment", "label": "opposes"}


def rows_of(config_file: Path, *golds: Path, overrides: Sequence[str] = ()) -> list[GoldRow]:
    return read_gold(golds, Models(load_config(config_file, overrides), offline=True), limit=None)


def test_rows_are_read_from_jsonl_and_csv_alike(config_file: Path, tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "gold.jsonl", [ROW])
    table = tmp_path / "gold.csv"
    table.write_text("text,actor,target,label\nYoon opposes it.,Yoon,the deployment,opposes\n")
    first, second = rows_of(config_file, lines, table)
    assert (
        first.pair
        == second.pair
        == Pair(
            "[On the deployment:] Yoon opposes it.", "Yoon", "the deployment", sentence="Yoon opposes it."
        )
    )


def test_a_row_in_another_language_is_translated_first(config_file: Path, tmp_path: Path) -> None:
    row = ROW | {"text": "Yoon condenou o envio.", "language": "pt"}
    (read,) = rows_of(config_file, write_lines(tmp_path / "g.jsonl", [row]))
    assert read.language == "pt"
    assert read.pair.sentence
    assert read.pair.sentence != "Yoon condenou o envio."


def test_a_row_that_is_a_translation_already_keeps_its_text_and_the_language_of_its_article(
    config_file: Path, tmp_path: Path
) -> None:
    row = ROW | {"language": "pt", "text_language": "en"}
    (read,) = rows_of(config_file, write_lines(tmp_path / "g.jsonl", [row]))
    assert (read.language, read.pair.sentence) == ("pt", "Yoon opposes it.")


def test_a_language_that_nothing_translates_is_told_with_the_cure(config_file: Path, tmp_path: Path) -> None:
    gold = write_lines(tmp_path / "g.jsonl", [ROW | {"lang": "tlh"}])
    with pytest.raises(
        InputError, match=r"no model translates it to 'en'\. Give one as translation\.models\.tlh"
    ):
        rows_of(config_file, gold)


def test_with_a_pivot_that_the_judge_reads_nothing_is_translated(config_file: Path, tmp_path: Path) -> None:
    gold = write_lines(tmp_path / "g.jsonl", [ROW | {"text": "Юн против.", "actor": "Юн", "lang": "ru"}])
    (row,) = rows_of(config_file, gold, overrides=["pivot=ru"])
    assert row.pair.premise == "[On the deployment:] Юн против."


def test_of_a_context_the_sentences_beside_the_text_are_kept() -> None:
    context = "One came. Two went. Yoon opposes it. Three stayed. Four left."
    pair = gold_pair("Yoon opposes it.", "Yoon", "it", context, 1, "en")
    assert (pair.premise, pair.sentence) == ("Two went. Yoon opposes it. Three stayed.", "Yoon opposes it.")


def test_an_actor_whom_the_text_does_not_name_is_put_before_it() -> None:
    assert (
        gold_pair("He opposes it.", "Yoon Suk Yeol", "it", "", 1, "en").premise
        == "[Yoon Suk Yeol said:] He opposes it."
    )
    assert (
        gold_pair("Mr. Yoon opposes it.", "Yoon Suk Yeol", "it", "", 1, "en").premise
        == "Mr. Yoon opposes it."
    )
    assert gold_pair("GM opposes it.", "GM", "it", "", 1, "en").premise == "GM opposes it."


def test_documents_are_told_by_the_ids_where_they_tell_them() -> None:
    many = [f"news {n}/{m}" for n in range(20) for m in range(3)]
    assert documents(many, ["text"] * 60) == [id_.split("/")[0] for id_ in many]
    nothing = [f"set/valid/{n}" for n in range(20)]
    texts = [f"text {n}" for n in range(20)]
    assert documents(nothing, texts) == texts


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("g.csv", b"text,actor,target\na,b,c\n", r"line 2: no label\. Give text, actor"),
        ("g.jsonl", b'{"text": " ", "actor": "A", "label": "neutral"}', r":1: no text and no target\. Give"),
        ("g.jsonl", b'{"text": ', ":1: not JSON: "),
        ("g.jsonl", b"", r"no rows\. Give rows with text"),
    ],
)
def test_a_row_that_is_of_no_use_is_told_with_its_place(
    config_file: Path, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        rows_of(config_file, tmp_path / name)
