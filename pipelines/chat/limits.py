"""How hard a server is asked, and what it costs."""

from __future__ import annotations

from typing import NamedTuple

MILLION = 1_000_000  # tokens that a price is for


class Limits(NamedTuple):
    """How hard a server is asked; nothing here changes an answer.

    Attributes:
        concurrency: requests at once.
        requests_per_minute: at most; None for no limit of our own.
        timeout: seconds until a whole answer must be there.
        attempts: requests for one answer at most, if the server fails or answers in a wrong form.
        patience: seconds without any answer after which a rate limit ends the run.
        prices: of a million tokens read and written, in any currency.
    """

    concurrency: int
    requests_per_minute: float | None
    timeout: float
    attempts: int
    patience: float
    prices: tuple[float, float]
