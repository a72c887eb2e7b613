"""Evaluation of translation against references."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipelines.errors import InputError
from pipelines.records import Article, Rejection
from pipelines.stages import TRANSLATE
from pipelines.text.languages import normalise_language
from pipelines.translate import translate

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.job.models import Models
    from pipelines.progress import Progress


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
    segments, references = _paired_segments(source, reference)
    progress.begin(TRANSLATE, len(segments))
    articles = [Article(str(n), code, segment) for n, segment in enumerate(segments)]
    hypotheses = []
    for article in translate(articles, translator):
        if isinstance(article, Rejection):
            raise InputError(str(source), f"line {article.article_id}: {article.reason}", "Fix the line")
        hypotheses.append(" ".join(sentence.pivot for sentence in article.sentences))
        progress.advance(1)
    scores = {}
    for name, metric in (("bleu", BLEU()), ("chrf", CHRF())):
        score = metric.corpus_score(hypotheses, [references]).score
        scores[name] = {"score": round(score, 2), "signature": str(metric.get_signature())}
    return {"segments": len(segments), "model": translator.identity().name, **scores}


def _paired_segments(source: Path, reference: Path) -> tuple[list[str], list[str]]:
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
    pairs = [
        pair
        for key in sources
        for pair in zip(sources[key], references[key], strict=True)
        if all(map(str.strip, pair))
    ]
    return [s for s, _ in pairs], [r for _, r in pairs]


def _segments(path: Path) -> dict[str, list[str]]:
    """Lines of each article by its story or id; of plain text under one key."""
    if not path.is_file():
        raise InputError(str(path), "no such file", "Check the path")
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix not in {".jsonl", ".ndjson"}:
        return {"": text.splitlines()}
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    return {str(row.get("story") or row.get("id")): str(row["text"]).split("\n") for row in rows}
