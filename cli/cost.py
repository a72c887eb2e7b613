"""What `polystance check --estimate` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table

from cli.progress import ProgressBar
from cli.show import wide_console
from pipelines.engines.threads import processors
from pipelines.estimate import SAMPLE, make_estimate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.config import RunConfig
    from pipelines.estimate import Estimate

SHOWN = 0.001  # of the whole time
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def show_estimate(config: RunConfig, characters: Mapping[str, int], *, offline: bool) -> None:
    """Make the estimate of a run, and print it.

    Args:
        config: of the run.
        characters: of its articles, by language.
        offline: never ask the hub.
    """
    with ProgressBar() as progress:
        progress.wait(f"timing the engines on up to {SAMPLE} articles")
        estimate = make_estimate(config, characters, offline=offline)
    console = wide_console()
    console.print(cost_table(estimate))
    for line in cost_lines(estimate, config.execution.workers):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def cost_table(estimate: Estimate) -> Table:
    """A row for the work of each stage on each language: its speed, and the time that one worker takes.

    Work below SHOWN of the whole is left out, such as that on articles that need no translation.
    """
    least = SHOWN * estimate.seconds(1)
    table = Table("stage", "language", "characters/s", "all articles", box=SIMPLE_HEAD, pad_edge=False)
    for engine in (engine for engine in estimate.engines if engine.seconds >= least):
        table.add_row(engine.stage, engine.language, f"{engine.rate:,.0f}", duration(engine.seconds))
    return table


def cost_lines(estimate: Estimate, workers: int | None) -> Iterator[str]:
    """What one worker and several take, in time and memory.

    Args:
        estimate: of the run.
        workers: of the config; None for one, and as many as this machine has processors for.
    """
    sample = f"timed on {estimate.sample} articles, memories and controls off"
    yield f"estimate: {sample}; give or take {estimate.error:.0%} (95 %)"
    here = processors() // estimate.threads
    for count in sorted({1, workers or max(1, here), 10, 100}):
        where = "" if count <= here else f", on {-(-count // max(1, here))} machines like this one"
        time, memory = duration(estimate.seconds(count)), count * estimate.memory / 1e9
        name = f"{count} worker{'s' * (count > 1)} of {estimate.threads} thread{'s' * (estimate.threads > 1)}"
        yield f"{name}: {time}, {memory:.1f} GB{where}"
    yield "the stages before and after these come on top, by one process"


def duration(seconds: float) -> str:
    """A time in the unit that fits it."""
    for unit, name in ((DAY, "days"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.1f} {name}"
    return f"{seconds:.1f} s"
