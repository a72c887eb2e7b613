"""Outlines of made-up articles, each near the direction of its event."""

from __future__ import annotations

import numpy as np

from pipelines.records import Outline
from pipelines.stories.pairs import rounded
from pipelines.stories.terms import terms
from pipelines.text.embed import DIMENSIONS


def outline(name: str, event: int, day: str | None = "2024-10-24", story: str | None = None) -> Outline:
    """An article on an event, which has names and numbers of its own."""
    noise = np.random.default_rng([event, *name.encode()]).normal(size=DIMENSIONS) * 0.02
    direction = np.zeros(DIMENSIONS)
    direction[event] = 1
    embedding = ((direction + noise) / np.linalg.norm(direction + noise)).astype(np.float32)
    weights = terms(
        [f"In Town{event} and Port{event}, {event}00 people and {event}3 boats came, with Ann{event}."]
    )
    numbers = rounded(embedding).tobytes()
    return Outline(name, day, story, numbers, tuple(weights), tuple(weights.values()))
