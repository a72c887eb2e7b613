"""Gold passages: who holds which stance toward what, as people have labelled it."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import regex

from pipelines.engines.base import Pair, Unreadable
from pipelines.errors import InputError
from pipelines.read.delimited import SUFFIXES, DelimitedReader
from pipelines.read.lines import LinesReader
from pipelines.records import LABELS, Article, Rejection
from pipelines.text.languages import normalise_language
from pipelines.text.normalise import normalise
from pipelines.text.segment import segment
from pipelines.translate import translate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pipelines.job.models import Models
    from pipelines.records import Label

FIELDS = ("text", "actor", "target", "label")
TEXTS = ("text", "actor", "target", "context")
LARGEST_DOCUMENT = 0.1  # of the rows


class GoldRow(NamedTuple):
    """One labelled passage in the pivot language; rows of one `document` are not independent."""

    pair: Pair
    label: Label
    language: str
    document: str
    source: str


def read_gold(paths: Sequence[Path], models: Models, *, limit: int | None) -> list[GoldRow]:
    """Rows of JSONL or CSV files with text, actor, target, label and, optional, context, language and id.

    Texts in another language than the pivot are translated, as in a run. Of a context, the sentences beside
    the text are kept, as many as `find.context` says, at least one. Where no word of the actor's name stands
    in the text, it is put before it, as it is in a run.

    Args:
        paths: of the files.
        models: of a config, which names pivot and translators.
        limit: read only this many rows of each file.

    Raises:
        InputError: a row lacks a field or has another label, or nothing translates its language.
    """
    return [row for path in paths for row in _of_file(path, models, limit)]


def _of_file(path: Path, models: Models, limit: int | None) -> list[GoldRow]:
    pivot = models.config.pivot
    found = list(islice(_rows(path), limit))
    if not found:
        raise InputError(str(path), "no rows", f"Give rows with {', '.join(FIELDS)}")
    languages = [_language(values, place, pivot) for place, values in found]
    groups = documents([str(v.get("id") or "") for _, v in found], [v["text"] for _, v in found])
    width = max(1, models.config.find.context)
    rows: dict[int, GoldRow] = {}
    for language in dict.fromkeys(languages):
        numbers = [n for n, other in enumerate(languages) if other == language]
        translated = _translated([found[n][1] for n in numbers], language, models)
        for n, values in zip(numbers, translated, strict=True):
            text, actor, target, context = (values[field] for field in TEXTS)
            pair = gold_pair(text, actor, target, context, width, pivot)
            rows[n] = GoldRow(pair, values["label"], language, groups[n], str(path))
    return [rows[n] for n in range(len(found))]


def gold_pair(text: str, actor: str, target: str, context: str, width: int, language: str) -> Pair:
    """What the judge is asked of a labelled text.

    Args:
        text: the passage.
        actor: who holds the stance.
        target: toward what.
        context: around the text, or empty.
        width: sentences of the context to keep on each side.
        language: of all of them.
    """
    words = [normalise(actor), *regex.findall(r"\w{3,}", normalise(actor))]
    named = any(word in normalise(text) for word in words)
    inserted = "" if named else f"[{actor} said:] "
    return Pair(inserted + _beside(text, context, width, language), actor, target, sentence=text)


def _beside(text: str, context: str, width: int, language: str) -> str:
    """The text with the sentences next to it."""
    start = context.find(text)
    if start < 0:
        return text
    spans = segment(Article("", language, context))
    end = start + len(text)
    before = [span.source for span in spans if span.end <= start][-width:]
    after = [span.source for span in spans if span.start >= end][:width]
    return " ".join([*before, text, *after])


def _rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not path.is_file():
        raise InputError(str(path), "no such file", "Check the path")
    reader = DelimitedReader([str(path)]) if path.suffix in SUFFIXES else LinesReader([str(path)])
    for row in reader.rows():
        if isinstance(row, Unreadable):
            raise InputError(row.place, row.reason, "Mend or remove it")
        values = row.values
        blank = [f for f in FIELDS if not isinstance(values.get(f), str) or not values[f].strip()]
        if blank:
            raise InputError(row.place, f"no {' and no '.join(blank)}", f"Give {', '.join(FIELDS)} as text")
        if values["label"] not in LABELS:
            raise InputError(row.place, f"unknown label '{values['label']}'", f"Known: {', '.join(LABELS)}")
        yield row.place, {**values, "context": str(values.get("context") or "")}


def _language(values: Mapping[str, Any], place: str, pivot: str) -> str:
    given = str(values.get("language") or values.get("lang") or pivot)
    language = normalise_language(given)
    if language is None:
        raise InputError(place, f"unknown language '{given}'", "Give a BCP 47 code such as pt")
    return language


def documents(ids: Sequence[str], texts: Sequence[str]) -> list[str]:
    """What rows of one document share: the shortest part of their ids, up to a slash, that tells many apart.

    Where the ids tell nothing, the text itself.
    """
    parts = [id_.split("/") for id_ in ids]
    for depth in range(1, max(map(len, parts), default=0)):
        names = ["/".join(part[:depth]) for part in parts]
        if all(names) and Counter(names).most_common(1)[0][1] <= len(names) * LARGEST_DOCUMENT:
            return names
    return list(texts)


def _translated(values: Sequence[Mapping[str, Any]], language: str, models: Models) -> list[dict[str, Any]]:
    """Rows of one language with their texts in the pivot language."""
    if language == models.config.pivot:
        return [dict(row) for row in values]
    translator = models.translator(language)
    if translator is None:
        cure = f"Give one as translation.models.{language}, or a pivot that the judge reads"
        raise InputError(f"gold in '{language}'", f"no model translates it to '{models.config.pivot}'", cure)
    rows = [dict(row) for row in values]
    for field in TEXTS:
        articles = [Article(str(n), language, row[field]) for n, row in enumerate(rows)]
        for row, article in zip(rows, translate(articles, translator), strict=True):
            if isinstance(article, Rejection):
                raise InputError(row["text"][:60], article.reason, "Mend or remove the row")
            row[field] = " ".join(sentence.pivot for sentence in article.sentences)
    return rows
