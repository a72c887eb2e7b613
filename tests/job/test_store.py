"""What is stored comes back as it was, whatever text is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.job.rejections import of_stage
from pipelines.job.store import Shard, Store
from pipelines.job.stored import StoredTranslation
from pipelines.records import (
    Article,
    Judgement,
    Passage,
    Rejection,
    TranslatedArticle,
    arrow_schema,
)
from pipelines.stages import FIND, JUDGE, READ, RECORDED, TRANSLATE, Stage

TEXT = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["", "\0", "a\0b", "\ufeff", "\r\n", "\u2028", "e\u0301", "\U0001f600", "\u202egnp", "普京", "NaN", "null", "=1+1", "\x1f"]
)  # fmt: skip
SHARD = Shard(0, "pt", 1, "shard")
EXAMPLES = settings(deadline=None, max_examples=40)


def drawn(record: type) -> st.SearchStrategy[Any]:
    """Records of a type, by the types of their fields."""
    return st.builds(record, **{name: of_type(hint) for name, hint in get_type_hints(record).items()})


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field: hostile text, any number that 64 bits hold."""
    simple = {str: TEXT, int: st.integers(-(2**63), 2**63 - 1), float: st.floats(allow_nan=False)}
    if hint in simple:
        return simple[hint]
    if is_dataclass(hint):
        return drawn(hint)  # type: ignore[arg-type]
    arguments = get_args(hint)
    if get_origin(hint) is Literal:
        return st.sampled_from(arguments)
    if get_origin(hint) is Mapping:
        return st.dictionaries(*map(of_type, arguments), max_size=3)
    if get_origin(hint) is tuple:
        return st.lists(of_type(arguments[0]), max_size=3).map(tuple)
    return st.one_of(*(of_type(argument) for argument in arguments)) if arguments else st.from_type(hint)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store"))


@pytest.mark.parametrize("stage", RECORDED, ids=lambda stage: stage.name)
def test_a_schema_has_the_fields_of_its_record_in_order(stage: Stage) -> None:
    record = StoredTranslation if stage == TRANSLATE else stage.record
    assert record is not None
    assert arrow_schema(record).names == [field.name for field in fields(record)]


def test_a_field_that_arrow_cannot_hold_is_refused() -> None:
    class Odd:
        anything: object

    with pytest.raises(TypeError, match="no Arrow type"):
        arrow_schema(Odd)


@EXAMPLES
@given(st.lists(drawn(Article), max_size=3))
def test_articles_come_back_as_they_were_written(store: Store, articles: list[Article]) -> None:
    store.write_part(READ, 0, articles, "fingerprint")
    assert store.articles(0) == articles


@EXAMPLES
@given(st.lists(drawn(TranslatedArticle), max_size=3, unique_by=lambda translated: translated.article.id))
def test_translated_articles_come_back_with_their_articles(
    store: Store, translated: list[TranslatedArticle]
) -> None:
    store.write_part(READ, 0, [item.article for item in translated], "a")
    store.write_part(TRANSLATE, 0, translated, "t")
    assert store.translated(0) == translated
    part = store.part(TRANSLATE, 0)
    assert part is not None
    assert part.records == len(translated)
    assert part.items == sum(len(item.sentences) for item in translated)


@EXAMPLES
@given(st.lists(drawn(Passage), max_size=3))
def test_passages_come_back_as_they_were_written(store: Store, passages: list[Passage]) -> None:
    store.write_part(FIND, 0, passages, "fingerprint")
    assert store.passages(0) == passages


@EXAMPLES
@given(st.lists(drawn(Judgement), max_size=3))
def test_judgements_come_back_as_they_were_written(store: Store, judgements: list[Judgement]) -> None:
    store.write_part(JUDGE, 0, judgements, "fingerprint")
    assert [Judgement(**row) for row in store.table(JUDGE, [SHARD]).to_pylist()] == judgements


@EXAMPLES
@given(st.lists(st.builds(Rejection, TEXT, TEXT, TEXT), max_size=3), st.floats(0, 1e6))
def test_rejections_and_seconds_come_back_with_their_part(
    store: Store, rejections: list[Rejection], seconds: float
) -> None:
    store.write_part(JUDGE, 0, [], "f", seconds=seconds, rejections=rejections)
    part = store.part(JUDGE, 0)
    assert part is not None
    assert (part.rejected, part.seconds, part.fingerprint) == (len(rejections), seconds, "f")
    assert list(of_stage(store, JUDGE, [SHARD])) == rejections


def test_a_missing_or_damaged_part_is_none(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.part(FIND, 0) is None
    (tmp_path / "passages").mkdir()
    for content in (b"", b"PAR1", b"PAR1 half a file"):
        (tmp_path / "passages" / "part-00000.parquet").write_bytes(content)
        assert store.part(FIND, 0) is None


@pytest.mark.parametrize("content", ["", "{", "[1]", "null"])
def test_a_damaged_json_file_is_an_empty_one(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    assert Store(tmp_path).read_json("manifest.json") == {}


def test_what_a_killed_process_left_half_written_is_removed(tmp_path: Path) -> None:
    leftover = tmp_path / "passages" / ".part-00000.parquet.7.unfinished"
    leftover.parent.mkdir()
    leftover.touch()
    with Store(tmp_path).lock():
        assert not leftover.exists()
