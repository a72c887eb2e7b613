"""What a run will ask of servers, estimated before it asks anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.job.models import Judging, Translating

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.engines.base import Usage
    from pipelines.job.models import Models
    from pipelines.job.survey import Survey

SENTENCE = 120
"""Characters of a sentence of news, on average of the languages that have spaces; not tuned."""
PASSAGE = 200
"""Characters of a passage: a sentence with an actor is longer than others, and has a hint before it."""
MORE_PAIRS = 1.25
"""Pairs for each one that names show, since pronouns, epithets and running quotations add passages: of the
quickstart's 136 pairs, names show 109."""
CONTROLS = 3
"""Questions about each judgement that is tried again as a control of the judge."""


def expected_usage(models: Models, survey: Survey) -> Iterator[tuple[str, Usage]]:
    """What each role whose answers cost something will ask for at most: nothing of it is remembered yet."""
    for role, engine in models.metered.items():
        if isinstance(role, Translating):
            characters = survey.characters[role.language]
            if characters:
                usage = engine.expected_usage(round(characters / SENTENCE), characters)
                yield f"translation from {role.language}", usage
        elif isinstance(role, Judging):
            pairs = round(MORE_PAIRS * sum(_of_all(survey, code) for code in survey.pairs))
            pairs += CONTROLS * min(pairs, survey.config.stance.controls)
            yield "stance", engine.expected_usage(pairs, pairs * PASSAGE)


def _of_all(survey: Survey, language: str) -> float:
    """Pairs of all articles of a language, by those that were looked at."""
    return survey.pairs[language] * survey.languages[language] / max(1, survey.looked_at[language])
