"""Which articles the config's `articles.filter` keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.text.normalise import normalise

if TYPE_CHECKING:
    from pipelines.config import Filter
    from pipelines.records import Article


def passes(article: Article, settings: Filter) -> bool:
    """Whether an article has all that the filter asks for.

    A date that is not known fails a filter by date; a month or year passes if a part of it does. Words are
    compared without regard to case, anywhere in title and text, and one of them is enough.
    """
    published = article.published or ""
    if settings.since and not published[: len(settings.since)] >= settings.since[: len(published)] > "":
        return False
    if settings.until and not "" < published[: len(settings.until)] <= settings.until[: len(published[:10])]:
        return False
    if settings.languages and article.language not in settings.languages:
        return False
    if settings.outlets and normalise(article.outlet or "") not in map(normalise, settings.outlets):
        return False
    if not settings.words:
        return True
    words = normalise(f"{article.title or ''}\n{article.text}")
    return any(normalise(word) in words for word in settings.words)
