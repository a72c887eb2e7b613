"""What a run is expected to take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.cost import cost_lines, duration
from pipelines.config import load_config
from pipelines.engines.threads import processors
from pipelines.estimate import PartCost, Sample, extrapolated, make_estimate
from tests.samples import copies, write_lines

FakesConfig = Callable[..., Path]
PAUSE = 0.1


def test_the_engines_are_timed_on_a_sample_in_another_process(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    path = fakes_config(translator={"pause": PAUSE})
    write_lines(path.parent / "articles.jsonl", copies(4))
    estimate = make_estimate(load_config(path), {"en": 1_000, "pt": 1_000_000}, offline=True)
    assert estimate.sample == 16
    assert {(cost.stage, cost.language) for cost in estimate.engines} == {
        (stage, language) for stage in ("translate", "find", "judge") for language in ("en", "pt")
    }
    translating = next(c for c in estimate.engines if (c.stage, c.language) == ("translate", "pt"))
    assert translating.seconds > next(c for c in estimate.engines if c.stage == "judge").seconds
    assert estimate.seconds(2) < estimate.seconds(1) < 2 * estimate.seconds(2) + 1e-9
    assert 50e6 < estimate.memory < 5e9
    assert not list(tmp_path.glob("out*"))


def test_time_grows_with_the_characters_of_each_language() -> None:
    parts = [
        PartCost("translate", language, 100, seconds) for language, seconds in (("pt", 1.0), ("ru", 3.0))
    ]
    estimate = extrapolated(Sample(8, tuple(parts), 5.0, 10**9), {"pt": 1_000, "ru": 2_000, "uk": 500}, 1)
    assert {cost.language: cost.seconds for cost in estimate.engines} == pytest.approx(
        {"pt": 10.0, "ru": 60.0, "uk": 10.0}  # ukrainian is not in the sample: 2 s for 100 characters
    )
    assert estimate.seconds(1) == pytest.approx(85.0)
    assert estimate.seconds(10) == pytest.approx(13.0)


def test_equal_parts_are_sure_and_unequal_ones_are_not() -> None:
    def error(*seconds: float) -> float:
        parts = tuple(PartCost("judge", "en", 100, part) for part in seconds)
        return extrapolated(Sample(8, parts, 0.0, 0), {"en": 1_000}, 1).error

    assert error(1.0, 1.0, 1.0) == 0.0
    # standard error of the mean of 1 and 3 is 1, half of the mean; 1.96 of it
    assert error(1.0, 3.0) == pytest.approx(0.98)
    assert error(1.0) == pytest.approx(1.96)


def test_hours_and_memory_are_for_one_worker_and_for_more() -> None:
    parts = tuple(PartCost("judge", "en", 100, 36.0) for _ in range(2))
    estimate = extrapolated(Sample(8, parts, 0.0, 2 * 10**9), {"en": 1_000_000}, processors())
    lines = list(cost_lines(estimate, workers=4))
    assert "on 8 articles" in lines[0]
    assert lines[1].endswith(": 4.2 days, 2.0 GB")
    assert lines[2].endswith(": 25.0 h, 8.0 GB, on 4 machines like this one")
    assert lines[3].startswith("10 workers")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1.0, "1.0 s"), (119.0, "119.0 s"), (180.0, "3.0 min"), (7_200.0, "2.0 h"), (172_800.0, "2.0 days")],
)
def test_a_time_is_shown_in_the_unit_that_fits_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text
