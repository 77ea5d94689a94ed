"""The org's time, in three kinds, and the ticks that move its jobs.

`real` is the machine's time and jobs work on their own; `auto` and `manual` stand still until `advance` is called.
Under `auto` each poll of a job is a tick, under `manual` only `tick` is one. Time is in seconds since 1970, UTC,
whole milliseconds.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

ClockKind = Literal["real", "auto", "manual"]
CLOCK_KINDS: tuple[ClockKind, ...] = get_args(ClockKind)


def stored(seconds: float) -> str:
    """A moment as the database holds it: `2026-03-01T10:00:00.000Z`, to the second, as Salesforce keeps moments [E]."""
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def on_the_wire(stored_moment: str) -> str:
    """A stored moment as REST answers it: `2026-03-01T10:00:00.000+0000`."""
    return stored_moment[:-1] + "+0000"


class Clock:
    """The time of one org."""

    def __init__(self, kind: ClockKind = "auto", *, start_s: float | None = None) -> None:
        """Start a clock.

        Args:
            kind: which of the three.
            start_s: where `auto` and `manual` stand at first; now, unless given.

        Raises:
            ValueError: there is no such kind.
        """
        if kind not in CLOCK_KINDS:
            message = f"a clock is {', '.join(CLOCK_KINDS[:-1])} or {CLOCK_KINDS[-1]}, not {kind!r}"
            raise ValueError(message)
        self.kind: ClockKind = kind
        self._start_s = start_s
        self._offset_s = 0.0
        self._stands_at_s = time.time() if start_s is None else start_s
        self._on_tick: list[Callable[[], None]] = []
        self._alarms: dict[Callable[[], object], float] = {}
        self._alarms_lock = threading.Lock()

    def now(self) -> float:
        """Seconds since 1970."""
        base = time.time() if self.kind == "real" else self._stands_at_s
        return round(base + self._offset_s, 3)

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return round(self.now() * 1000)

    def stored_now(self) -> str:
        """Now, as the database holds it."""
        return stored(self.now())

    def advance(self, seconds: float) -> None:
        """Move time forward; under `real`, the org from then on runs that much ahead of the machine."""
        if seconds < 0:
            message = f"a clock only moves forward, not by {seconds} s"
            raise ValueError(message)
        with self._alarms_lock:
            self._offset_s += seconds
        self._ring()

    @contextmanager
    def alarm(self, moment_s: float, ring: Callable[[], object]) -> Generator[None, None, None]:
        """Inside, `ring` is called once, when a moment is reached: at once, or by `advance` from whatever thread."""
        with self._alarms_lock:
            self._alarms[ring] = moment_s
        self._ring()
        try:
            yield
        finally:
            with self._alarms_lock:
                self._alarms.pop(ring, None)

    def _ring(self) -> None:
        with self._alarms_lock:
            now_s = self.now()
            due = [ring for ring, moment_s in self._alarms.items() if moment_s <= now_s]
            for ring in due:
                del self._alarms[ring]
        for ring in due:
            ring()

    def on_tick(self, move: Callable[[], None]) -> None:
        """Call `move` at every tick."""
        self._on_tick.append(move)

    def tick(self, times: int = 1) -> None:
        """Move what works in steps, such as bulk jobs."""
        for _ in range(times):
            for move in tuple(self._on_tick):
                move()

    def reset(self) -> None:
        """Go back to the start (`real`: to the machine's time) and forget who listens."""
        self._offset_s = 0.0
        self._stands_at_s = time.time() if self._start_s is None else self._start_s
        self._on_tick.clear()
