"""Evaluation of translation against references."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.errors import InputError
from pipelines.records import Article, Rejection
from pipelines.stages import TRANSLATE
from pipelines.text.languages import normalise_language
from pipelines.translate import translate

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.engines.base import Translator
    from pipelines.job.models import Models
    from pipelines.progress import Progress


class Parallel(NamedTuple):
    """Segments with translations by people.

    Attributes:
        path: of the source, for errors.
        language: code of the source's language.
        sources: the segments.
        references: their translations, aligned with them.
        documents: the article of each; a segment of plain text is one of its own.
    """

    path: str
    language: str
    sources: list[str]
    references: list[str]
    documents: list[str]


def evaluate_translation(
    source: Path, reference: Path, language: str, models: Models, progress: Progress
) -> dict[str, Any]:
    """Measure BLEU and chrF of the config's translator, with sacrebleu's signatures.

    Each line of an article's text is one segment, rejoined from its translated sentences.

    Args:
        source: JSON Lines of articles, or plain text with one segment per line.
        reference: the same in the pivot language, paired by `story` in JSON Lines, else by line.
        language: code of the source's language.
        models: of a config, which names the translator.
        progress: receives the number of segments done.

    Returns:
        Number of segments, name of the model, and score (0 to 100) and signature of `bleu` and `chrf`.

    Raises:
        InputError: the two files do not have the same segments, or no model translates the language.
    """
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    code = normalise_language(language)
    translator = models.translator(code) if code else None
    if translator is None or code is None:
        cure = "Give another --language, or a model as translation.models"
        raise InputError(f"--language {language}", "no model translates it to the pivot", cure)
    parallel = read_parallel(source, reference, code)
    hypotheses = translated_segments(parallel, translator, progress)
    scores = {}
    for name, metric in (("bleu", BLEU()), ("chrf", CHRF())):
        score = metric.corpus_score(hypotheses, [parallel.references]).score
        scores[name] = {"score": round(score, 2), "signature": str(metric.get_signature())}
    return {"segments": len(hypotheses), "model": translator.identity().name, **scores}


def translated_segments(parallel: Parallel, translator: Translator, progress: Progress) -> list[str]:
    """Each segment as a run translates it, rejoined from its sentences.

    Raises:
        InputError: the translator fails on a segment.
    """
    progress.begin(TRANSLATE, len(parallel.sources))
    articles = [Article(str(n), parallel.language, segment) for n, segment in enumerate(parallel.sources)]
    translations = []
    for article in translate(articles, translator):
        if isinstance(article, Rejection):
            raise InputError(parallel.path, f"line {article.article_id}: {article.reason}", "Fix the line")
        translations.append(" ".join(sentence.pivot for sentence in article.sentences))
        progress.advance(1)
    return translations


def read_parallel(source: Path, reference: Path, language: str, limit: int | None = None) -> Parallel:
    """Read segments and their references; pairs with a blank side are left out.

    Args:
        source: JSON Lines of articles, or plain text with one segment per line.
        reference: the same in the pivot language, paired by `story` in JSON Lines, else by line.
        language: code of the source's language.
        limit: number of segments to use; None for all.

    Raises:
        InputError: the two files do not have the same segments.
    """
    sources, references = _segments(source), _segments(reference)
    if sources.keys() != references.keys():
        missing = sorted(sources.keys() ^ references.keys())[0]
        raise InputError(
            str(reference), f"'{missing}' is not in both files", "Give the same articles in both"
        )
    for key, lines in sources.items():
        if len(lines) != len(references[key]):
            cause = f"'{key}' has {len(references[key])} lines, the source {len(lines)}"
            raise InputError(str(reference), cause, "Give one line per segment in both")
    rows = [
        (*pair, key or str(number))
        for key in sources
        for number, pair in enumerate(zip(sources[key], references[key], strict=True))
        if all(map(str.strip, pair))
    ][:limit]
    if not rows:
        raise InputError(str(source), "no segments", "Give a file with text")
    return Parallel(str(source), language, *([row[column] for row in rows] for column in range(3)))


def _segments(path: Path) -> dict[str, list[str]]:
    """Lines of each article by its story or id; of plain text under one key."""
    if not path.is_file():
        raise InputError(str(path), "no such file", "Check the path")
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix not in {".jsonl", ".ndjson"}:
        return {"": text.splitlines()}
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    return {str(row.get("story") or row.get("id")): str(row["text"]).split("\n") for row in rows}
