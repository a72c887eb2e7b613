"""Train our own stance model; a second call resumes from the last checkpoint.

python -m training.train RUN_DIR --examples 100000
"""

from __future__ import annotations

import argparse
import json
import time
from copy import deepcopy
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from training.examples import FIRST, LABELS, SECOND, Recipe, Source
from training.folders import base_folder, model_folder
from training.rounding import round_weights

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 512
"""Examples from one seed, sorted by length into batches; a checkpoint is between two chunks. Not tuned."""
AVERAGED_STEPS = 200
"""Steps in the average of the weights, which is what a run saves as its model. Not tuned."""
# A run resumes if these differ; all else must be as at its start.
CHANGEABLE = {"run_dir", "examples", "learning_rate", "threads", "device", "save_every", "recipe"}


def batches(
    source: Source, tokenizer: Any, seed: str, size: int, max_length: int
) -> Iterator[tuple[Any, Any]]:
    """Draw one chunk of examples, in batches of like lengths and in random order.

    Args:
        source: of the examples.
        tokenizer: of the model.
        seed: the same seed gives the same batches.
        size: examples in a batch.
        max_length: tokens of premise and hypothesis.

    Yields:
        The model's inputs, and labels as an int tensor (size,).
    """
    rng = Random(seed)
    examples = [source.draw(rng) for _ in range(CHUNK)]
    examples.sort(key=lambda example: len(example.premise))
    in_order = [examples[start : start + size] for start in range(0, CHUNK, size)]
    rng.shuffle(in_order)
    for batch in in_order:
        premises, hypotheses, labels = zip(*batch, strict=True)
        inputs = tokenizer(
            list(premises), list(hypotheses), truncation="only_first", max_length=max_length, padding=True,
            return_tensors="pt",
        )  # fmt: skip
        yield inputs, torch.tensor(labels)


class Trainer:
    """A model in training, with all the state of a checkpoint: a resumed run ends as one without a stop."""

    def __init__(self, options: argparse.Namespace, recipe: Recipe) -> None:
        self.options, self.recipe = options, recipe
        torch.manual_seed(options.seed)
        torch.set_num_threads(options.threads)
        start = model_folder(Path(options.start)) if options.start else base_folder(options.base)
        self.tokenizer = AutoTokenizer.from_pretrained(start)
        model = AutoModelForSequenceClassification.from_pretrained(
            start, num_labels=3, id2label=LABELS, label2id={name: i for i, name in LABELS.items()},
            # No example is repeated, so dropout prevents little overfitting; it costs an eighth of the time.
            hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        )  # fmt: skip
        # Frozen word embeddings: words that training never shows stay in place relative to the others.
        model.base_model.embeddings.requires_grad_(False)
        for layer in model.base_model.encoder.layer[: options.frozen_layers]:
            layer.requires_grad_(False)
        self.model = model.to(options.device).train()
        self.average = deepcopy(self.model).eval()
        round_weights(self.model, self._rounds)
        trained = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(trained, lr=options.learning_rate, weight_decay=0.01)
        self.chunk = self.step = 0
        if self.checkpoint.is_file():
            self._resume()

    @property
    def checkpoint(self) -> Path:
        """The file of the state of training."""
        return Path(self.options.run_dir) / "checkpoint.pt"

    def rate(self) -> float:
        """The learning rate of this step: a warm-up, a fifth of the run at its maximum, then down to 1/50."""
        done = self.step * self.options.batch / self.options.examples
        return float(
            self.options.learning_rate * min(1, (self.step + 1) / 100) * max(0.02, min(1, (1 - done) / 0.8))
        )

    def _rounds(self) -> bool:
        """Whether weights are rounded at this step."""
        return bool(self.step * self.options.batch >= self.options.examples * (1 - self.options.rounded))

    def learn(self, inputs: Any, labels: torch.Tensor) -> float:
        """Take one step; returns its loss in nats.

        Raises:
            FloatingPointError: the loss is not finite; the checkpoint is from before.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        device = torch.device(self.options.device).type
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda" or has_amx()):
            logits = self.model(**inputs.to(self.options.device)).logits
        loss = functional.cross_entropy(logits.float(), labels.to(self.options.device), label_smoothing=0.05)
        if not loss.isfinite():
            raise FloatingPointError(f"step {self.step}: no finite loss. Resume with a lower --learning-rate")
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        self._follow()
        return loss.item()

    def _follow(self) -> None:
        """Move the averaged weights toward the current ones."""
        share = max(1 / AVERAGED_STEPS, 1 / self.step)
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.model.parameters(), strict=True):
                if now.requires_grad:
                    mean.lerp_(now, share)

    def save(self) -> None:
        """Write the checkpoint, and the averaged model as transformers loads it."""
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
        """Train on the number of examples in the options, and save every few minutes."""
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


def has_amx() -> bool:
    """Whether the processor multiplies matrices of 16 bits nine times as fast as of 32; others are slower."""
    cpu = Path("/proc/cpuinfo")
    return cpu.is_file() and "amx_bf16" in cpu.read_text("utf-8")


def share(text: str) -> tuple[str, Any]:
    """Parse an option: 'masked=false' -> ("masked", False).

    Raises:
        ArgumentTypeError: no such share, or a value that is not JSON.
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
    """Write the settings of a run to its folder.

    Raises:
        ValueError: the folder has a checkpoint with other settings, which cannot be resumed.
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
    """Read the options and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run_dir", help="folder of the checkpoint and the model")
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--base", choices=("small", "large"), default="small")
    parser.add_argument("--frozen-layers", type=int, default=0, help="lowest layers that stay as they start")
    parser.add_argument(
        "--rounded", type=float, default=0.0, help="last share of the run with weights rounded to 4 bits"
    )
    parser.add_argument("--start", metavar="MODEL_DIR", help="a model trained before, instead of the base")
    parser.add_argument(
        "--first", type=int, default=2_048, help="number of these in the first stage, of the plainest kind"
    )
    parser.add_argument(
        "--second", type=int, default=8_192, help="number of these in the first two stages, of plain kinds"
    )
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
        help="shares that differ from the default, after the first two stages",
    )
    options = parser.parse_args()
    recipe = replace(Recipe(), **dict(options.recipe))
    write_settings(options, recipe)
    Trainer(options, recipe).run()


if __name__ == "__main__":
    main()
