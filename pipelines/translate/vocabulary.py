"""The SentencePiece vocabularies of a Marian checkpoint, without transformers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pipelines.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

END, UNKNOWN, PAD = "</s>", "<unk>", "<pad>"
SPECIAL = frozenset({END, UNKNOWN, PAD, "<s>"})


class MarianVocabulary:
    """Turns sentences into the pieces that a checkpoint was trained on, and back.

    Args:
        folder: of the checkpoint, with source.spm, target.spm and vocab.json.
        pivot: language to translate to; names the target prefix of a multi-target model.
        name: of the model, for errors.
        place: of the model's name in the config, for errors.

    Raises:
        ModelError: a file is missing or damaged, or the model does not translate to the pivot.
    """

    def __init__(self, folder: Path, pivot: str, name: str, place: str) -> None:
        import sentencepiece

        try:
            sides = [
                sentencepiece.SentencePieceProcessor(model_file=str(folder / f"{side}.spm"))
                for side in ("source", "target")
            ]
            tokens = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        except (OSError, RuntimeError, ValueError) as error:
            cause = f"no Marian vocabulary in '{name}' ({error})".replace("\n", " ")
            raise ModelError(
                place, cause, "Give a MarianMT model with source.spm, target.spm and vocab.json"
            ) from error
        self._source, self._target = sides
        code = target_code(tokens, pivot, name, place)
        self.prefix: tuple[str, ...] = (code,) if code else ()

    def encode(self, sentence: str) -> list[str]:
        """The pieces of a sentence, with the prefix for the pivot and the end mark."""
        return [*self.prefix, *self._source.encode(sentence, out_type=str), END]

    def decode(self, pieces: Sequence[str]) -> str:
        """The sentence that pieces spell."""
        text: str = self._target.decode([piece for piece in pieces if piece not in SPECIAL])
        return text.strip()


def target_code(tokens: Sequence[str], pivot: str, name: str, place: str) -> str:
    """The token, such as `>>eng<<`, that asks a model for the pivot; empty where it has one target.

    Raises:
        ModelError: the model has several target languages, and the pivot is none of them.
    """
    import langcodes

    codes = {token.strip("<>"): token for token in tokens if token.startswith(">>") and token.endswith("<<")}
    language = langcodes.Language.get(pivot)
    three_letters = language.to_alpha3()
    script = language.script or language.maximize().script
    wanted = [pivot, three_letters, f"{three_letters}_{script}", *MANDARIN.get(pivot, ())]
    for code in wanted:
        if code in codes:
            return codes[code]
    # Some models into one language carry the codes of others in their vocabulary, unused.
    if not codes or name.split("@")[0].rstrip("/").endswith(f"-{language.language}"):
        return ""
    cause = f"'{name}' does not translate to '{pivot}'"
    raise ModelError(place, cause, f"It has {', '.join(codes)}")


# Models name written Chinese by its spoken kind.
MANDARIN = {"zh": ("cmn_Hans", "cmn"), "zh-Hant": ("cmn_Hant", "zh_TW"), "pt": ("pob",)}
