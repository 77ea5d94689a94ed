"""Concurrency for the async half: threads, ordered maps, read-ahead, one flight at a time.

Its twin `_threads.py` has the same names for the sync half; both are written by hand, everything that uses them is
written once. Async code never blocks the loop: blocking work goes through `run`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
)
from contextlib import aclosing, asynccontextmanager, suppress
from inspect import isawaitable, iscoroutinefunction
from typing import Any, Generic, TypeAlias, TypeVar

from specforce_api.runtime.errors import InputError

T = TypeVar("T")
R = TypeVar("R")
_END: Any = object()

Eventual: TypeAlias = Awaitable[T]
"""What a function of either half returns before it is awaited: nothing to await in the sync half."""

Lock = asyncio.Lock
closing = aclosing


class Clock:
    """Time as a session sees it; a test injects its own, so that no test sleeps."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        await asyncio.sleep(seconds)


class Home:
    """The event loop that connections and locks belong to: the first one that they are used in."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def enter(self) -> None:
        """Note the running loop.

        Raises:
            InputError: it isn't the one that was noted before.
        """
        loop = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            fate = "which has ended" if self._loop.is_closed() else "which still runs"
            raise InputError(
                f"this client was used in another event loop, {fate}: its connections stay there. "
                "Make a client in each loop (inside each asyncio.run), or use Salesforce"
            )


async def run(fn: Callable[..., T], /, *args: object, abandon: Callable[[], object] | None = None) -> T:
    """Call `fn(*args)`, which may block, in a thread.

    A thread can't be stopped: whoever is cancelled meanwhile waits for it, so that nobody takes away what it works on,
    after `abandon` was called, which may make it end sooner.
    """
    work = asyncio.ensure_future(asyncio.to_thread(fn, *args))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        work.add_done_callback(_retrieve)
        if abandon is not None:
            abandon()
        await _ended(work)
        raise


def blocking(source: AsyncIterator[T]) -> Iterator[T]:
    """The items for another thread, which blocks until this loop has fetched each; none can be taken in the loop."""
    loop = asyncio.get_running_loop()
    own = threading.get_ident()

    async def advance() -> T:
        return await anext(source, _END)

    def items() -> Iterator[T]:
        while True:
            if threading.get_ident() == own:
                raise InputError("this blocks the event loop that it waits for: read it in a thread, asyncio.to_thread")
            item = asyncio.run_coroutine_threadsafe(advance(), loop).result()
            if item is _END:
                return
            yield item

    return items()


async def to_the_end(fn: Callable[[], Awaitable[T]]) -> T:
    """Await `fn()`, which puts something in order that was cancelled: to its end, whoever cancels again meanwhile."""
    work = asyncio.ensure_future(fn())
    await _ended(work)
    return work.result()


async def _ended(work: asyncio.Future[Any]) -> None:
    """Wait until work has ended; being cancelled, even again and again as cancel scopes do, doesn't end the wait."""
    while not work.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([work])


async def call(fn: Callable[[], object]) -> object:
    """Call a user's function, which may be a coroutine function or a blocking one."""
    if iscoroutinefunction(fn):
        return await fn()
    result = await asyncio.to_thread(fn)
    return await result if isawaitable(result) else result


async def pieces(source: Callable[[], Iterator[bytes]]) -> AsyncGenerator[bytes, None]:
    """Iterate over blocking pieces, such as a file's, reading each off the loop."""
    iterator = await run(source)
    try:
        while (piece := await run(_next, iterator)) is not _END:
            yield piece
    finally:
        close = getattr(iterator, "close", None)
        if close is not None:
            await run(close)


async def prefetch(source: AsyncIterator[T]) -> AsyncGenerator[T, None]:
    """Yield the items of `source`, fetching one ahead while the caller works on the last.

    Exactly one item is in flight. Closing the generator stops the fetch and closes the source.
    """

    async def advance() -> T:
        return await anext(source, _END)

    ahead = asyncio.create_task(advance())
    try:
        while (item := await ahead) is not _END:
            ahead = asyncio.create_task(advance())
            yield item
    finally:
        ahead.cancel()
        await asyncio.wait([ahead])
        _retrieve(ahead)
        if isinstance(source, AsyncGenerator):
            await source.aclose()


async def ordered_map(
    fn: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    limit: int,
    *,
    abandon: Callable[[], object] | None = None,
) -> AsyncGenerator[R, None]:
    """Call `fn` on each item, at most `limit` at a time, and yield the results in the items' order.

    An item is taken from `items` only when a place is free. The first error ends it; `abandon` is called, and what
    still runs is cancelled.
    """
    running: list[asyncio.Future[R]] = []
    async with _ending(running, abandon), aclosing(_each(items)) as source:
        async for item in source:
            running.append(asyncio.ensure_future(fn(item)))
            if len(running) >= limit:
                yield await running.pop(0)
        while running:
            yield await running.pop(0)


async def overlapped_map(
    direct: Callable[[T], Awaitable[R]],
    beside: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    limit: int,
    patience_s: float,
    *,
    abandon: Callable[[], object] | None = None,
) -> AsyncGenerator[R, None]:
    """Call `direct` on an item while nothing else is under way, and yield the results in the items' order.

    Where that takes longer than `patience_s` seconds, `beside` is called on the items after it, until `limit` calls are
    under way; so what is done fast enough is done one by one. Errors as in `ordered_map`.
    """
    running: list[asyncio.Future[R]] = []
    more = True
    async with _ending(running, abandon), aclosing(_each(items)) as source:
        while more or running:
            if more and not running:
                more = await _begin(direct, source, running)
                if more:
                    await asyncio.wait(running, timeout=patience_s if limit > 1 else None)
            while more and len(running) < limit and not running[0].done():
                more = await _begin(beside, source, running)
            if running:
                yield await running.pop(0)


async def _begin(
    fn: Callable[[T], Awaitable[R]], source: AsyncGenerator[T, None], running: list[asyncio.Future[R]]
) -> bool:
    """Call `fn` on the next item, if there is one."""
    item = await anext(source, _END)
    if item is not _END:
        running.append(asyncio.ensure_future(fn(item)))
    return item is not _END


async def unordered_map(
    fn: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    limit: int,
    *,
    abandon: Callable[[], object] | None = None,
) -> AsyncGenerator[R, None]:
    """As `ordered_map`, but yield each result as soon as it is there."""
    running: set[asyncio.Future[R]] = set()
    async with _ending(running, abandon), aclosing(_each(items)) as source:
        async for item in source:
            running.add(asyncio.ensure_future(fn(item)))
            if len(running) >= limit:
                yield await _first(running)
        while running:
            yield await _first(running)


@asynccontextmanager
async def _ending(
    running: Collection[asyncio.Future[R]], abandon: Callable[[], object] | None
) -> AsyncGenerator[None, None]:
    """At the end cancel what still runs, and wait for that; an error is told to `abandon` before."""
    try:
        yield
    except BaseException:
        if abandon is not None:
            abandon()
        raise
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _first(running: set[asyncio.Future[R]]) -> R:
    """The outcome of the work that is done first; it is taken out of the set."""
    done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    task = done.pop()
    running.discard(task)
    return task.result()


async def _each(items: Iterable[T] | AsyncIterable[T]) -> AsyncGenerator[T, None]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
        return
    iterator = iter(items)
    while (item := await run(_next, iterator)) is not _END:
        yield item


class SingleFlight(Generic[T]):
    """Work that many may want at once and only one may do: the others wait and get the same outcome.

    The work survives the cancellation of whoever waits for it, so that what it learned isn't lost.
    """

    def __init__(self) -> None:
        self._task: asyncio.Future[T] | None = None

    async def do(self, fn: Callable[[], Awaitable[T]]) -> T:
        """Join the work that is under way, or start it."""
        task = self._task
        if task is None or task.done():
            task = self._task = asyncio.ensure_future(fn())
            task.add_done_callback(_retrieve)
        return await asyncio.shield(task)

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        if self._task is not None and not self._task.done():
            await asyncio.wait([self._task])


def _next(iterator: Iterator[Any]) -> Any:
    """The next item, `_END` after the last: StopIteration can't cross from a thread to a task."""
    return next(iterator, _END)


def _retrieve(task: asyncio.Future[Any]) -> None:
    """Mark the outcome as seen: every waiter may have been cancelled."""
    if not task.cancelled():
        task.exception()
