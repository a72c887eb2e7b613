"""Whatever becomes of the files of a run, the next run gives the same tables and leaves others' files alone."""

from __future__ import annotations

import json
import os
import random
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import run as pipeline
from pipelines.config import load_config
from pipelines.errors import InputError
from pipelines.job import places
from pipelines.job.sealed import DamagedError, is_sealed, opened, seal_json, unseal_json, write_parquet
from pipelines.stages import FIND, JUDGE, READ, RECORDED, TRANSLATE, Stage
from tests.samples import tables, write_config

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda value: st.lists(value, max_size=3) | st.dictionaries(st.text(max_size=5), value, max_size=3),
    max_leaves=6,
)
KEYS = ("fingerprint", "shards", "seconds", "rejected", "rows", "parts", "models", "counts")


class Run:
    """A finished run with fake models."""

    def __init__(self, home: Path) -> None:
        self.config_file, self.folder, self.kept = (home / name for name in ("config.yaml", "out", "kept"))
        self.again()
        self.tables = tables(self.folder)
        self.rejected = (self.folder / "rejected.csv").read_bytes()
        shutil.copytree(self.folder, self.kept)

    def restore(self) -> None:
        """Make the folder what it was when the run was finished."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder)

    def again(self, *overrides: str, until: str = "report") -> list[str]:
        """Run it again; the lines that it says."""
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            config = load_config(self.config_file, ["stance.narration=true", *overrides])
            pipeline.run(config, self.folder, until=until)
        return [str(line.message) for line in said]

    def assert_same(self) -> None:
        assert tables(self.folder) == self.tables
        assert (self.folder / "rejected.csv").read_bytes() == self.rejected

    def part(self, stage: Stage, number: int = 1) -> Path:
        return places.part_path(self.folder, stage, number)


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    home = tmp_path_factory.mktemp("damage")
    translator = {
        "engine": "tests.fakes:ShoutingTranslator",
        "memory": False,
        "options": {"fails_on": "quinta"},
    }
    write_config(home, translation=translator, stance={"engine": "tests.fakes:KeywordJudge"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLYSTANCE_CACHE", str(home / "cache"))
        return Run(home)


@pytest.fixture
def run(whole_run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The finished run, as it was before any other test, with what it remembers."""
    monkeypatch.setenv("POLYSTANCE_CACHE", str(whole_run.folder.with_name("cache")))
    whole_run.restore()
    return whole_run


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


@pytest.mark.parametrize("stage", RECORDED, ids=lambda stage: stage.name)
def test_a_flipped_bit_costs_its_part_and_a_line(run: Run, stage: Stage) -> None:
    path = run.part(stage)
    before = {other: run.part(other).stat().st_mtime_ns for other in RECORDED}
    flip(path, random.Random(stage.name).randrange(8 * path.stat().st_size))
    (line,) = run.again()
    assert line == f"{path}: damaged; set aside as {path.name}.damaged and made again"
    assert path.with_name(f"{path.name}.damaged").is_file()
    run.assert_same()
    changed = {other for other in RECORDED if run.part(other).stat().st_mtime_ns != before[other]}
    assert changed == {stage}
    assert run.again() == []


def test_every_flip_and_every_cut_of_a_sealed_file_is_noticed(tmp_path: Path) -> None:
    import pyarrow as pa

    path = tmp_path / "file.parquet"
    write_parquet(pa.table({"text": ["\x01sealed:" + "0" * 64, "b"]}), path, {"a": "\x01sealed:"})
    content = path.read_bytes()
    assert is_sealed(path)
    rng = random.Random(0)
    for _ in range(300):
        bit = rng.randrange(8 * len(content))
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        for wrong in (bytes(damaged), content[: bit // 8]):
            os.utime(path)
            path.unlink()
            path.write_bytes(wrong)
            with pytest.raises(DamagedError), opened(path):
                pass


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4).filter(lambda value: "digest" not in value))
def test_a_sealed_object_comes_back_and_a_changed_one_does_not(value: dict[str, object]) -> None:
    sealed = seal_json(value)
    assert unseal_json(json.dumps(sealed)) == value
    with pytest.raises(DamagedError):
        unseal_json(json.dumps({**sealed, "more": 1}))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(places.JSON_FILES),
    st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6) | JSON,
    st.booleans(),
)
def test_any_json_in_a_file_of_the_run_is_understood_or_replaced(
    run: Run, name: str, value: object, sealed: bool
) -> None:
    value = seal_json(value) if sealed and isinstance(value, dict) else value
    controls = (run.folder / "controls.json").read_bytes()
    (run.folder / name).write_text(json.dumps(value))
    run.again(until="judge")
    run.assert_same()
    assert (run.folder / "controls.json").read_bytes() == controls


def in_place() -> Iterator[tuple[str, Callable[[Path], object]]]:
    yield "a folder", lambda path: path.mkdir()
    yield "a full folder", lambda path: (path / "more").mkdir(parents=True)
    yield "a pipe", os.mkfifo
    yield "a link to nothing", lambda path: path.symlink_to("nowhere")
    yield "a link to itself", lambda path: path.symlink_to(path)
    yield "another file", lambda path: path.write_bytes(b"\xff\xfe not ours")
    yield "an empty file", Path.touch


@pytest.mark.parametrize("kind", list(in_place()), ids=lambda kind: kind[0])
def test_what_is_in_the_place_of_a_file_is_set_aside(
    run: Run, kind: tuple[str, Callable[[Path], object]]
) -> None:
    files = [run.part(stage) for stage in (READ, FIND, JUDGE)]
    files += [run.folder / name for name in (*places.FILES, "tables/stance.csv", "report.html")]
    for path in files:
        path.unlink()
        kind[1](path)
    run.again()
    run.assert_same()
    assert all(path.is_file() for path in files)


@pytest.mark.parametrize("name", places.FOLDERS)
def test_a_file_in_the_place_of_a_folder_is_set_aside(run: Run, name: str) -> None:
    shutil.rmtree(run.folder / name)
    (run.folder / name).write_text("mine")
    assert [line for line in run.again() if "damaged; set aside" in line]
    assert (run.folder / f"{name}.damaged").read_text() == "mine"
    run.assert_same()


def test_a_fresh_run_begins_its_log_anew_and_minds_no_folder_in_its_way(run: Run) -> None:
    (run.folder / "tables" / "stance.csv").unlink()
    (run.folder / "tables" / "stance.csv" / "mine").mkdir(parents=True)
    with pytest.warns(UserWarning, match=r"stance.csv: damaged; set aside"):
        pipeline.run(load_config(run.config_file), run.folder, fresh=True)
    run.assert_same()
    assert (run.folder / "tables" / "stance.csv.damaged" / "mine").is_dir()
    assert (run.folder / "run.log").read_text().count('"event": "run"') == 1


def test_files_that_are_not_ours_are_left_alone(run: Run) -> None:
    part = run.part(TRANSLATE, 0)
    names = [
        "part-00000 (conflicted copy).parquet",
        "part-x.parquet",
        "notes.unfinished",
        "part-00000.parquet.old",
    ]
    foreign = [part.parent / name for name in names] + [run.folder / "tables" / "notes.md"]
    for path in foreign:
        path.write_text("mine")
    (part.parent / ".x.1.unfinished").mkdir()
    assert run.again() == []
    with warnings.catch_warnings():
        pipeline.run(load_config(run.config_file), run.folder, fresh=True, limit=3)
    run.again("actors=[{name: Putin}]", until="find")
    assert [path.read_text() for path in foreign] == ["mine"] * len(foreign)


def test_the_parts_of_another_shard_are_not_taken_for_this_one(run: Run) -> None:
    for stage in RECORDED:
        shutil.copy(run.part(stage, 0), run.part(stage, 1))
    run.again()
    run.assert_same()


def test_no_old_tables_stay_beside_a_new_manifest(run: Run) -> None:
    assert run.again(until="find") == []  # of the same options and articles: they stay
    run.assert_same()
    other = "actors=[{name: Putin}]"
    assert run.again(other, until="find") == [
        f"{run.folder}: its tables are of other settings or articles; moved to stale/"
    ]
    assert not list((run.folder / "tables").iterdir())
    assert not (run.folder / "report.html").exists()
    assert tables(run.folder / "stale") == run.tables
    assert run.again() == []
    run.assert_same()


def test_no_tables_are_made_of_passages_that_the_judge_has_not_seen(run: Run) -> None:
    run.again("actors=[{name: Putin}, {name: Yoon, aliases: [soldados]}]", until="find")
    with pytest.raises(InputError, match="no finished run in this folder"):
        pipeline.report(load_config(run.folder / "config.yaml"), run.folder)
    run.again()
    pipeline.report(load_config(run.folder / "config.yaml"), run.folder)
    run.assert_same()


def test_a_report_finds_copies_again_if_their_file_is_damaged(run: Run) -> None:
    (run.folder / "articles" / "copies.parquet").write_bytes(b"PAR1 half a file")
    pipeline.report(load_config(run.folder / "config.yaml"), run.folder)
    run.assert_same()


def test_parts_of_an_earlier_version_are_read_as_they_are(run: Run) -> None:
    import pyarrow.parquet as pq

    for path in run.folder.glob("*/part-*.parquet"):
        table = pq.read_table(path)
        about = json.loads(table.schema.metadata[b"polystance"])
        del about["sealed"]
        pq.write_table(table.replace_schema_metadata({b"polystance": json.dumps(about).encode()}), path)
    for name in places.JSON_FILES:
        value = json.loads((run.folder / name).read_text())
        (run.folder / name).write_text(
            json.dumps({k: v for k, v in value.items() if k not in ("digest", "parts")})
        )
    pipeline.report(load_config(run.folder / "config.yaml"), run.folder)
    before = run.part(JUDGE).stat().st_mtime_ns
    assert run.again() == []
    assert run.part(JUDGE).stat().st_mtime_ns == before
    run.assert_same()
