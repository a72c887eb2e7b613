"""The rows of the table evidence, filled with their texts a chunk at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pipelines.report.glossary import glossary

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

NAME = "evidence"
TEXTS = ("source", "pivot", "context")
CHUNK = 2000
"""Rows whose texts are in memory at a time. Not tuned; some megabytes."""


class Text(Protocol):
    """A passage and its neighbours, as `pipelines.job.texts.PassageText` has them."""

    @property
    def source(self) -> str:
        """As published."""

    @property
    def pivot(self) -> str:
        """In the pivot language."""

    @property
    def context(self) -> str:
        """As the judge read it."""

    @property
    def before(self) -> tuple[str, str]:
        """The sentence before, in source and pivot; empty if there is none."""

    @property
    def after(self) -> tuple[str, str]:
        """The sentence after."""


class Texts(Protocol):
    """The texts of passages by number."""

    def __getitem__(self, number: int) -> Text: ...


class Evidence:
    """The table evidence as frames of at most CHUNK rows, as often as asked for.

    Args:
        rows: the columns of the table, and `passage`, the number of each row's passage in `texts`.
        texts: of the passages; None if the rows have their texts.
    """

    def __init__(self, rows: pd.DataFrame, texts: Texts | None = None) -> None:
        self._rows, self._texts = rows, texts

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[pd.DataFrame]:
        for start in range(0, max(1, len(self)), CHUNK):
            chunk = self._rows.iloc[start : start + CHUNK]
            # As texts: what writes them would look at every category of the table for each chunk.
            chunk = chunk.astype(dict.fromkeys(chunk.select_dtypes("category"), object))
            if self._texts is not None:
                texts = [self._texts[number] for number in chunk["passage"]]
                chunk = chunk.assign(**{name: [getattr(text, name) for text in texts] for name in TEXTS})
            yield chunk[[column for column in glossary()[NAME].columns if column in chunk]]

    def first(self) -> pd.DataFrame:
        """The first frame, which has all columns."""
        return next(iter(self))
