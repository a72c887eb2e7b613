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
    """Converts sentences into the SentencePiece pieces of a checkpoint, and back.

    Args:
        folder: of the checkpoint, with source.spm, target.spm and vocab.json.
        pivot: code of the language to translate to; selects the target prefix of a multi-target model.
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
        """Pieces of a sentence, with the prefix for the pivot and the end mark."""
        return [*self.prefix, *self._source.encode(sentence, out_type=str), END]

    def decode(self, pieces: Sequence[str]) -> str:
        """The sentence of these pieces."""
        text: str = self._target.decode([piece for piece in pieces if piece not in SPECIAL])
        return text.strip()


def target_code(tokens: Sequence[str], pivot: str, name: str, place: str) -> str:
    """The token, such as `>>eng<<`, that selects the pivot; empty if the model has one target language.

    Args:
        tokens: of the model's vocabulary.
        pivot: code of the language to translate to.
        name: of the model, whose ending shows its target language.
        place: of the model's name in the config, for errors.

    Raises:
        ModelError: the model has several target languages, and the pivot is none of them.
    """
    import langcodes

    codes = {token.strip("<>"): token for token in tokens if token.startswith(">>") and token.endswith("<<")}
    language = langcodes.Language.get(pivot)
    three_letters = language.to_alpha3()
    script = language.script or language.maximize().script
    candidates = [pivot, three_letters, f"{three_letters}_{script}", *OTHER_CODES.get(pivot, ())]
    for code in candidates:
        if code in codes:
            return codes[code]
    # Some models with one target language have unused codes of others in their vocabulary.
    if not codes or name.split("@")[0].rstrip("/").endswith(f"-{language.language}"):
        return ""
    cause = f"'{name}' does not translate to '{pivot}'"
    raise ModelError(place, cause, f"It has {', '.join(codes)}")


# Codes of models for written Chinese, which they name after Mandarin, and for Brazilian Portuguese.
OTHER_CODES = {"zh": ("cmn_Hans", "cmn"), "zh-Hant": ("cmn_Hant", "zh_TW"), "pt": ("pob",)}
