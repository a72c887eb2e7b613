"""Digests: the same for the same, another for another."""

from __future__ import annotations

import hashlib
from itertools import chain
from pathlib import Path

from pipelines.config import Target
from pipelines.hashing import DIGEST_CHARACTERS, code_digest, fingerprint, sha256
from pipelines.job.freshness import CODE
from pipelines.records import Sentence


def test_a_fingerprint_does_not_depend_on_the_order_of_keys() -> None:
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1})
    assert len(fingerprint()) == DIGEST_CHARACTERS


def test_a_fingerprint_tells_values_and_their_places_apart() -> None:
    values = [("a", "b"), ("ab",), (["a", "b"],), ("b", "a"), (1,), ("1",), (None,), ()]
    assert len({fingerprint(*value) for value in values}) == len(values)


def test_models_dataclasses_and_halves_of_surrogate_pairs_have_a_fingerprint() -> None:
    assert fingerprint(Target(name="a")) == fingerprint(Target(name="a")) != fingerprint(Target(name="b"))
    sentence = Sentence(0, 1, "a\ud83d", "b")
    assert fingerprint(sentence) == fingerprint(sentence) != fingerprint(Sentence(0, 1, "a", "b"))


def test_the_digest_of_a_file_is_that_of_its_present_content(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"", b"a" * 3_000_000, b"b"):
        path.write_bytes(content)
        assert sha256(path) == hashlib.sha256(content).hexdigest()


def test_code_has_one_digest_for_each_choice_of_folders() -> None:
    folders = set(chain.from_iterable(CODE.values()))
    digests = {code_digest(folder) for folder in folders} | {code_digest("find", "text")}
    assert len(digests) == len(folders) + 1
