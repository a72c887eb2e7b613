"""Work in blocks, so that one bad record costs itself and not its block."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pipelines.atomic import FULL
from pipelines.errors import PolystanceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")


def blocks(items: Iterable[Item], size: Callable[[Item], int], most: int) -> Iterator[list[Item]]:
    """Split items into lists whose sizes add up to `most` or just above it, in order.

    Args:
        items: of any type.
        size: of one item, at least 0.
        most: size from which a list is full; the last list may stay below it.
    """
    block: list[Item] = []
    total = 0
    for item in items:
        block.append(item)
        total += size(item)
        if total >= most:
            yield block
            block, total = [], 0
    if block:
        yield block


def guarded(
    items: Sequence[Item], work: Callable[[Sequence[Item]], Sequence[Result]]
) -> list[Result | Exception]:
    """Results of `work`, one for each item: its result, or the error that this item alone raises.

    Args:
        items: n items.
        work: n results for n items, in order; if it fails on all of them, it is called on each alone.

    Raises:
        PolystanceError: from `work`; it concerns the run, not one item.
        OSError: the disk is full, which concerns the run, too.
    """
    try:
        return list(work(items))
    except PolystanceError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        if len(items) == 1:
            return [error]
        return [result for item in items for result in guarded([item], work)]
