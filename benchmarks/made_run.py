"""A run that needs no model: made-up articles in two languages, and engines that compute from the text alone.

For the benchmarks of how runs survive and grow; the labels mean nothing, but every byte of the text changes them.
`python -m benchmarks.made_run` is the command line of polystance with a sentence encoder that needs no model either.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from functools import cache
from hashlib import sha256, shake_128
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from pipelines.engines.base import ModelIdentity, Pair, Scores, Translation
from pipelines.text.embed import DIMENSIONS, Encoder

ROOT = Path(__file__).parents[1]
WORDS = [
    "presidente",
    "tropas",
    "soldados",
    "apoio",
    "envio",
    "guerra",
    "paz",
    "fronteira",
    "governo",
    "ministro",
    "acordo",
    "jornal",
    "cidade",
    "noite",
    "president",
    "troops",
    "soldiers",
    "support",
    "sending",
    "war",
    "peace",
    "border",
    "government",
    "minister",
    "agreement",
    "paper",
    "city",
    "night",
]
ACTORS, TARGET = ("Putin", "Yoon"), "deployment"
UNSPEAKABLE = "xyzzy"
"""A word on which the translator fails, so that runs have articles to reject."""


class Translator:
    """Translates into capitals.

    Args:
        pause: seconds that each sentence takes.
    """

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause

    def identity(self) -> ModelIdentity:
        """The same for every language."""
        return ModelIdentity("made", "capitals", sha256="0" * 64, size=0)

    def fetch(self) -> None:
        """Do nothing."""

    def load(self) -> None:
        """Do nothing."""

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:  # noqa: ARG002
        """The sentences in capitals.

        Raises:
            ValueError: one of them has the word UNSPEAKABLE.
        """
        time.sleep(self.pause * len(sentences))
        if any(UNSPEAKABLE in sentence for sentence in sentences):
            raise ValueError("no such word")
        return [Translation(sentence.upper()) for sentence in sentences]


class Judge:
    """Judges by a digest of the premise.

    Args:
        pause: seconds that each pair takes.
    """

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause

    def identity(self) -> ModelIdentity:
        """The same for all."""
        return ModelIdentity("made", "digest", sha256="1" * 64, size=0)

    def fetch(self) -> None:
        """Do nothing."""

    def load(self) -> None:
        """Do nothing."""

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        """Scores that differ with every letter of the premise."""
        time.sleep(self.pause * len(pairs))
        return [_scores(f"{pair.actor} {pair.premise}") for pair in pairs]


class WordEncoder(Encoder):
    """Embeds texts by their words, each of which is a direction of its own."""

    def load(self) -> None:
        """Do nothing."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The sums of the words' directions, of length 1: float32 array (texts, 384)."""
        sums = np.array(
            [np.sum([_direction(word) for word in text.split() or [""]], axis=0) for text in texts]
        )
        rows = sums.reshape(-1, DIMENSIONS)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@cache
def _direction(word: str) -> NDArray[np.float64]:
    """As many numbers of -1 or 1, drawn by the word."""
    bits = np.frombuffer(shake_128(word.encode()).digest(DIMENSIONS // 8), dtype=np.uint8)
    return np.unpackbits(bits).astype(np.float64) * 2 - 1


def _scores(text: str) -> Scores:
    first, second, third, *_ = sha256(text.encode()).digest()
    total = first + second + third or 1
    return Scores(first / total, second / total, third / total or 1.0, 1.0)


def write_articles(path: Path, count: int, seed: int = 1) -> Path:
    """Write made-up articles as JSON Lines: half in English, half in Portuguese, a few of them unusable."""
    rng = random.Random(seed)
    with path.open("w", encoding="utf-8") as stream:
        for number in range(count):
            row = {
                "id": f"a{number}",
                "language": ("en", "pt")[number % 2],
                "outlet": f"outlet {rng.randrange(9)}",
                "published": f"2024-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
                "text": " ".join(_sentence(rng) for _ in range(6)) if number % 50 else "",
            }
            stream.write(json.dumps(row) + "\n")
    return path


def _sentence(rng: random.Random) -> str:
    words = rng.choices(WORDS, k=8)
    words[0] = rng.choice(ACTORS) if rng.random() < 0.5 else words[0].capitalize()
    words[rng.randrange(1, 8)] = TARGET
    if rng.random() < 0.002:
        words[3] = UNSPEAKABLE
    return " ".join(words) + "."


def write_run(folder: Path, articles: int, shard_size: int, pause: float = 0.0) -> Path:
    """Write made-up articles and a config of them, and return its path.

    Args:
        folder: of both.
        articles: their number.
        shard_size: see `execution.shard_size`.
        pause: seconds that a sentence takes to translate, and a passage to judge.
    """
    write_articles(folder / "articles.jsonl", articles)
    engine = {"memory": False, "options": {"pause": pause}}
    config = {
        "name": "made",
        "articles": {"path": "articles.jsonl"},
        "translation": {"engine": "benchmarks.made_run:Translator", "check": False, **engine},
        "actors": [{"name": name} for name in ACTORS],
        "targets": [{"name": TARGET}],
        "stance": {"engine": "benchmarks.made_run:Judge", **engine},
        "execution": {"shard_size": shard_size},
    }
    path = folder / "made.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def results(folder: Path) -> dict[str, bytes]:
    """The tables of a run, and what it rejected, as they are on disk."""
    files = [*sorted((folder / "tables").glob("*.csv")), folder / "rejected.csv"]
    return {path.name: path.read_bytes() for path in files}


def main() -> None:
    """Run the command line without the sentence encoder that comes with polystance."""
    from cli.main import main as run_command
    from pipelines.job import models

    models.Encoder = WordEncoder  # type: ignore[attr-defined]
    run_command()


if __name__ == "__main__":
    main()
