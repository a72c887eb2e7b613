"""Faults of a server: which of them pass, and after how long."""

from __future__ import annotations

import time
from datetime import UTC
from email.utils import parsedate_to_datetime

PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
"""Status codes after which the same request may succeed; those from 520 on are of common gateways."""
OF_QUESTION = frozenset({400, 413, 422})
"""Status codes that concern one question: too long, or refused by a filter."""
OF_KEY = frozenset({401, 403})


class PassingError(Exception):
    """The server fails, and may not fail again.

    Args:
        cause: what happened.
        pause: seconds that the server asks to be left alone; None if it does not say.
    """

    def __init__(self, cause: str, pause: float | None = None) -> None:
        super().__init__(cause)
        self.pause = pause


class StoppedError(Exception):
    """A question was not asked, because the run ends."""


class LimitError(PassingError):
    """The server is asked too much."""


def pause_of(header: str | None) -> float | None:
    """Seconds to wait by a `Retry-After`, which is a number of seconds or a date; None without one."""
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(header)
        if date.tzinfo is None:  # "-0000": a time of no zone is one of Greenwich in HTTP
            date = date.replace(tzinfo=UTC)
        return max(0.0, date.timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
