"""Work in blocks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.atomic import FULL
from pipelines.blocks import blocks, guarded
from pipelines.errors import ModelError


def test_a_block_ends_with_the_item_that_fills_it() -> None:
    assert list(blocks(["aa", "b", "ccc", "d", ""], len, 3)) == [["aa", "b"], ["ccc"], ["d", ""]]


def test_nothing_gives_no_block() -> None:
    assert list(blocks([], len, 3)) == []


@settings(deadline=None)
@given(st.lists(st.integers(0, 9)), st.integers(1, 20))
def test_blocks_hold_every_item_in_order_and_only_the_last_is_not_full(items: list[int], most: int) -> None:
    found = list(blocks(items, int, most))
    assert [item for block in found for item in block] == items
    assert all(sum(block) >= most for block in found[:-1])
    assert all(sum(block[:-1]) < most for block in found)


def inverses(numbers: Sequence[int]) -> list[float]:
    return [1 / number for number in numbers]


def test_a_bad_item_costs_itself_and_not_its_block() -> None:
    one, error, half = guarded([1, 0, 2], inverses)
    assert (one, half) == (1.0, 0.5)
    assert isinstance(error, ZeroDivisionError)


def test_items_that_only_fail_together_are_done_one_by_one() -> None:
    def at_most_one(items: Sequence[int]) -> list[int]:
        if len(items) > 1:
            raise MemoryError
        return list(items)

    assert guarded([1, 2, 3], at_most_one) == [1, 2, 3]


def test_an_error_of_the_run_stops_the_run() -> None:
    def without_model(items: Sequence[int]) -> list[int]:
        raise ModelError("translation", "no model", "Give one")

    with pytest.raises(ModelError):
        guarded([1, 2], without_model)


def test_nothing_is_done_for_nothing() -> None:
    assert guarded([], inverses) == []


@pytest.mark.parametrize("number", FULL)
def test_a_full_disk_is_no_fault_of_an_item(number: int) -> None:
    def work(items: Sequence[int]) -> list[int]:
        raise OSError(number, "no room")

    with pytest.raises(OSError, match="no room"):
        guarded([1, 2], work)
