"""Work in blocks, so that one bad record costs itself and not its block."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pipelines.errors import PolystanceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")


def blocks(items: Iterable[Item], size: Callable[[Item], int], most: int) -> Iterator[list[Item]]:
    """Runs of items whose sizes add up to `most` or just above it, in order."""
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
    """The result of `work` for each item, or the error that this item alone raises.

    Raises:
        PolystanceError: from `work`; it concerns the run and not one item.
    """
    try:
        return list(work(items))
    except PolystanceError:
        raise
    except Exception as error:
        if len(items) == 1:
            return [error]
        return [result for item in items for result in guarded([item], work)]
