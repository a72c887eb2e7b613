"""The manifest: what was done, with which models, in how many seconds."""

from __future__ import annotations

import copy
import json

from pipelines.config import load_config
from pipelines.engines.base import ModelIdentity
from pipelines.job.manifest import Clock, Manifest, manifest, versions
from pipelines.job.models import Judging, Role, Translating
from pipelines.job.store import Store
from pipelines.stages import COMPARE, READ, RECORDED, REPORT
from tests.conftest import SmallRun

KEYS = [
    "name", "version", "fingerprint", "started", "finished", "counts", "seconds", "models", "usage", "processor", "versions",
    "options",
]  # fmt: skip


def test_the_manifest_is_json_with_the_documented_keys(small_run: SmallRun) -> None:
    written = json.loads((small_run.folder / "manifest.json").read_text(encoding="utf-8"))
    assert list(written) == KEYS
    assert list(written["seconds"]) == [stage.name for stage in (*RECORDED, COMPARE, REPORT)]
    assert written["processor"]
    assert {"python", "numpy", "torch"} <= set(written["versions"])
    assert written["options"]["translation"]["check"] is False


def test_counts_and_models_are_those_of_the_run(small_run: SmallRun) -> None:
    counts = {"articles": 4, "copies": 0, "sentences": 12, "passages": 12, "judgements": 8, "rejected": 0}
    assert small_run.manifest["counts"] == counts
    models = small_run.manifest["models"]
    assert [(m["role"], m["language"]) for m in models] == [("translation", "pt"), ("stance", None)]
    assert all(model["sha256"] and model["load_seconds"] > 0 for model in models)


def made(run: SmallRun, clock: Clock, identities: dict[Role, ModelIdentity | None], before: Manifest) -> Manifest:  # fmt: skip
    """The manifest of what is stored."""
    store = Store(run.folder)
    reading = store.reading()
    assert reading is not None
    parts = {stage: store.parts(stage, reading.shards) for stage in RECORDED} | {READ: [reading.part]}
    return manifest(load_config(run.config_file), clock, parts, 0, identities, before)


def test_making_a_manifest_twice_gives_the_same_and_changes_nothing(small_run: SmallRun) -> None:
    clock = Clock()
    identities: dict[Role, ModelIdentity | None] = {Judging(): ModelIdentity("fake", "judge")}
    before = copy.deepcopy(small_run.manifest)
    first, second = (made(small_run, clock, identities, before) for _ in range(2))
    assert first | {"finished": ""} == second | {"finished": ""}
    assert before == small_run.manifest
    assert list(identities) == [Judging()]
    assert (dict(clock.loading), clock.seconds) == ({}, {})


def test_models_that_were_not_asked_this_time_are_kept_with_the_seconds_they_took(
    small_run: SmallRun,
) -> None:
    clock = Clock()
    clock.add_loading({Judging(): 1.5})
    clock.add_loading({Judging(): 0.25})
    identities: dict[Role, ModelIdentity | None] = {
        Judging(): ModelIdentity("fake", "judge"),
        Translating("tlh"): None,
    }
    translator, judge = made(small_run, clock, identities, small_run.manifest)["models"]
    assert translator == small_run.manifest["models"][0]
    assert (judge["name"], judge["load_seconds"]) == ("judge", 1.75)


def test_seconds_of_a_stage_are_those_of_its_parts_or_of_the_clock(small_run: SmallRun) -> None:
    clock = Clock()
    with clock.timed(COMPARE):
        pass
    seconds = made(small_run, clock, {}, small_run.manifest)["seconds"]
    assert seconds["judge"] == small_run.manifest["seconds"]["judge"]
    assert seconds["report"] == small_run.manifest["seconds"]["report"]
    assert seconds["compare"] == clock.seconds[COMPARE] < 0.1


def test_a_library_that_is_not_installed_has_no_version() -> None:
    assert all(versions().values())
