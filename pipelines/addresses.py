"""Addresses of stores, such as s3://bucket/run: what is wrong with one, in one line with the cure."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from textwrap import shorten
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pipelines.errors import InputError, PolystanceError, ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
MARK = "://"
LOCAL = ("file", "local")
"""Kinds of address that are paths of this machine."""
EXTRA = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}
"""Kinds of address whose package the extra `cloud` brings."""
SIGN_IN = {
    "s3": "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or FSSPEC_S3_ANON=true if public",
    "gs": "Set GOOGLE_APPLICATION_CREDENTIALS, or FSSPEC_GS_TOKEN=anon if public",
    "az": "Set AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
"""What the libraries of the extra `cloud` sign in with."""
SAME = {"s3a": "s3", "gcs": "gs", "abfs": "az", "abfss": "az"}
NO_ENTRY = (
    "credential",
    "forbidden",
    "access denied",
    "unauthorized",
    "401",
    "403",
    "authenticat",
    "account",
)
"""What libraries say if they are not let in; they have no error class in common."""
NO_ANSWER = ("connect", "timed out", "timeout", "resolve", "unreachable", "no answer", "name or service")
"""What they say if the other machine does not answer."""
LONGEST = 120
"""Characters of a library's message in a line of ours."""
PATIENCE = 30.0
"""Seconds until a store must have answered for the first time. Libraries try again for minutes."""
ABSENCE = 600.0
"""Seconds for which a store that has answered may be away: longer than one takes to start anew; not tuned."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between tries; each pause is twice the one before."""


class Place(NamedTuple):
    """A folder or file of a store: the fsspec file system, and the path in it."""

    filesystem: Any
    path: str


def is_address(place: object) -> bool:
    """Whether a place is in a store, not a path of this machine."""
    return MARK in str(place) and kind_of(str(place)) not in LOCAL


def kind_of(address: str) -> str:
    """The part of an address that names the kind of store: `s3` of s3://bucket and of zip://a.csv::s3://b."""
    last = next((part for part in reversed(address.split("::")) if MARK in part), "")
    return last.partition(MARK)[0].lower()


def local_path(place: str) -> str:
    """The path in a place of this machine: file:///tmp/run is /tmp/run."""
    return place.partition(MARK)[2] if MARK in place and kind_of(place) in LOCAL else place


def place_of(address: str, *, own: bool = False) -> Place:
    """The file system of an address, or of a path of this machine, and the path in it.

    Args:
        address: or path.
        own: a connection that nobody else uses, for another thread.

    Raises:
        InputError: there is no such kind of address, or its package is not installed.
    """
    import fsspec

    with understood(address):
        options = {"skip_instance_cache": True} if own else {}
        return Place(*fsspec.core.url_to_fs(address, **options))


def answered(address: str, work: Callable[[], T]) -> T:
    """The result of the first work on a store, which must answer within PATIENCE.

    Raises:
        InputError: it does not, or the work fails.
    """
    done: list[T | BaseException] = []

    def attempt() -> None:
        try:
            done.append(work())
        except BaseException as error:
            done.append(error)

    thread = threading.Thread(target=attempt, daemon=True)  # a daemon's wait does not keep the program open
    thread.start()
    thread.join(PATIENCE)
    with understood(address):
        if not done:
            raise TimeoutError(f"no answer for {PATIENCE:.0f} s")
        if isinstance(done[0], BaseException):
            raise done[0]
        return done[0]


def patiently(address: str, work: Callable[[], T]) -> T:
    """The result of work on a store, which is done again while the store does not answer.

    Args:
        address: of the store.
        work: may be done again whatever of it was done.

    Raises:
        Exception: from the work.
        ServerError: the store does not answer for ABSENCE.
    """
    begin, pause = time.monotonic(), FIRST_PAUSE
    while True:
        try:
            return work()
        except Exception as error:
            if not is_unreachable(error):
                raise
            if time.monotonic() - begin + pause > ABSENCE:
                raise ServerError(address, *_explained(address, error)) from error
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


@contextmanager
def understood(address: str) -> Iterator[None]:
    """Within the block, any error of a store is an InputError of one line.

    Raises:
        InputError: the store cannot be used.
    """
    try:
        yield
    except PolystanceError:
        raise
    except Exception as error:
        raise InputError(address, *_explained(address, error)) from error


def is_unreachable(error: BaseException) -> bool:
    """Whether an error says that another machine does not answer, rather than that a file is damaged."""
    module = type(error).__module__.partition(".")[0]
    return isinstance(error, ConnectionError | TimeoutError) or module in {
        "botocore",
        "aiobotocore",
        "aiohttp",
    }


def _explained(address: str, error: Exception) -> tuple[str, str]:
    """Cause and cure."""
    kind, text = kind_of(address), shorten(str(error), LONGEST).rstrip(".")
    said = f"{type(error).__name__} {text}".lower()
    sign_in = SIGN_IN.get(SAME.get(kind, kind), f"fsspec reads options from FSSPEC_{kind.upper()}_...")
    shown = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if isinstance(error, ImportError):
        package = EXTRA.get(kind)
        cure = 'Install it: pip install "polystance[cloud]"' if package else text
        return f"a package for {kind}{MARK} is not installed{f' ({package})' if package else ''}", cure
    if "protocol not known" in said:
        cure = "Give a path, or an address: s3://, gs://, az://, https://, sftp:// and others of fsspec"
        return f"no such kind of address: {address.partition(MARK)[0]}{MARK}", cure
    name = type(error).__name__.lower()
    no_answer = any(word in name for word in NO_ANSWER)  # its text may name port 40312
    if isinstance(error, PermissionError) or (any(word in said for word in NO_ENTRY) and not no_answer):
        return f"not let in ({shown})", sign_in
    if isinstance(error, FileNotFoundError):
        return f"not there ({text or 'no such file, folder or bucket'})", "Check the address"
    if isinstance(error, ConnectionError | TimeoutError) or any(word in said for word in NO_ANSWER):
        return f"does not answer ({shown})", f"Check the address and the network. {sign_in}"
    return f"cannot be used ({shown})", "Check the address, or give one of another kind"
