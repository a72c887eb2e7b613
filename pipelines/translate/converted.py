"""Folders that CTranslate2 reads as they are: converted models with their SentencePiece files."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pipelines.errors import ModelError
from pipelines.translate.vocabulary import END, SPECIAL, UNKNOWN, target_code

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WEIGHTS = "model.bin"
CONFIGURATION = "config.json"
MARIAN = ("source.spm", "target.spm")
SIDES = (
    MARIAN,
    ("src.spm.model", "tgt.spm.model"),
    ("joint.spm.model", "joint.spm.model"),
    ("sentencepiece.model", "sentencepiece.model"),
)
"""The names of the source's and the target's SentencePiece model: of converted MarianMT models, of quickmt's
two forms, and of Argos Translate."""
VOCABULARIES = (
    "source_vocabulary.json",
    "shared_vocabulary.json",
    "source_vocabulary.txt",
    "shared_vocabulary.txt",
)
LANGUAGE = re.compile(r"__[a-z]{2,3}__|[a-z]{3}_[A-Z][a-z]{3}")
"""A token that selects a language in models of the kinds M2M-100 and NLLB."""
LONGEST_TOKENS = 256
"""Tokens of a sentence and of a translation, if the config gives no `max_length`: what quickmt trains on. The
folder does not say how many the model takes."""
BEAMS = 5
"""Hypotheses, if neither config nor folder say how many: those that quickmt decodes with."""
CURE = "Get all files of the model again, or give a checkpoint for transformers, which is converted"


class ConvertedVocabulary:
    """Converts sentences into the SentencePiece pieces of a converted model, and back.

    Args:
        folder: with model.bin, config.json, a vocabulary and SentencePiece models.
        pivot: code of the language to translate to; selects the target prefix of a multi-target model.
        name: of the model, for errors.
        place: of the model's name in the config, for errors.

    Raises:
        ModelError: a file is missing or damaged, or the model does not translate to the pivot.
    """

    def __init__(self, folder: Path, pivot: str, name: str, place: str) -> None:
        import sentencepiece

        names = next((names for names in SIDES if all((folder / n).is_file() for n in names)), None)
        if names is None:
            pairs = ", ".join(" and ".join(dict.fromkeys(names)) for names in SIDES)
            raise ModelError(place, f"no SentencePiece files in {folder}", f"It needs one of: {pairs}")
        models = []
        for path in (folder / n for n in names):
            try:
                models.append(sentencepiece.SentencePieceProcessor(model_file=str(path)))
            except (OSError, RuntimeError) as error:
                raise ModelError(place, f"{path} is damaged (not a SentencePiece model)", CURE) from error
        self._source, self._target = models
        tokens = _tokens(folder, place)
        if any(LANGUAGE.fullmatch(token) for token in tokens):
            cause = f"'{name}' has several target languages, by tokens that polystance does not know"
            raise ModelError(place, cause, "Give a model of one language pair")
        code = target_code(tokens, pivot, name, place)
        self._prefix = [code] if code else []
        ends_itself = bool(_json(folder / CONFIGURATION, place).get("add_source_eos"))
        self._suffix = [END] if names == MARIAN and not ends_itself else []

    def encode(self, sentence: str) -> list[str]:
        """Pieces of a sentence, with the prefix for the pivot, and the end mark if the model needs one."""
        return [*self._prefix, *self._source.encode(sentence, out_type=str), *self._suffix]

    def decode(self, pieces: Sequence[str]) -> str:
        """The sentence of these pieces."""
        text: str = self._target.decode([piece for piece in pieces if piece not in SPECIAL])
        return text.replace("▁", " ").strip()


def is_converted(folder: Path) -> bool:
    """Whether a folder has the weights of a converted model."""
    return (folder / WEIGHTS).is_file()


def decoding(folder: Path, place: str) -> dict[str, int]:
    """The decoding defaults of a converted model: longest tokens, beams, and marks that count among them.

    Raises:
        ModelError: a file is damaged.
    """
    generation = folder / "generation_config.json"
    beams = _json(generation, place).get("num_beams") if generation.is_file() else None
    return {"positions": LONGEST_TOKENS, "beams": int(beams or BEAMS), "marks": 0}


def check_length(engine: Any, longest: int, name: str, place: str) -> None:
    """Check that the model takes sentences of so many tokens.

    Raises:
        ModelError: it does not.
    """
    try:
        engine.translate_batch([[UNKNOWN] * longest], max_decoding_length=1, beam_size=1)
    except RuntimeError as error:
        cause = f"'{name}' does not take {longest} tokens ({' '.join(str(error).split())})"
        raise ModelError(place, cause, "Give fewer as options: {max_length: ...}") from error


def _tokens(folder: Path, place: str) -> list[str]:
    path = next((folder / name for name in VOCABULARIES if (folder / name).is_file()), None)
    if path is None:
        raise ModelError(place, f"no {' or '.join(VOCABULARIES[:2])} in {folder}", CURE)
    if path.suffix == ".txt":
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    tokens = _json(path, place)
    if not all(isinstance(token, str) for token in tokens):
        raise ModelError(place, f"{path} is damaged (no list of tokens)", CURE)
    return list(tokens)


def _json(path: Path, place: str) -> Any:
    """The object or list in a file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        cause = f"{path} is missing or damaged ({type(error).__name__})"
        raise ModelError(place, cause, CURE) from error
