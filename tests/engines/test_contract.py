"""What every engine keeps: n in, n out, in order, the same in any batch size."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.chat_server import MODEL, serving
from pipelines.engines.base import Pair, Scores, StanceJudge, Translation, Translator
from pipelines.engines.registry import ENGINES, PROTOCOLS, build, engine_class
from pipelines.errors import ModelError
from pipelines.judge.export import export
from tests.fakes import POSITIONS, build_nli_folder
from tests.samples import sentences

PORTUGUESE = [
    "O presidente disse que não vai enviar armas à Ucrânia.",
    "Não.",
    "A Coreia do Sul condenou na quinta-feira o envio de tropas norte-coreanas à Rússia.",
    "Imagens são uma coisa séria.",
]
PASSAGES = [
    Pair("Yoon condemns the deployment of troops to Russia.", "Yoon", "the deployment"),
    Pair("Putin supports the deployment.", "Putin", "the deployment"),
    Pair("The troops said that on Thursday.", "Putin", "the deployment"),
    Pair("Yoon condemns the deployment of troops to Russia.", "Putin", "Ukraine"),
]

Build = Callable[..., Any]


TRANSLATORS = {
    "marian": ("marian_folder", "batch_size"),
    "ctranslate2": ("marian_folder", "batch_tokens"),
    "ctranslate2 of a converted folder": ("converted_folder", "batch_tokens"),
    "bergamot": (None, "threads"),
    "bergamot of a folder": ("firefox_folder", "threads"),
    "bergamot of two vocabularies": ("split_firefox_folder", "threads"),
    "llm": (None, "concurrency"),
}
"""The fixture of each engine's model, and the option that changes how many sentences it takes at a time."""


@pytest.fixture(scope="module")
def chat_url() -> Iterator[str]:
    """The address of a server of a language model."""
    with serving() as server:
        yield server.url


@pytest.fixture(scope="module", params=TRANSLATORS)
def build_translator(request: pytest.FixtureRequest, chat_url: str) -> Build:
    """Builds a translator of one name with given options."""
    folder, size = TRANSLATORS[request.param]
    model = None if folder is None else str(request.getfixturevalue(folder))
    limit: dict[str, Any] = {"max_length": POSITIONS} if folder == "converted_folder" else {}  # it says none
    if request.param == "llm":
        model, limit = MODEL, {"base_url": chat_url}

    def built(**options: Any) -> Any:
        if "batch_size" in options:
            at_a_time = options["batch_size"]
            options = {size: min(at_a_time, 2) if size == "threads" else at_a_time}
        name = request.param.split()[0]
        return build("translator", name, options | limit, "test", model=model, language="pt", pivot="en")

    return built


@pytest.fixture(scope="module")
def translator(build_translator: Build) -> Translator:
    """One with the options of default, which several tests ask."""
    return build_translator()


@pytest.fixture(
    scope="module", params=["nli of three labels", "nli of two labels", "nli_onnx", "polystance", "llm"]
)
def build_judge(
    request: pytest.FixtureRequest, nli_folder: Path, tmp_path_factory: pytest.TempPathFactory, chat_url: str
) -> Build:
    """Builds a stance judge of one name with given options."""
    if request.param == "llm":
        return lambda batch_size=2: build(
            "stance", "llm", {"base_url": chat_url, "concurrency": batch_size}, "test", model=MODEL
        )
    folder = nli_folder
    if request.param == "nli of two labels":
        folder = build_nli_folder(tmp_path_factory.mktemp("two"), ["entailment", "not_entailment"])
    if request.param in ("nli_onnx", "polystance"):
        model = None
        if request.param == "nli_onnx":
            model = str(
                export(str(nli_folder), tmp_path_factory.mktemp("onnx"), int8=False, offline=True).parent
            )
        return lambda batch_size=2: build(
            "stance", request.param, {"threads": batch_size}, "test", model=model
        )
    return lambda **options: build("stance", "nli", options, "test", model=str(folder), offline=True)


@pytest.fixture(scope="module")
def judge(build_judge: Build) -> StanceJudge:
    """One with the options of default, which several tests ask."""
    return build_judge()


def assert_alike(scores: Scores, other: Scores) -> None:
    """The same label, and numbers within rounding; an agreement that is no number is so in both."""
    assert scores.label == other.label
    numbers = [[n for n in s if isinstance(n, float)] for s in (scores, other)]
    assert numbers[0] == pytest.approx(numbers[1], abs=1e-5, nan_ok=True)


@pytest.mark.parametrize(("kind", "name"), [(k, n) for k, names in ENGINES.items() for n in names])
def test_every_registered_engine_fits_its_protocol(kind: str, name: str) -> None:
    wanted = {m for m in dir(PROTOCOLS[kind]) if not m.startswith("_")}
    assert wanted <= set(dir(engine_class(kind, name, "test")))


def test_importing_engines_loads_no_heavy_library() -> None:
    code = """
import sys
from pipelines.engines.registry import ENGINES, engine_class
for kind, names in ENGINES.items():
    for name in names:
        engine_class(kind, name, "")
        heavy = {"torch", "transformers", "datasets", "onnxruntime", "ctranslate2", "ray"} & set(sys.modules)
        if heavy:
            sys.exit(f"{kind} {name} loads {heavy}")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_translators_give_one_translation_for_each_sentence_in_order(translator: Translator) -> None:
    together = translator.translate(PORTUGUESE, "pt")
    alone = [translator.translate([sentence], "pt")[0] for sentence in PORTUGUESE]
    assert together == alone
    assert all(isinstance(translation, Translation) and translation.text for translation in together)


def test_translators_give_the_same_in_any_batch_size(build_translator: Build) -> None:
    texts = PORTUGUESE + sentences(20)
    assert build_translator(batch_size=20).translate(texts, "pt") == build_translator(batch_size=7).translate(
        texts, "pt"
    )


def test_translators_take_no_sentences_and_repeated_ones(translator: Translator) -> None:
    assert translator.translate([], "pt") == []
    first, second = translator.translate(["Não.", "Não."], "pt")
    assert first == second


def test_translators_invent_nothing_for_text_without_letters(translator: Translator) -> None:
    texts = ["", " \t\n", "🙂🙂🙂", "\x00\x07\x1b", "2024 – 17:30"]
    assert translator.translate(texts, "pt") == [
        Translation(text) for text in ("", "", "🙂🙂🙂", "\x00\x07\x1b", "2024 – 17:30")
    ]


def test_translators_take_ten_thousand_words_and_text_without_spaces(translator: Translator) -> None:
    texts = [" ".join(["tropas"] * 10_000), "tropas" * 500, "Não.\x00"]
    long, endless, short = translator.translate(texts, "pt")
    assert (long.flags, endless.flags, short.flags) == (("cut",), ("cut",), ())


def test_translators_cut_a_sentence_that_is_too_long_and_say_so(translator: Translator) -> None:
    long = ", ".join(sentence.rstrip(".") for sentence in sentences(40))
    translation, short = translator.translate([long, "Não."], "pt")
    assert translation.flags == ("cut",)
    assert len(translation.text) > len(short.text)
    assert short.flags == ()


def test_translators_are_identified_before_and_after_loading_alike(build_translator: Build) -> None:
    translator: Translator = build_translator()
    before = translator.identity()
    translator.fetch()
    translator.load()
    assert translator.identity() == before
    if before.engine != "llm":  # whose files are at the server
        assert before.sha256 is not None
        assert len(before.sha256) == 64


def test_judges_give_three_probabilities_for_each_pair_in_order(judge: StanceJudge) -> None:
    together = judge.judge(PASSAGES)
    alone = [judge.judge([pair])[0] for pair in PASSAGES]
    for scores, other in zip(together, alone, strict=True):
        assert isinstance(scores, Scores)
        assert sum(scores[:3]) == pytest.approx(1)
        assert np.isnan(scores.agreement) or 0 <= scores.agreement <= 1
        assert_alike(scores, other)


def test_judges_give_the_same_in_any_batch_size(build_judge: Build) -> None:
    one, many = build_judge(batch_size=1).judge(PASSAGES), build_judge(batch_size=3).judge(PASSAGES)
    for scores, other in zip(one, many, strict=True):
        assert_alike(scores, other)


def test_judges_take_nothing_an_empty_premise_and_a_very_long_one(judge: StanceJudge) -> None:
    assert judge.judge([]) == []
    long = Pair(" ".join(sentences(500)), "Putin", "the deployment")
    assert len(judge.judge([Pair("", "Putin", "the deployment"), long])) == 2


def test_the_embedded_judge_distinguishes_support_from_opposition() -> None:
    judge = build("stance", "polystance", {}, "test", model=None)
    opposes, supports, *_ = judge.judge(PASSAGES)
    assert opposes.opposes > opposes.supports
    assert supports.supports > supports.opposes


def test_the_embedded_translator_translates_portuguese() -> None:
    translator = build("translator", "bergamot", {}, "test", model=None, language="pt", pivot="en")
    assert (
        translator.translate(["Imagens são uma coisa séria."], "pt")[0].text == "Images are a serious thing."
    )


def test_no_more_than_the_models_positions_is_ever_generated(marian_folder: Path) -> None:
    translator = build(
        "translator", "marian", {"max_length": 10_000}, "test", model=str(marian_folder), pivot="en"
    )
    assert translator.translate([" ".join(sentences(60))], "pt")[0].flags == ("cut",)


def test_an_absent_model_offline_says_how_to_get_it() -> None:
    judge = build("stance", "nli", {}, "stance", model="nobody/nothing", offline=True)
    with pytest.raises(
        ModelError, match=r"not on this machine, and --offline is set\. Run `polystance models pull"
    ):
        judge.load()


def test_a_damaged_model_is_told_in_one_line(marian_folder: Path, tmp_path: Path) -> None:
    import shutil

    folder = Path(shutil.copytree(marian_folder, tmp_path / "damaged"))
    (folder / "model.safetensors").write_bytes(b"not a model")
    with pytest.raises(ModelError, match="cannot load MarianMT model") as caught:
        build("translator", "marian", {}, "test", model=str(folder), pivot="en").load()
    assert "\n" not in str(caught.value)
