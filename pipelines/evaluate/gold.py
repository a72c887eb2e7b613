"""Gold passages: actor, target and stance, labelled by people."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import regex

from pipelines.engines.base import Pair, Unreadable
from pipelines.errors import InputError
from pipelines.judge import about_prefix
from pipelines.read.delimited import DelimitedReader
from pipelines.read.file_reader import EMPTY
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
LARGEST_DOCUMENT = 0.1
"""Share of the rows in the largest document: half of a fold, so that folds are of like size. Not tuned."""


class GoldRow(NamedTuple):
    """One labelled passage in the pivot language; rows of one `document` are not independent."""

    pair: Pair
    label: Label
    language: str
    document: str
    source: str


def read_gold(paths: Sequence[Path], models: Models, *, limit: int | None) -> list[GoldRow]:
    """Read JSONL or CSV files with text, actor, target, label and, optional, context, language and id.

    Texts in another language than the pivot are translated, as in a run, unless `text_language` says that
    they are already: then `language` is that of the article, and the texts are its translation. Of a context,
    `find.context` sentences on each side of the text are kept, at least one. If the text contains no word of
    the actor's name, the name is put before it, as in a run.

    Args:
        paths: the files.
        models: of a config, which names pivot and translators.
        limit: number of rows to read of each file; None for all.

    Raises:
        InputError: a row lacks a field or has another label, or nothing translates its language.
    """
    return [row for path in paths for row in _of_file(path, models, limit)]


def _of_file(path: Path, models: Models, limit: int | None) -> list[GoldRow]:
    pivot = models.config.pivot
    rows_read = list(islice(_rows(path), limit))
    if not rows_read:
        raise InputError(str(path), "no rows", f"Give rows with {', '.join(FIELDS)}")
    languages = [_language(values, place, pivot) for place, values in rows_read]
    written = [
        _language({"language": v.get("text_language") or language}, place, pivot)
        for (place, v), language in zip(rows_read, languages, strict=True)
    ]
    groups = documents([str(v.get("id") or "") for _, v in rows_read], [v["text"] for _, v in rows_read])
    width = max(1, models.config.find.context)
    rows: dict[int, GoldRow] = {}
    for language in dict.fromkeys(written):
        numbers = [n for n, other in enumerate(written) if other == language]
        translated = _translated([rows_read[n][1] for n in numbers], language, models)
        for n, values in zip(numbers, translated, strict=True):
            text, actor, target, context = (values[field] for field in TEXTS)
            pair = gold_pair(text, actor, target, context, width, pivot)
            rows[n] = GoldRow(pair, values["label"], languages[n], groups[n], str(path))
    return [rows[n] for n in range(len(rows_read))]


def gold_pair(text: str, actor: str, target: str, context: str, width: int, language: str) -> Pair:
    """The question to the judge about a labelled text.

    Args:
        text: the passage.
        actor: holder of the stance.
        target: what the stance is toward.
        context: the text with its surroundings, or empty.
        width: number of the context's sentences to keep on each side.
        language: code of the language of all of them.
    """
    speaker = "" if _is_named(actor, text) else f"[{actor} said:] "
    subject = "" if _is_named(target, text) else about_prefix(text, target)
    premise = subject + speaker + _beside(text, context, width, language)
    return Pair(premise, actor, target, sentence=text)


def _is_named(name: str, text: str) -> bool:
    """Whether a text contains a name or a word of it."""
    words = [normalise(name), *regex.findall(r"\w{3,}", normalise(name))]
    return any(word in normalise(text) for word in words)


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
    reader = (DelimitedReader if path.suffix in DelimitedReader.suffixes else LinesReader)([str(path)])
    for row in reader.rows():
        if isinstance(row, Unreadable) and row.reason == EMPTY:
            return
        if isinstance(row, Unreadable):
            raise InputError(row.place, row.reason, "Fix or remove it")
        values = row.values
        blank = [f for f in FIELDS if not isinstance(values.get(f), str) or not values[f].strip()]
        if blank:
            raise InputError(row.place, f"no {' and no '.join(blank)}", f"Give {', '.join(FIELDS)} as text")
        if values["label"] not in LABELS:
            raise InputError(row.place, f"unknown label '{values['label']}'", f"Known: {', '.join(LABELS)}")
        yield row.place, {**values, "context": str(values.get("context") or "")}


def _language(values: Mapping[str, Any], place: str, pivot: str) -> str:
    code = str(values.get("language") or values.get("lang") or pivot)
    language = normalise_language(code)
    if language is None:
        raise InputError(place, f"unknown language '{code}'", "Give a BCP 47 code such as pt")
    return language


def documents(ids: Sequence[str], texts: Sequence[str]) -> list[str]:
    """The document of each row, by which folds and the bootstrap group rows.

    It is the shortest part of the ids, up to a slash, by which no document has more than a tenth of the rows;
    if there is none, the text itself.
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
                raise InputError(row["text"][:60], article.reason, "Fix or remove the row")
            row[field] = " ".join(sentence.pivot for sentence in article.sentences)
    return rows
