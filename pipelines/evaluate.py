"""Stance and translation measured on gold data."""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from pipelines.assembly import build_judge, build_translator
from pipelines.engines.base import Pair
from pipelines.engines.readers.lines import LinesReader
from pipelines.errors import InputError
from pipelines.judge import PAIRS_AT_A_TIME, stance_label
from pipelines.languages import normalise_language
from pipelines.records import Article, Rejection
from pipelines.translate import translate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.config import RunConfig
    from pipelines.progress import Progress

LABELS = ("supports", "opposes", "neutral")
GOLD_FIELDS = ("text", "actor", "target", "label")


def evaluate_stance(
    gold: Path, config: RunConfig, limit: int | None, offline: bool, progress: Progress
) -> dict[str, Any]:
    """Scores of the config's judge on gold passages in the pivot language.

    Args:
        gold: JSON Lines with text, actor, target and label (supports, opposes or neutral).
        config: names the judge and its thresholds.
        limit: use only so many rows.
        offline: never ask the hub.
        progress: told how far the work is.

    Returns:
        Shares in [0, 1]. `coverage` is the share not left unclear; `accuracy`, `macro_f1` and
        `per_class` count an unclear answer as wrong; `accuracy_of_clear` leaves it out; `polarity`
        looks at rows that are not neutral, and at which of the two stances is likelier.

    Raises:
        InputError: a row lacks a field or has another label.
    """
    rows = list(islice(_gold_rows(gold), limit))
    judge = build_judge(config, offline)
    judge.load()
    progress.begin("judge", len(rows))
    scores = []
    for start in range(0, len(rows), PAIRS_AT_A_TIME):
        block = rows[start : start + PAIRS_AT_A_TIME]
        scores += judge.judge([Pair(row["text"], row["actor"], row["target"]) for row in block])
        progress.advance(len(block))
    minima = config.stance.minimum_probability, config.stance.minimum_agreement
    expected = [row["label"] for row in rows]
    given = [stance_label(score, *minima) for score in scores]
    polar = [
        (s.supports > s.opposes) == (e == "supports")
        for s, e in zip(scores, expected, strict=True)
        if e != "neutral"
    ]
    majority = Counter(expected).most_common(1)[0][0]
    return {
        "rows": len(rows),
        "judge": judge.identity().name,
        **classification_scores(expected, given),
        "polarity": _share(polar),
        "majority": classification_scores(expected, [majority] * len(rows)),
    }


def classification_scores(expected: Sequence[str], given: Sequence[str]) -> dict[str, Any]:
    """Accuracy, macro-F1 and the scores of each label.

    Args:
        expected: gold labels.
        given: labels, aligned with them; one may be `unclear`, which is never right.
    """
    pairs = list(zip(expected, given, strict=True))
    per_class = {}
    for label in LABELS:
        right = sum(e == g == label for e, g in pairs)
        precision, recall = _ratio(right, given.count(label)), _ratio(right, expected.count(label))
        f1 = _ratio(2 * right, given.count(label) + expected.count(label))
        per_class[label] = {"precision": precision, "recall": recall, "f1": f1, "rows": expected.count(label)}
    clear = [e == g for e, g in pairs if g != "unclear"]
    return {
        "accuracy": _share([e == g for e, g in pairs]),
        "macro_f1": round(sum(scores["f1"] for scores in per_class.values()) / len(LABELS), 4),
        "coverage": _ratio(len(clear), len(pairs)),
        "accuracy_of_clear": _share(clear),
        "per_class": per_class,
    }


def evaluate_translation(
    source: Path, reference: Path, language: str, config: RunConfig, offline: bool, progress: Progress
) -> dict[str, Any]:
    """BLEU and chrF of the config's translator for a language, with sacrebleu's signatures.

    Each line of an article's text is one segment, put together again from its sentences.

    Args:
        source: JSON Lines of articles, or plain text with one segment a line.
        reference: the same in the pivot language, paired by `story` in JSON Lines, else by line.
        language: of the source.
        config: names the translator.
        offline: never ask the hub.
        progress: told how far the work is.

    Raises:
        InputError: the two do not have the same segments, or no model translates the language.
    """
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    code = normalise_language(language)
    translator = build_translator(config, code, offline) if code else None
    if translator is None or code is None:
        cure = "Give another --language, or a model as translation.models"
        raise InputError(f"--language {language}", "no model translates it to the pivot", cure)
    segments, references = _paired_segments(source, reference)
    progress.begin("translate", len(segments))
    articles = [Article(str(n), code, segment) for n, segment in enumerate(segments)]
    hypotheses = []
    for article in translate(articles, translator):
        if isinstance(article, Rejection):
            raise InputError(str(source), f"line {article.article_id}: {article.reason}", "Mend the line")
        hypotheses.append(" ".join(sentence.pivot for sentence in article.sentences))
        progress.advance(1)
    scores = {}
    for name, metric in (("bleu", BLEU()), ("chrf", CHRF())):
        score = metric.corpus_score(hypotheses, [references]).score
        scores[name] = {"score": round(score, 2), "signature": str(metric.get_signature())}
    return {"segments": len(segments), "model": translator.identity().name, **scores}


def _gold_rows(gold: Path) -> Any:
    for row in LinesReader([str(gold)]).rows():
        values = getattr(row, "values", None)
        if not isinstance(values, dict) or any(not isinstance(values.get(f), str) for f in GOLD_FIELDS):
            raise InputError(row.place, f"not a row with {', '.join(GOLD_FIELDS)}", "Mend or remove it")
        if values["label"] not in LABELS:
            raise InputError(row.place, f"unknown label '{values['label']}'", f"Known: {', '.join(LABELS)}")
        yield values


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
            raise InputError(str(reference), cause, "Give one line a segment in both")
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


def _ratio(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _share(values: Sequence[bool]) -> float:
    return _ratio(sum(values), len(values))
