"""What was done, ready to paste: from the settings and counts of the run."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pipelines.config.yaml_text import parse_yaml
from pipelines.report.findings import validation
from pipelines.report.formats import plain, shown
from pipelines.report.labels import enumeration, language_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from pipelines.compare.tables import Tables
    from pipelines.records import Rejection
    from pipelines.report.labels import Labels

ALIASES = 6
"""Names of an actor that the text gives; config.yaml has all."""
NOT_STATED = {"", "unknown", "other", "none"}


def methods(
    tables: Tables, manifest: Mapping[str, Any], rejections: Sequence[Rejection], scope: str, labels: Labels
) -> list[str]:
    """Paragraphs on articles, translation, passages, judge, comparison, limits, licences and citation.

    Args:
        tables: of the comparison.
        manifest: of the run; parts that it lacks are left out.
        rejections: all of the run.
        scope: the articles in words.
        labels: of the report.
    """
    texts, options, counts = labels["method"], manifest.get("options", {}), manifest["counts"]
    pairs = enumeration(labels, [plain(str(name)) for name in tables.stance["actor"].unique()])
    lines = [texts["question"].format(scope=scope.rstrip("."), pairs=pairs, version=manifest["version"])]
    lines.append(_translation(manifest, options, tables.evidence, labels))
    if options:
        lines += _found(options, counts, labels)
    lines += _judged(tables, manifest, options, labels)
    if options:
        lines.append(_compared(options["compare"], counts, labels))
    by_stage = Counter(rejection.stage for rejection in set(rejections))
    reasons = f" ({', '.join(f'{stage} {n}' for stage, n in sorted(by_stage.items()))})" if by_stage else ""
    lines.append(texts["rejected"].format(rejected=len(set(rejections)), reasons=reasons))
    lines.append(texts[validation(tables)])
    lines.append(texts["limits"].format(pivot=language_name(labels, options.get("pivot", "en"))))
    models = manifest["models"]
    if models:
        named = [f"{_model(m)}: {_licence(m, labels)}" for m in models]
        lines.append(texts["licences"].format(licences="; ".join(dict.fromkeys(named))))
    lines.append(
        texts["cite"].format(version=manifest["version"], fingerprint=manifest.get("fingerprint", "–"))
    )
    return lines


def _translation(
    manifest: Mapping[str, Any], options: Mapping[str, Any], evidence: pd.DataFrame, labels: Labels
) -> str:
    pivot = language_name(labels, options.get("pivot", "en"))
    models = [
        f"{language_name(labels, m.get('language') or '')} {_model(m)}"
        for m in manifest["models"]
        if m["role"] == "translation"
    ]
    foreign = set(evidence["language"].dropna()) - {options.get("pivot", "en")}
    key = "translate" if models else "unknown_translation" if foreign else "no_translation"
    return str(labels["method"][key].format(pivot=pivot, models="; ".join(models)))


def _found(options: Mapping[str, Any], counts: Mapping[str, int], labels: Labels) -> Iterator[str]:
    named = []
    for actor in options["actors"]:
        aliases = dict.fromkeys(name for names in actor["aliases"].values() for name in names)
        more = f" and {len(aliases) - ALIASES} more" if len(aliases) > ALIASES else ""
        named.append(f"{actor['name']} ({', '.join(list(aliases)[:ALIASES]) or actor['name']}{more})")
    targets = [f"{t['name']} (“{t.get('text') or t['name']}”)" for t in options["targets"]]
    yield labels["method"]["find"].format(passages=counts["passages"], aliases=plain("; ".join(named)))
    yield labels["method"]["targets"].format(targets=plain("; ".join(targets)))


def _judged(
    tables: Tables, manifest: Mapping[str, Any], options: Mapping[str, Any], labels: Labels
) -> Iterator[str]:
    texts, stance = labels["method"], options.get("stance", {})
    judges = [model for model in manifest["models"] if model["role"] == "stance"]
    if judges and stance:
        yield texts["judge"].format(
            model=enumeration(labels, [_model(model) for model in judges]),
            judgements=manifest["counts"]["judgements"],
            probability=stance["minimum_probability"],
            agreement=shown(stance["minimum_agreement"], "share"),
        )
        scores = [score for model in judges for score in _accuracy(model["name"], stance.get("calibration"))]
        for score in scores:
            yield texts["accuracy" if "accuracy" in score else "polarity"].format_map(score)
        if not scores:
            yield texts["no_accuracy"]
    rows = [
        f"{r['control']} {shown(r['share'], 'share')}, {r['met']}" for r in tables.controls.to_dict("records")
    ]
    yield texts["controls"].format(controls="; ".join(rows)) if rows else texts["no_controls"]


def _accuracy(model: str, calibration: str | None) -> Iterator[dict[str, str]]:
    """Scores of the untouched half of each gold file that the calibration's card names."""
    from pathlib import Path

    shipped = files("pipelines.judge").joinpath(f"calibrations/{model.replace('/', '--')}.yaml")
    path: Any = Path(calibration) if calibration else shipped
    if not path.is_file():
        return
    card = parse_yaml(path.read_text("utf-8"), str(path)).get("card") or {}
    for entry in card.get("fitted_on", ()):
        scores = entry.get("untouched_half") or {}
        file = plain(str(entry["file"]))
        # Without neutral rows accuracy would count a judge's caution as an error.
        if "neutral" in entry and {"accuracy", "macro_f1"} <= scores.keys():
            accuracy = shown(scores["accuracy"], "share")
            yield {"file": file, "accuracy": accuracy, "macro_f1": f"{scores['macro_f1']:.2f}"}
        elif "neutral" not in entry and "polarity" in scores:
            yield {"file": file, "polarity": shown(scores["polarity"], "share")}


def _compared(compare: Mapping[str, Any], counts: Mapping[str, int], labels: Labels) -> str:
    cluster = compare.get("cluster")
    default = "articles of one story, given or found, if any has others"
    clusters = default if cluster is None else ", ".join(cluster) or "none"
    kept = "counted once" if compare.get("duplicates", "fold") == "fold" else "all counted"
    copies = f"{counts.get('copies', 0)}, {kept}"
    minimum = compare["minimum_articles"]
    return str(labels["method"]["compare"].format(minimum=minimum, clusters=clusters, copies=copies))


def _model(model: Mapping[str, Any]) -> str:
    revision = f" (revision {model['revision']})" if model.get("revision") else ""
    return plain(f"{model['name']}{revision}")


def _licence(model: Mapping[str, Any], labels: Labels) -> str:
    licence = plain(str(model.get("licence") or ""))
    return labels["method"]["licence_unknown"] if licence.lower() in NOT_STATED else licence
