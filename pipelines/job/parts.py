"""What a part says of itself, in its footer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from pipelines.job.sealed import DamagedError, opened
from pipelines.records import Rejection  # noqa: TC001  (read by pydantic)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Part(NamedTuple):
    """The metadata of a part.

    `items` is the number of sentences in a translated part, of records in any other; `seconds` excludes the
    loading of models; `rejected` is the number of rejections.
    """

    fingerprint: str
    records: int
    items: int
    seconds: float
    rejected: int


class _About(BaseModel):
    """What a part says of itself."""

    fingerprint: str
    items: int
    seconds: float
    rejected: tuple[Rejection, ...]


def read_part(path: Path) -> Part:
    """The metadata of the part in a file.

    Raises:
        DamagedError: the file is damaged.
        FileNotFoundError: there is no such file.
    """
    with opened(path) as (file, metadata):
        about = _about(path, metadata)
        rejected = len(about.rejected)
        return Part(about.fingerprint, file.metadata.num_rows, about.items, about.seconds, rejected)


def read_rejections(path: Path) -> tuple[Rejection, ...]:
    """The articles that a stage could not use, of the part in a file.

    Raises:
        DamagedError: the file is damaged.
        FileNotFoundError: there is no such file.
    """
    with opened(path) as (_, metadata):
        return _about(path, metadata).rejected


def _about(path: Path, metadata: Mapping[str, Any]) -> _About:
    try:
        return _About.model_validate(metadata)
    except ValueError as error:
        raise DamagedError(path) from error
