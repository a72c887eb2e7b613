"""polystance check: what a config would do."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Config, Offline, Overrides, Verbose, set_up
from pipelines.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.config import RunConfig
    from pipelines.job.plan import Plan

SHOWN = 4  # lines of each kind, so that all is on one screen; --verbose shows all
OUTLETS_SHOWN = 8
CANDIDATES_SHOWN = 3  # for each actor and language


def check(
    config: Config,
    overrides: Overrides = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Time the engines on some of the articles, too.")
    ] = False,
    offline: Offline = False,
    verbose: Verbose = False,
) -> None:
    """Validate a config and show what its articles hold and what would go wrong; loads no model.

    With --estimate it runs them on a sample of the articles, and shows the hours and the memory of all.
    """
    set_up(offline, verbose)
    from pipelines.config import load_config

    settings = load_config(config, overrides or [])
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from cli.models import size_on_disk
    from cli.progress import ProgressBar
    from cli.show import wide_console
    from pipelines.config.yaml_text import dump_yaml
    from pipelines.job.plan import make_plan
    from pipelines.read.unread import left_out_remarks

    with ProgressBar() as progress:
        plan = make_plan(settings, progress, offline=offline)
    actors = [actor.name for actor in settings.actors]
    table = Table("language", "articles", *actors, "engine", "model", "size", box=SIMPLE_HEAD, pad_edge=False)
    for row in plan.languages:
        hits = [str(plan.survey.actors[row.language, actor]) for actor in actors]
        described = (row.model.name, size_on_disk(row.model)) if row.model else ("", "")
        table.add_row(row.language, str(row.articles), *hits, row.engine, *described)
    table.add_section()
    blank = [""] * len(actors)
    table.add_row("stance", "", *blank, plan.stance.engine, plan.stance.name, size_on_disk(plan.stance))
    console = wide_console()
    if verbose:
        console.print(dump_yaml(settings.model_dump(mode="json")), highlight=False, markup=False)
    console.print(table)
    shown = chain(left_out_remarks(settings.articles), _counts(plan))
    for line in chain(shown, _warnings(settings, plan, None if verbose else SHOWN)):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if estimate and plan.usage:
        raise ConfigError("--estimate", "it would pay for answers, and forget them", "Leave it out")
    if estimate:
        from cli.cost import show_estimate

        show_estimate(settings, plan.survey.characters, offline=offline)


def _counts(plan: Plan) -> Iterator[str]:
    """What is there, a line each."""
    survey = plan.survey
    yield f"outlets: {_listed(dict(survey.outlets.most_common()), OUTLETS_SHOWN)}"
    known = sorted(date for date in survey.dates if date not in plan.notes.dates)
    undated = sum(survey.languages.values()) - len(known)
    dates = f"{known[0][:10]} to {known[-1][:10]}" if known else "none"
    yield f"dates: {dates}; {undated} articles without one that is understood"
    if plan.notes.encodings:
        yield f"encodings: {_listed(plan.notes.encodings, OUTLETS_SHOWN)}"
    articles = sum(survey.languages.values())
    yield f"copies: {plan.copies} of {articles} articles carry the text of another one (compare.duplicates)"
    if (most := max(survey.looked_at.values())) < max(survey.languages.values()):
        yield f"names and targets: looked for in the first {most} articles of each language"
    for role, usage in plan.usage.items():
        tokens = f"{usage.prompt_tokens:,} tokens read, {usage.completion_tokens:,} written"
        cost = f", costs {usage.cost:,.2f}" if usage.cost else ""
        work = f"about {usage.requests:,} requests, {tokens}{cost}"
        yield f"{role} at a server: {work}; less if some are remembered"
    for target in survey.config.targets:
        hits = {language: survey.targets[language, target.name] for language in survey.languages}
        yield f"articles that name '{target.name}' in the source: {_listed(hits, OUTLETS_SHOWN)}"


def _warnings(settings: RunConfig, plan: Plan, shown: int | None) -> Iterator[str]:
    """What would go wrong, or may be missing, a line each; at most `shown` of each kind."""
    from pipelines.compare.remarks import cluster_remarks
    from pipelines.read.notes import causes, rejection_remarks

    for row in plan.languages:
        if row.gap:
            gap = f"gap: nothing translates '{row.language}'; its {row.articles} articles would be rejected."
            near = f" Nearest with a model: {', '.join(row.nearest)}." if row.nearest else ""
            yield f"{gap}{near} Give one as translation.models.{row.language}"
    if settings.stance.judge == "polystance" and settings.pivot.partition("-")[0] != "en":
        reads = f"pivot: the judge polystance reads English only, not '{settings.pivot}'"
        yield f"{reads}. Set pivot: en, or another engine"
    yield from plan.notes.remarks()
    yield from rejection_remarks(plan.survey.languages, plan.notes.rejected)
    if plan.rejections:
        yield f"rejected: {len(plan.rejections)}: {_listed(dict(causes(plan.rejections)), shown or 1000)}"
    if shown is None:
        yield from (f"rejected: {rejection.article_id}: {rejection.reason}" for rejection in plan.rejections)
    yield from _some("shared alias", plan.shared_aliases, shown)
    yield from _some("name", plan.survey.zeros(), shown)
    yield from _some("target", plan.survey.unnamed_targets(), shown)
    yield from _some("group", _small_groups(settings, plan), shown)
    yield from cluster_remarks(plan.survey.clusters(), settings.compare.cluster)
    least = CANDIDATES_SHOWN if shown else 20
    for kind, candidates in (
        ("candidates for aliases", plan.survey.candidates()),
        ("candidates for epithets", plan.survey.epithets()),
    ):
        lines = (
            f"near '{actor}' in '{language}': {_listed(dict(often), least)}"
            for language, actor, often in candidates
        )
        yield from _some(kind, lines, shown)
    yield from _some("candidates for translation.glossary", _renderings(settings), shown)


def _renderings(settings: RunConfig) -> Iterator[str]:
    """Words that the translations of the config's finished run render in several ways."""
    from pathlib import Path

    from pipelines.job.proposals import glossary_proposals

    for language, rendering in glossary_proposals(settings, Path("outputs") / settings.name):
        ways = ", ".join(f"{word} {count}" for word, count in rendering.renderings.items())
        yield f"'{rendering.word}' in '{language}', {rendering.sentences} sentences: {ways}"


def _small_groups(settings: RunConfig, plan: Plan) -> Iterator[str]:
    """References that are absent, and groups under the minimum."""
    import pandas as pd

    from pipelines.compare.groups import grouping
    from pipelines.compare.remarks import reference_remarks

    articles = pd.DataFrame(plan.survey.rows)
    for by in settings.compare.by:
        for part in by.split(" x "):
            if part not in articles and part in settings.articles.columns:
                articles[part] = None
        groups = grouping(articles, by)
        sizes = dict(
            zip(groups.names, map(int, pd.Series(groups.codes).value_counts().sort_index()), strict=True)
        )
        yield from reference_remarks(
            {by: sizes}, settings.compare.reference, settings.compare.minimum_articles
        )
        small = [name for name, size in sizes.items() if size < settings.compare.minimum_articles]
        if small:
            least = settings.compare.minimum_articles
            shown = ", ".join(small[:OUTLETS_SHOWN]) + (" ..." if len(small) > OUTLETS_SHOWN else "")
            yield f"{len(small)} of {len(sizes)} groups by {by} have fewer than {least} articles: {shown}"


def _some(kind: str, lines: Iterable[str], shown: int | None) -> Iterator[str]:
    """The first lines, and how many there are more."""
    every = list(lines)
    yield from (f"{kind}: {line}" for line in islice(every, shown))
    if shown is not None and len(every) > shown:
        yield f"{kind}: and {len(every) - shown} more (--verbose)"


def _listed(counts: Mapping[str, int], shown: int) -> str:
    text = ", ".join(f"{name} {count}" for name, count in islice(counts.items(), shown))
    return f"{text} and {len(counts) - shown} more" if len(counts) > shown else text or "none"
