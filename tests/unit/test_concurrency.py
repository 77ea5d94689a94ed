"""The twins: the same names in both halves, order kept, bounds kept, nothing left running."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from specforce import _aio, _threads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

pytestmark = pytest.mark.anyio


def test_the_twins_have_the_same_public_names() -> None:
    shared = {
        "Clock",
        "Eventual",
        "Home",
        "Lock",
        "SingleFlight",
        "blocking",
        "call",
        "closing",
        "ordered_map",
        "overlapped_map",
        "pieces",
        "prefetch",
        "run",
        "to_the_end",
        "unordered_map",
    }

    for twin in (_aio, _threads):
        own = {name for name, value in vars(twin).items() if getattr(value, "__module__", "") == twin.__name__}
        assert {name for name in own if not name.startswith("_")} <= shared | {"R", "T"}
        assert not [name for name in shared if not hasattr(twin, name)]


def test_ordered_map_keeps_order_and_bound_in_threads() -> None:
    running: list[int] = []
    most: list[int] = []
    lock = threading.Lock()
    gate = threading.Barrier(3)

    def work(number: int) -> int:
        with lock:
            running.append(number)
            most.append(len(running))
        with suppress(threading.BrokenBarrierError):
            gate.wait(0.5)
        with lock:
            running.remove(number)
        return number * 2

    assert list(_threads.ordered_map(work, range(9), 3)) == [number * 2 for number in range(9)]
    assert max(most) == 3


async def test_ordered_map_keeps_order_and_bound_in_tasks() -> None:
    running = most = 0

    async def numbers() -> AsyncIterator[int]:
        for number in range(9):
            yield number

    async def work(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(10 - number):
            await asyncio.sleep(0)
        running -= 1
        return number * 2

    assert [result async for result in _aio.ordered_map(work, numbers(), 3)] == [number * 2 for number in range(9)]
    assert most == 3


def test_unordered_map_yields_what_is_done_first_in_threads() -> None:
    late = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            assert late.wait(10)
        return number

    found = _threads.unordered_map(work, range(5), 2)
    first = [next(found) for _ in range(3)]
    late.set()

    assert sorted(first + list(found)) == [0, 1, 2, 3, 4]
    assert first == [1, 2, 3]


async def test_unordered_map_yields_what_is_done_first_in_tasks() -> None:
    late = asyncio.Event()

    async def work(number: int) -> int:
        if number == 0:
            await late.wait()
        return number

    found = _aio.unordered_map(work, range(5), 2)
    first = [await anext(found) for _ in range(3)]
    late.set()

    assert sorted(first + [number async for number in found]) == [0, 1, 2, 3, 4]
    assert first == [1, 2, 3]


def test_an_unordered_map_takes_items_only_as_places_are_free_in_threads() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(10):
            taken.append(number)
            yield number

    results = _threads.unordered_map(lambda number: number, items(), 2)
    assert next(results) in (0, 1)
    assert len(taken) == 2
    results.close()


@pytest.mark.parametrize("limit", [1, 3])
def test_what_is_done_fast_is_done_one_by_one_in_threads(limit: int) -> None:
    calls: list[str] = []

    def call(name: str, number: int) -> int:
        calls.append(f"{name} {number}")
        return number

    found = _threads.overlapped_map(
        lambda number: call("direct", number), lambda number: call("beside", number), range(4), limit, 30
    )

    assert list(found) == [0, 1, 2, 3]
    assert calls == ["direct 0", "direct 1", "direct 2", "direct 3"]


def test_what_takes_long_is_overtaken_in_threads() -> None:
    late = threading.Event()

    def direct(number: int) -> str:
        assert late.wait(10)
        return f"direct {number}"

    def beside(number: int) -> str:
        if number == 2:
            late.set()
        return f"beside {number}"

    found = list(_threads.overlapped_map(direct, beside, range(6), 3, 0))

    assert found[:3] == ["direct 0", "beside 1", "beside 2"]
    assert [text.split()[1] for text in found] == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize("limit", [1, 3])
async def test_what_is_done_fast_is_done_one_by_one_in_tasks(limit: int) -> None:
    calls: list[str] = []

    async def direct(number: int) -> int:
        calls.append(f"direct {number}")
        return number

    async def beside(number: int) -> int:
        calls.append(f"beside {number}")
        return number

    assert [n async for n in _aio.overlapped_map(direct, beside, range(4), limit, 30)] == [0, 1, 2, 3]
    assert calls == ["direct 0", "direct 1", "direct 2", "direct 3"]


async def test_what_takes_long_is_overtaken_in_tasks() -> None:
    late = asyncio.Event()

    async def direct(number: int) -> str:
        await late.wait()
        return f"direct {number}"

    async def beside(number: int) -> str:
        if number == 2:
            late.set()
        return f"beside {number}"

    found = [text async for text in _aio.overlapped_map(direct, beside, range(6), 3, 0)]

    assert found[:3] == ["direct 0", "beside 1", "beside 2"]
    assert [text.split()[1] for text in found] == ["0", "1", "2", "3", "4", "5"]


async def test_the_first_error_ends_an_overlapped_map_in_either_half() -> None:
    async def fail(number: int) -> int:
        return 1 // number

    with pytest.raises(ZeroDivisionError):
        _ = [result async for result in _aio.overlapped_map(fail, fail, [1, 0, 1], 3, 0)]
    with pytest.raises(ZeroDivisionError):
        list(_threads.overlapped_map(lambda n: 1 // n, lambda n: 1 // n, [1, 0, 1], 3, 0))


def test_the_first_error_ends_an_unordered_map_in_threads() -> None:
    abandoned: list[bool] = []

    with pytest.raises(ZeroDivisionError):
        list(_threads.unordered_map(lambda number: 1 // number, [1, 0, 1], 2, abandon=lambda: abandoned.append(True)))

    assert abandoned == [True]


async def test_the_first_error_ends_an_unordered_map_and_cancels_the_rest_in_tasks() -> None:
    cancelled: list[int] = []

    async def work(number: int) -> int:
        if not number:
            return 1 // number
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(number)
        return number

    with pytest.raises(ZeroDivisionError):
        _ = [result async for result in _aio.unordered_map(work, [1, 2, 0], 3)]

    assert sorted(cancelled) == [1, 2]


def test_ordered_map_takes_items_only_as_places_are_free_in_threads() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(10):
            taken.append(number)
            yield number

    results = _threads.ordered_map(lambda number: number, items(), 2)
    assert next(results) == 0
    assert len(taken) == 2
    results.close()


async def test_ordered_map_takes_items_only_as_places_are_free_in_tasks() -> None:
    taken: list[int] = []

    async def items() -> AsyncIterator[int]:
        for number in range(10):
            taken.append(number)
            yield number

    async def same(number: int) -> int:
        return number

    results = _aio.ordered_map(same, items(), 2)
    assert await anext(results) == 0
    assert len(taken) == 2
    await results.aclose()


async def test_ordered_map_takes_blocking_items_off_the_loop() -> None:
    seen: list[threading.Thread] = []

    def items() -> Iterator[int]:
        seen.append(threading.current_thread())
        yield 1

    async def same(number: int) -> int:
        return number

    assert [result async for result in _aio.ordered_map(same, items(), 2)] == [1]
    assert seen != [threading.main_thread()]


def test_the_first_error_ends_ordered_map_in_threads() -> None:
    def work(number: int) -> int:
        return 1 // number

    with pytest.raises(ZeroDivisionError):
        list(_threads.ordered_map(work, [1, 0, 1], 2))


async def test_the_first_error_ends_ordered_map_and_cancels_the_rest_in_tasks() -> None:
    cancelled: list[int] = []

    async def work(number: int) -> int:
        if number:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.append(number)
        raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        [result async for result in _aio.ordered_map(work, [0, 1, 2], 3)]

    assert 1 in cancelled
    assert not [task for task in asyncio.all_tasks() if task.get_coro().__name__ == "work"]  # type: ignore[union-attr]


def test_prefetch_passes_errors_on_after_the_items_before_them_in_threads() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    items = _threads.prefetch(source())
    assert next(items) == 1
    with pytest.raises(ValueError, match="broken"):
        next(items)


async def test_prefetch_passes_errors_on_after_the_items_before_them_in_tasks() -> None:
    async def source() -> AsyncIterator[int]:
        yield 1
        raise ValueError("broken")

    items = _aio.prefetch(source())
    assert await anext(items) == 1
    with pytest.raises(ValueError, match="broken"):
        await anext(items)


async def test_closing_prefetch_stops_the_fetch_and_closes_the_source() -> None:
    closed: list[int] = []

    async def source() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            closed.append(1)

    items = _aio.prefetch(source())
    await anext(items)
    await items.aclose()

    assert closed == [1]


async def test_who_is_cancelled_waits_for_the_thread_that_works_for_them() -> None:
    started, gate = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        gate.wait(5)

    running = asyncio.create_task(_aio.run(work))
    await asyncio.to_thread(started.wait, 5)
    running.cancel()
    for _ in range(3):
        await asyncio.sleep(0)

    assert not running.done()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_pieces_that_are_cancelled_while_one_is_read_close_their_source() -> None:
    started, gate = threading.Event(), threading.Event()
    closed: list[int] = []

    def source() -> Iterator[bytes]:
        try:
            started.set()
            gate.wait(5)
            yield b"piece"
        finally:
            closed.append(1)

    async def use() -> None:
        async for _ in _aio.pieces(source):
            pass

    reading = asyncio.create_task(use())
    await asyncio.to_thread(started.wait, 5)
    reading.cancel()
    await asyncio.sleep(0)
    gate.set()

    with pytest.raises(asyncio.CancelledError):
        await reading
    assert closed == [1]


async def test_a_cancelled_waiter_does_not_end_the_flight_of_others() -> None:
    flight: _aio.SingleFlight[int] = _aio.SingleFlight()
    gate = asyncio.Event()
    calls: list[int] = []

    async def work() -> int:
        calls.append(1)
        await gate.wait()
        return 7

    first, second = (asyncio.create_task(flight.do(work)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    gate.set()

    assert await second == 7
    assert calls == [1]


def test_a_flight_in_threads_is_shared_with_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    joined = threading.Event()

    class Watched(Future[int]):
        def result(self, timeout: float | None = None) -> int:
            joined.set()
            return super().result(timeout)

    monkeypatch.setattr(_threads, "Future", Watched)
    flight: _threads.SingleFlight[int] = _threads.SingleFlight()
    started, gate = threading.Event(), threading.Event()
    outcomes: list[BaseException | None] = []
    calls: list[int] = []

    def work() -> int:
        calls.append(1)
        started.set()
        gate.wait(5)
        raise ValueError("refused")

    def join() -> None:
        try:
            flight.do(work)
        except ValueError as error:
            outcomes.append(error)

    leader = threading.Thread(target=join)
    leader.start()
    started.wait(5)
    follower = threading.Thread(target=join)
    follower.start()
    assert joined.wait(5)
    gate.set()
    leader.join()
    follower.join()

    assert [str(error) for error in outcomes] == ["refused", "refused"]
    assert calls == [1]
    with pytest.raises(ValueError, match="refused"):
        flight.do(work)
    assert len(calls) == 2
