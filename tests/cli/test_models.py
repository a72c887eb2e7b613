"""`polystance models`: the published models, and models beside each other on one gold file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sacrebleu

from pipelines.translate.bergamot import BergamotTranslator
from pipelines.translate.firefox import published_pairs
from tests.cli.conftest import Polystance
from tests.cli.test_evaluate import GOLD
from tests.samples import write_lines

CONFIG = """
name: {name}
articles: {{path: articles.jsonl}}
translation: {{models: {{pt: {translator}}}}}
actors: [Putin]
targets: [deployment]
stance: {stance}
"""
PORTUGUESE = ["Imagens são uma coisa séria.", "O presidente não disse nada.", "Não."]
ENGLISH = ["Images are a serious thing.", "The president did not say anything.", "No."]


def write_models(folder: Path, name: str, stance: str = "{}", translator: str = "{engine: bergamot}") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(CONFIG.format(name=name, stance=stance, translator=translator))
    return path


def test_published_models_are_listed_with_their_source(polystance: Polystance) -> None:
    done = polystance("models", "list")
    assert done.code == 0, done.stderr
    assert "https://mozilla.github.io/translations/firefox-models/" in done.stdout
    ukrainian = next(line for line in done.stdout.splitlines() if line.split()[:1] == ["uk"])
    assert ukrainian.split() == ["uk", "en", "Ukrainian", "tiny"]


def test_each_published_pair_is_there_once_and_has_english_on_one_side() -> None:
    pairs = [(pair.source, pair.target) for pair in published_pairs()]
    assert len(set(pairs)) == len(pairs)
    assert all((source == "en") != (target == "en") for source, target in pairs)


def test_judges_are_compared_with_paired_differences(polystance: Polystance, tmp_path: Path) -> None:
    gold, output = write_lines(tmp_path / "gold.jsonl", GOLD), tmp_path / "compared.json"
    ours = write_models(tmp_path, "ours", "{options: {network: small}}")
    other = write_models(tmp_path, "other", "{engine: 'tests.fakes:KeywordJudge'}")
    done = polystance("models", "compare", gold, "--config", ours, "--config", other, "--output", output)
    assert done.code == 0, done.stderr
    first, second = json.loads(output.read_text())["models"]
    assert (first["engine"], second["engine"], first["items"]) == ("polystance", "fake", 3)
    for measure in ("accuracy", "macro_f1", "polarity"):
        difference = second[measure]["value"] - first[measure]["value"]
        assert second["difference"][measure]["value"] == pytest.approx(difference, abs=1e-3)
        low, high = (second["difference"][measure][key] for key in ("low", "high"))
        assert low <= difference + 1e-3
        assert high >= difference - 1e-3
    assert first["difference"] == {}
    assert first["seconds"] > second["seconds"]  # a network, and a search for words
    assert all(model["megabytes"] > 10 for model in (first, second))
    assert "less the first" in done.stdout


def test_translators_are_compared_on_translated_text(
    polystance: Polystance, firefox_folder: Path, tmp_path: Path
) -> None:
    source, reference, output = tmp_path / "pt.txt", tmp_path / "en.txt", tmp_path / "compared.json"
    source.write_text("\n".join(PORTUGUESE))
    reference.write_text("\n".join(ENGLISH))
    folder = write_models(tmp_path, "folder", translator=f"{{engine: bergamot, model: {firefox_folder}}}")
    sides = ("--reference", reference, "--language", "pt", "--output", output)
    embedded = write_models(tmp_path, "embedded")
    done = polystance("models", "compare", source, *sides, "--config", embedded, "--config", folder)
    assert done.code == 0, done.stderr
    first, second = json.loads(output.read_text())["models"]
    segments = [translation.text for translation in BergamotTranslator().translate(PORTUGUESE, "pt")]
    assert first["bleu"]["value"] == pytest.approx(sacrebleu.corpus_bleu(segments, [ENGLISH]).score, abs=0.01)
    assert second["difference"]["bleu"] == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_one_config_is_nothing_to_compare(polystance: Polystance, tmp_path: Path) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", GOLD)
    done = polystance("models", "compare", gold, "--config", write_models(tmp_path, "one"))
    assert (done.code, done.stderr) == (2, "polystance: --config: 1 given. Give two or more to compare\n")
