"""Concurrency for the sync half: the twin of `_aio.py`, by threads. No event loop runs here.

Threads work in a copy of their caller's context, as tasks do: who traces calls sees them under the right parent.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from inspect import iscoroutinefunction
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from specforce_api.runtime.errors import InputError

T = TypeVar("T")
R = TypeVar("R")
_END: Any = object()

Eventual: TypeAlias = Annotated[T, "at once"]
"""What a function of either half returns before it is awaited: nothing to await in this half."""

Lock = threading.Lock
closing = contextlib.closing


class Clock:
    """Time as a session sees it; a test injects its own, so that no test sleeps."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        time.sleep(seconds)


class Home:
    """What connections and locks belong to: nothing, threads share them."""

    def enter(self) -> None:
        """Any thread may."""


def run(fn: Callable[..., T], /, *args: object, abandon: Callable[[], object] | None = None) -> T:  # noqa: ARG001
    """Call `fn(*args)`: blocking is fine here, and nobody but `fn` is there to cancel it."""
    return fn(*args)


def blocking(source: Iterator[T]) -> Iterator[T]:
    """The items for another thread; here any thread may take them."""
    return source


def to_the_end(fn: Callable[[], T]) -> T:
    """Call `fn()`, which puts something in order that was interrupted."""
    return fn()


def call(fn: Callable[[], object]) -> object:
    """Call a user's function.

    Raises:
        InputError: it is a coroutine function, which takes the async client.
    """
    if iscoroutinefunction(fn):
        raise InputError(f"{fn!r} is a coroutine function: pass it to AsyncSalesforce, or pass a plain function here")
    return fn()


def pieces(source: Callable[[], Iterator[bytes]]) -> Generator[bytes, None, None]:
    """Iterate over the pieces of a body."""
    iterator = source()
    try:
        yield from iterator
    finally:
        close = getattr(iterator, "close", None)
        if close is not None:
            close()


def prefetch(source: Iterator[T]) -> Generator[T, None, None]:
    """Yield the items of `source`, fetching one ahead in a thread while the caller works on the last.

    Exactly one item is in flight. Closing the generator waits for that fetch and closes the source.
    """

    def advance() -> T:
        return next(source, _END)

    with ThreadPoolExecutor(1, "specforce-prefetch") as pool:
        ahead = pool.submit(copy_context().run, advance)
        try:
            while (item := ahead.result()) is not _END:
                ahead = pool.submit(copy_context().run, advance)
                yield item
        finally:
            ahead.cancel()
            pool.shutdown(wait=True)
            if isinstance(source, Generator):
                source.close()


def ordered_map(
    fn: Callable[[T], R], items: Iterable[T], limit: int, *, abandon: Callable[[], object] | None = None
) -> Generator[R, None, None]:
    """Call `fn` on each item, at most `limit` at a time, and yield the results in the items' order.

    An item is taken from `items` only when a place is free. The first error ends it; what runs is waited for, after
    `abandon` was called, which may make it end sooner.
    """
    if limit == 1:
        yield from map(fn, items)
        return
    running: deque[Future[R]] = deque()
    with _threads(limit, running, abandon) as pool:
        for item in items:
            running.append(pool.submit(copy_context().run, fn, item))
            if len(running) >= limit:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def overlapped_map(
    direct: Callable[[T], R],
    beside: Callable[[T], R],
    items: Iterable[T],
    limit: int,
    patience_s: float,
    *,
    abandon: Callable[[], object] | None = None,
) -> Generator[R, None, None]:
    """Call `direct` on an item while nothing else is under way, and yield the results in the items' order.

    Where that takes longer than `patience_s` seconds, `beside` is called on the items after it, until `limit` calls are
    under way; so what is done fast enough is done one by one. Errors as in `ordered_map`.
    """
    if limit == 1:
        yield from map(direct, items)
        return
    running: deque[Future[R]] = deque()
    source = iter(items)
    more = True
    with _threads(limit, running, abandon) as pool:
        while more or running:
            if more and not running:
                more = _begin(pool, direct, source, running)
                wait(running, timeout=patience_s)
            while more and len(running) < limit and not running[0].done():
                more = _begin(pool, beside, source, running)
            if running:
                yield running.popleft().result()


def _begin(pool: ThreadPoolExecutor, fn: Callable[[T], R], source: Iterator[T], running: deque[Future[R]]) -> bool:
    """Call `fn` on the next item, if there is one."""
    item = next(source, _END)
    if item is not _END:
        running.append(pool.submit(copy_context().run, fn, item))
    return item is not _END


def unordered_map(
    fn: Callable[[T], R], items: Iterable[T], limit: int, *, abandon: Callable[[], object] | None = None
) -> Generator[R, None, None]:
    """As `ordered_map`, but yield each result as soon as it is there."""
    if limit == 1:
        yield from map(fn, items)
        return
    running: set[Future[R]] = set()
    with _threads(limit, running, abandon) as pool:
        for item in items:
            running.add(pool.submit(copy_context().run, fn, item))
            if len(running) >= limit:
                yield _first(running)
        while running:
            yield _first(running)


@contextlib.contextmanager
def _threads(
    limit: int, running: Collection[Future[R]], abandon: Callable[[], object] | None
) -> Generator[ThreadPoolExecutor, None, None]:
    """Threads, waited for at the end; what they have not begun is dropped. An error is told to `abandon` before."""
    with ThreadPoolExecutor(limit, "specforce-map") as pool:
        try:
            yield pool
        except BaseException:
            if abandon is not None:
                abandon()
            raise
        finally:
            for future in running:
                future.cancel()


def _first(running: set[Future[R]]) -> R:
    """The outcome of the work that is done first; it is taken out of the set."""
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    future = done.pop()
    running.discard(future)
    return future.result()


class SingleFlight(Generic[T]):
    """Work that many threads may want at once and only one may do: the others wait and get the same outcome.

    A forked process waits for no thread of its parent.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._flight: Future[T] | None = None

    def do(self, fn: Callable[[], T]) -> T:
        """Join the work that is under way, or do it."""
        if self._process != os.getpid():
            self._begin()
        with self._lock:
            under_way = self._flight
            flight = under_way or Future[T]()
            self._flight = flight
        if under_way is not None:
            return under_way.result()
        try:
            result = fn()
        except BaseException as error:
            self._land()
            flight.set_exception(error)
            raise
        self._land()
        flight.set_result(result)
        return result

    def settle(self) -> None:
        """Wait until nothing is under way."""
        if self._process != os.getpid():
            self._begin()
        with self._lock:
            flight = self._flight
        if flight is not None:
            flight.exception()

    def _land(self) -> None:
        with self._lock:
            self._flight = None
