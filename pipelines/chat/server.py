"""Many questions to a server at once, whose answers are kept as they come."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

from pipelines.chat.faults import StoppedError
from pipelines.chat.reply import AnswerError
from pipelines.chat.sender import Sender

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable
    from concurrent.futures import Future

Item = TypeVar("Item", bound="Hashable")
Result = TypeVar("Result")
GATHERING = 0.02
"""Seconds that an answer waits for others to be kept with it: a write takes a millisecond for one or many."""
LAST_WAIT = 2.0
"""Seconds in which a run that is stopped takes answers that are on their way; a command ends within five."""


class ChatServer(Sender):
    """Asks one model of one server, many things at once."""

    def each(
        self,
        items: Collection[Item],
        work: Callable[[Item], Result],
        keep: Callable[[dict[Item, Result]], None],
    ) -> dict[Item, AnswerError]:
        """Work on items at once, and keep the results as they come, so that a kill loses none.

        Args:
            items: distinct.
            work: on one item, in a thread; asks by `answer`.
            keep: gets the results that came since its last call, in this thread.

        Returns:
            Items without a usable answer, and why.

        Raises:
            ModelError: the server refuses all questions.
            ServerError: the server gives no answers; those that came are kept.
        """
        failures: dict[Item, AnswerError] = {}
        self.stop.clear()
        self.answered = time.monotonic()
        pool = ThreadPoolExecutor(min(self.limits.concurrency, max(1, len(items))))
        waiting = {pool.submit(work, item): item for item in items}
        try:
            while waiting:
                wait(waiting, return_when=FIRST_COMPLETED)
                done, _ = wait(waiting, timeout=GATHERING)
                self._take(done, waiting, failures, keep)
        except BaseException:
            self.stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            done, _ = wait([f for f in waiting if not f.cancelled()], timeout=LAST_WAIT)
            keep({waiting[f]: f.result() for f in done if f.exception() is None})
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            self.on_usage(self.drained())
        return failures

    def _take(
        self,
        done: set[Future[Result]],
        waiting: dict[Future[Result], Item],
        failures: dict[Item, AnswerError],
        keep: Callable[[dict[Item, Result]], None],
    ) -> None:
        """Keep what is done and note what failed; raise the first other error."""
        results, errors = {}, []
        for future in done:
            item, error = waiting.pop(future), future.exception()
            if error is None:
                results[item] = future.result()
            elif isinstance(error, AnswerError):
                failures[item] = error
            elif not isinstance(error, StoppedError):
                errors.append(error)
        keep(results)
        self.on_usage(self.drained())
        if errors:
            raise errors[0]
