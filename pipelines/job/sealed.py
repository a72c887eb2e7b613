"""Files that carry a digest of themselves, so that none of a damaged file's content is believed.

A Parquet file has the SHA-256 of all its other bytes in its footer; a JSON object has a digest of its other
keys. Files of earlier versions have neither, and are read as they are.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from pipelines.hashing import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

METADATA = b"polystance"
"""Key of our own metadata in a Parquet file's schema."""
SEAL = b"\x01sealed:"
"""What the digest follows. Its first byte cannot be in the JSON and base64 of a footer's other metadata, so
the last occurrence in a file is the seal, whatever texts the file holds."""
BLANK = b"0" * 64
"""The place of the digest while it is computed: as long as a SHA-256 in hexadecimal digits."""
SEALED = "sealed"
"""Key that our metadata has in a file with a seal: without a seal, such a file is damaged."""
DIGEST = "digest"
"""Key of a JSON object's digest."""


class DamagedError(Exception):
    """A file is there, but it is not as it was written."""


def write_parquet(table: Any, path: Path, about: Mapping[str, Any]) -> None:
    """Write an Arrow table with our metadata, checksums of its pages, and a seal.

    Args:
        table: of any schema, whose own metadata is dropped.
        path: of the file.
        about: our metadata, which JSON can write.

    Raises:
        OSError: the file cannot be written.
    """
    import pyarrow.parquet as pq

    metadata = {METADATA: json.dumps({**about, SEALED: True}).encode(), b"seal": SEAL + BLANK}
    table = table.replace_schema_metadata(metadata)
    pq.write_table(table, path, compression="zstd", write_page_checksum=True)
    content = path.read_bytes()
    with path.open("r+b") as stream:
        stream.seek(content.rindex(SEAL) + len(SEAL))
        stream.write(_digest(content)[1])


@contextmanager
def opened(path: Path) -> Iterator[tuple[Any, dict[str, Any]]]:
    """A `pyarrow.parquet.ParquetFile`, which verifies the pages that it reads, and our metadata.

    Raises:
        DamagedError: the file cannot be read, its seal is broken, or it has no metadata of ours.
        FileNotFoundError: there is no such file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    _use_system_memory()
    sealed = is_sealed(path)
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        raise DamagedError(path) from error
    with file:
        try:
            about = _about(file.schema_arrow.metadata[METADATA])
            intact = sealed or SEALED not in about
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedError(path) from error
        if not intact:
            raise DamagedError(path)
        yield file, about


def is_sealed(path: Path) -> bool:
    """Whether a file has a seal, which is then verified; an unchanged file is read only once in a process.

    Raises:
        DamagedError: the seal is broken, the file cannot be read, or it is no file.
        FileNotFoundError: there is no such file.
    """
    try:
        if not path.is_file():
            path.lstat()
            raise DamagedError(path)
        stat = path.stat()
        intact = _verified(path, stat.st_ino, stat.st_size, stat.st_mtime_ns)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DamagedError(path) from error
    if intact is False:
        raise DamagedError(path)
    return intact is True


def seal_json(value: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object with a digest of it."""
    return {**value, DIGEST: fingerprint(value)}


def unseal_json(text: str) -> dict[str, Any]:
    """The JSON object in a text, without its digest.

    Raises:
        DamagedError: the text is no JSON object, or its digest is wrong.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamagedError from error
    if not isinstance(value, dict):
        raise DamagedError
    digest = value.pop(DIGEST, None)
    if digest is not None and digest != fingerprint(value):
        raise DamagedError
    return value


@cache
def _use_system_memory() -> None:
    """Let Arrow return the memory of tables that are gone, which its own allocators keep for the next."""
    import pyarrow as pa

    pa.set_memory_pool(pa.system_memory_pool())


def _about(metadata: bytes) -> dict[str, Any]:
    """Our metadata as JSON; a bare fingerprint is that of the copies of an earlier version."""
    try:
        about = json.loads(metadata)
    except ValueError:
        about = {"fingerprint": metadata.decode()}
    if not isinstance(about, dict):
        raise TypeError
    return about


@cache
def _verified(path: Path, *_: int) -> bool | None:
    """Whether the seal is that of the content; None if there is none."""
    written, computed = _digest(path.read_bytes())
    return None if written is None else written == computed


def _digest(content: bytes) -> tuple[bytes | None, bytes]:
    """The digest in the content, None if it has none, and the right one."""
    start = content.rfind(SEAL) + len(SEAL)
    if start < len(SEAL):
        return None, b""
    end = start + len(BLANK)
    digest = hashlib.sha256(content[:start] + BLANK + content[end:])
    return content[start:end], digest.hexdigest().encode()
