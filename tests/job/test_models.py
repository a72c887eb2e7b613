"""The engines of a run: checked before any work, each built once, one model in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import run as pipeline
from pipelines.config import load_config
from pipelines.errors import ConfigError
from pipelines.job.models import Judging, Models, Translating
from pipelines.translate.hops import TwoHops
from pipelines.translate.remembering import RememberingTranslator
from pipelines.translate.retries import CheckedTranslator
from tests.conftest import SmallRun
from tests.samples import ARTICLES, write_lines

FakesConfig = Callable[..., Path]


def models(config_file: Path, *overrides: str) -> Models:
    return Models(load_config(config_file, overrides), offline=True)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["stance.engine=nlli"], "unknown stance engine 'nlli'. Did you mean 'nli'"),
        (["stance.engine=no_such_module:Judge"], "cannot import"),
        (["stance.engine=pathlib:Path"], "has no fetch, identity, judge, load"),
        (["stance.options.batch_siz=3"], "stance: options.batch_siz: 'nli' has no such option. Did you mean 'batch_size'"),
        (["stance.options.batch_size=many"], "stance: options.batch_size: input should be a valid integer"),
        (["stance={engine: polystance, model: x}"], "'polystance' has one built-in model"),
        (["translation.models.ru={engine: bergamot}"], "does not translate ru to en"),
        (["stance.options.hypotheses={supports: [a], opposes: []}"], "not as many wordings"),
        (["stance.options.hypotheses={supports: ['{who}'], opposes: [b]}"], "neither {actor} nor {target}"),
        (["execution.executor=rai"], "unknown executor engine 'rai'"),
        (["articles.reader=lines", "articles.options.encodin=latin-1"], "Did you mean 'encoding'"),
        (["stance.calibration=none.yaml"], "none.yaml: no such calibration. Fit one"),
    ],
)  # fmt: skip
def test_all_options_are_checked_before_any_work(
    small_run: SmallRun, overrides: list[str], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        models(small_run.config_file, *overrides).check()
    assert message in str(caught.value)


def test_every_engine_is_built_and_loaded_once_in_a_run(
    fakes_config: FakesConfig, tmp_path: Path, journal: Path
) -> None:
    spanish = {"language": "es", "text": "Putin condena a Yoon. Yoon no dice nada."}
    config = load_config(fakes_config(execution={"shard_size": 1}))
    write_lines(tmp_path / "articles.jsonl", [*ARTICLES, *({**spanish, "id": f"es-{n}"} for n in range(3))])
    pipeline.run(config, tmp_path / "out")
    events = Counter(journal.read_text().splitlines())
    roles = ("translator of pt", "translator of es", "judge")
    assert {role: (events[f"{role} built"], events[f"{role} loaded"]) for role in roles} == dict.fromkeys(
        roles, (1, 1)
    )


def test_the_translator_of_a_language_is_the_same_until_another_model_is_held(small_run: SmallRun) -> None:
    held = models(small_run.config_file)
    translator = held.held_translator("pt")
    assert held.translator("pt") is translator
    judge = held.held_judge()
    assert held.judge is judge
    assert held.translator("pt") is not translator
    assert held.identity(Translating("pt")) == held.identities[Translating("pt")] is not None


def test_the_pivot_and_a_language_without_a_model_have_no_translator(small_run: SmallRun) -> None:
    found = models(small_run.config_file)
    assert found.translator("en") is None
    assert found.translator("tlh") is None
    assert found.identity(Translating("tlh")) is None


def test_around_a_translator_are_its_memory_and_its_checks(small_run: SmallRun) -> None:
    assert isinstance(models(small_run.config_file).translator("pt"), RememberingTranslator)
    checked = models(small_run.config_file, "translation.check=true").translator("pt")
    assert isinstance(checked, CheckedTranslator)
    assert isinstance(models(small_run.config_file, "pivot=es").translator("ko"), TwoHops)


def test_loading_is_timed_by_role(fakes_config: FakesConfig) -> None:
    held = models(fakes_config())
    translator = held.held_translator("pt")
    assert translator is not None
    assert dict(held.loading) == {}
    translator.translate(["Putin"], "pt")
    held.held_judge()
    assert set(held.loading) == {Translating("pt"), Judging()}
