"""polystance check: what a config would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.options import Config, Offline, Overrides, Verbose, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.job.plan import Plan

REJECTIONS_SHOWN = 10  # rejected articles listed, so that the models above stay on one screen


def check(
    config: Config, overrides: Overrides = None, offline: Offline = False, verbose: Verbose = False
) -> None:
    """Validate a config and list its languages, models, sizes, licences and gaps; loads no model."""
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
    from pipelines.read.files import left_out_remarks

    with ProgressBar() as progress:
        plan = make_plan(settings, progress, offline=offline)
    table = Table(
        "language", "articles", "engine", "model", "size", "licence", box=SIMPLE_HEAD, pad_edge=False
    )
    for row in plan.languages:
        model = row.model
        described = (model.name, size_on_disk(model), model.licence) if model else ("", "", "")
        table.add_row(row.language, str(row.articles), row.engine, *described)
    stance = plan.stance
    table.add_section()
    table.add_row("stance", "", stance.engine, stance.name, size_on_disk(stance), stance.licence)
    console = wide_console()
    console.print(dump_yaml(settings.model_dump(mode="json")), highlight=False, markup=False)
    console.print(table)
    for line in (*left_out_remarks(settings.articles), *_remarks(plan)):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _remarks(plan: Plan) -> Iterator[str]:
    """What the user should know before the run, a line each."""
    for row in plan.languages:
        if row.gap:
            gap = f"gap: nothing translates '{row.language}'; its {row.articles} articles would be rejected."
            near = f" Nearest with a model: {', '.join(row.nearest)}." if row.nearest else ""
            yield f"{gap}{near} Give one as translation.models.{row.language}"
    articles = sum(row.articles for row in plan.languages)
    yield f"copies: {plan.copies} of {articles} articles carry the text of another one (compare.duplicates)"
    for line in plan.shared_aliases:
        yield f"shared alias: {line}"
    for rejection in plan.rejections[:REJECTIONS_SHOWN]:
        yield f"rejected: {rejection.article_id}: {rejection.reason}"
    if len(plan.rejections) > REJECTIONS_SHOWN:
        yield f"and {len(plan.rejections) - REJECTIONS_SHOWN} more rejected"
