"""Where partitions are: in memory, or made one after the other; blocks of them are worked on by a thread a core."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from arrears.allocate.problem import Partition

T = TypeVar("T")
Tell = Callable[[str, int, int], None]
BLOCK_CUSTOMERS_MIN, BLOCK_CUSTOMERS_MAX = 1 << 12, 1 << 17


class Chunks:
    """A `Sweep` over chunks, each loaded when it is its turn, so that only a few are held at a time."""

    def __init__(self, loaders: Sequence[Callable[[], Partition]], *, threads: int = 0, progress: Tell | None = None) -> None:
        """`threads` 0: one a core that this process may use. `progress` gets what is done, and chunks done of all."""
        self._loaders = loaders
        self._threads = threads or len(os.sched_getaffinity(0))
        self._tell = progress or (lambda *_: None)

    def __call__(self, task: Callable[[Partition], T], what: str) -> Iterator[T]:
        """The task's answers in the chunks' order. An interrupt is seen between chunks."""
        pool = ThreadPoolExecutor(self._threads)
        waiting: deque[Future[T]] = deque()
        done = 0
        try:
            for load in self._loaders:
                waiting.append(pool.submit(_run, load, task))
                if len(waiting) > 2 * self._threads:
                    done += 1
                    self._tell(what, done, len(self._loaders))
                    yield waiting.popleft().result()
            while waiting:
                done += 1
                self._tell(what, done, len(self._loaders))
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _run(load: Callable[[], Partition], task: Callable[[Partition], T]) -> T:
    return task(load())


def in_memory(partitions: Sequence[Partition], *, threads: int = 0, progress: Tell | None = None, block: int = 0) -> Chunks:
    """A `Sweep` over partitions in memory, cut into blocks of `block` customers (0: as fits) for the threads to share."""
    threads = threads or len(os.sched_getaffinity(0))
    everyone = sum(partition.customers for partition in partitions)
    block = block or min(max(everyone // (4 * threads), BLOCK_CUSTOMERS_MIN), BLOCK_CUSTOMERS_MAX)
    loaders = [
        partial(partition.rows, low, min(low + block, partition.customers))
        for partition in partitions
        for low in range(0, max(partition.customers, 1), block)
    ]
    return Chunks(loaders, threads=threads, progress=progress)
