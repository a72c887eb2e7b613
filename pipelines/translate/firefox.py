"""The files of a Firefox Translations model: a Marian student, its vocabularies and its shortlist."""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from pipelines.errors import ConfigError, ModelError
from pipelines.text.languages import base_language, normalise_language

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = "https://mozilla.github.io/translations/firefox-models/"
"""Where Mozilla publishes the models."""
FETCH = f"Get all files of the pair again from {PAGE}"
MODEL, SHORTLIST = "model.*intgemm*.bin", "lex.*.bin"
SHARED, SOURCE, TARGET = "vocab.*.spm", "srcvocab.*.spm", "trgvocab.*.spm"
NAMES = {
    kind: re.compile(re.escape(kind).replace(r"\*", ".*") + r"(?:\.gz)?")
    for kind in (MODEL, SHORTLIST, SHARED, SOURCE, TARGET)
}
"""The names of the files as Mozilla gives them, compressed by gzip or not."""
PAIR = re.compile(r"model\.([a-z]{2,3})(?:_[a-z]+)?(en|[a-z]{2,3})(?:_[a-z]+)?\.")
VERSION = struct.pack("<Q", 1)
"""The first bytes of a model: the one version of Marian's binary format."""
SIZES = re.compile(rb"dim-vocabs:\s+- (\d+)\s+- (\d+)")
SHORTLIST_HEADER = struct.Struct("<6Q")  # magic, checksum, two limits, numbers of offsets and of entries
SHORTLIST_MAGIC = 0xF11A48D5013417F5
RELATED = 10
"""Distance by langcodes, from 0 to 134, up to which speakers of one language read the other (hr for bs); not
tuned."""


class PublishedPair(NamedTuple):
    """A pair of languages that Mozilla has published a model of.

    `architectures` are `tiny` (17 MB), `base-memory` (44 MB) and `base`: the larger, the better and slower.
    """

    source: str
    target: str
    architectures: str


def published_pairs() -> list[PublishedPair]:
    """The pairs of Mozilla's list of models, those into English first; the list is a copy of 2025."""
    text = files(__package__).joinpath("firefox_models.csv").read_text("utf-8")
    return [PublishedPair(**row) for row in csv.DictReader(text.splitlines())]


@dataclass(frozen=True)
class FirefoxModel:
    """A model in a folder or a zip archive.

    Args:
        path: of the folder or archive.
        place: of the model's name in the config, for errors.
        names: the path within it of each file, by its kind.
    """

    path: Path
    place: str
    names: dict[str, str]

    @classmethod
    def at(cls, path: str, place: str) -> FirefoxModel:
        """The model at a path, its files named and not read.

        Raises:
            ModelError: no such folder or archive, or a file is missing or there twice.
        """
        where = Path(path).expanduser()
        names: dict[str, str] = {}
        for inner in _files_of(where, place):
            name = PurePosixPath(inner).name
            kind = next((kind for kind, pattern in NAMES.items() if pattern.fullmatch(name)), None)
            if kind in names:
                cause = f"{where} has two of {kind}: {names[kind]} and {inner}"
                raise ModelError(place, cause, "Give one model a folder of its own")
            if kind is not None:
                names[kind] = inner
        needed = [MODEL, *([SOURCE, TARGET] if SOURCE in names or TARGET in names else [SHARED])]
        missing = [kind for kind in needed if kind not in names]
        if missing:
            raise ModelError(place, f"no {' and no '.join(missing)} in {where}", FETCH)
        return cls(where, place, names)

    @property
    def vocabularies(self) -> tuple[str, str]:
        """The kinds of the files with the source's and the target's vocabulary."""
        return (SOURCE, TARGET) if SOURCE in self.names else (SHARED, SHARED)

    def read(self, kind: str) -> bytes:
        """The content of a file, decompressed.

        Raises:
            ModelError: it cannot be read.
        """
        name = self.names[kind]
        try:
            if self.path.is_dir():
                content = (self.path / name).read_bytes()
            else:
                with zipfile.ZipFile(self.path) as archive:
                    content = archive.read(name)
            return gzip.decompress(content) if name.endswith(".gz") else content
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError) as error:
            raise self.damaged(kind, str(error)) from error

    def damaged(self, kind: str, cause: str) -> ModelError:
        """The error that says that a file is damaged, and how."""
        cause = " ".join(cause.split())
        return ModelError(self.place, f"{self.path / self.names[kind]} is damaged ({cause})", FETCH)

    @cached_property
    def digests(self) -> dict[str, str]:
        """The SHA-256 of each file's content, by the kind of the file."""
        return {kind: hashlib.sha256(self.read(kind)).hexdigest() for kind in sorted(self.names)}

    def check_languages(self, language: str, pivot: str) -> None:
        """Check that the model's name is of the two languages.

        Raises:
            ConfigError: it is of others.
        """
        pair = PAIR.match(PurePosixPath(self.names[MODEL]).name)
        if pair is None:
            return
        source, target = (normalise_language(code) or code for code in pair.groups())
        if target != base_language(pivot) or _distance(source, base_language(language)) > RELATED:
            cause = f"{self.names[MODEL]} translates {source} to {target}, not {language} to {pivot}"
            raise ConfigError(self.place, cause, "Give the folder of another model")

    def check(self) -> None:
        """Check the form of every file: a damaged vocabulary gives wrong translations without an error.

        Raises:
            ModelError: a file is damaged.
        """
        import sentencepiece

        model = self.read(MODEL)
        sizes = SIZES.search(model)
        if not model.startswith(VERSION) or sizes is None:
            raise self.damaged(MODEL, "not a binary model of Marian")
        for kind, size in zip(self.vocabularies, sizes.groups(), strict=True):
            try:
                vocabulary = sentencepiece.SentencePieceProcessor(model_proto=self.read(kind))
            except RuntimeError as error:
                raise self.damaged(kind, "not a SentencePiece model") from error
            if vocabulary.get_piece_size() != int(size):
                cause = f"{vocabulary.get_piece_size()} pieces, and the model has {int(size)}"
                raise self.damaged(kind, cause)
        if SHORTLIST in self.names:
            self._check_shortlist()

    def _check_shortlist(self) -> None:
        content = self.read(SHORTLIST)
        if len(content) < SHORTLIST_HEADER.size:
            raise self.damaged(SHORTLIST, "too short")
        magic, _, _, _, offsets, entries = SHORTLIST_HEADER.unpack_from(content)
        if magic != SHORTLIST_MAGIC or len(content) != SHORTLIST_HEADER.size + 8 * offsets + 4 * entries:
            raise self.damaged(SHORTLIST, "not a whole shortlist of Marian")


def _files_of(path: Path, place: str) -> Iterator[str]:
    """The paths of the files in a folder, or anywhere in an archive."""
    if path.is_dir():
        yield from (entry.name for entry in sorted(path.iterdir()) if entry.is_file())
        return
    if not path.is_file():
        cure = f"Give the folder of a Firefox Translations model, or its zip archive, from {PAGE}"
        raise ModelError(place, f"no folder or archive '{path}'", cure)
    try:
        with zipfile.ZipFile(path) as archive:
            yield from (name for name in archive.namelist() if not name.startswith("__MACOSX/"))
    except (OSError, zipfile.BadZipFile) as error:
        raise ModelError(place, f"{path} is damaged ({error})", FETCH) from error


def _distance(language: str, other: str) -> int:
    import langcodes

    return langcodes.tag_distance(language, other)
