"""`Journal`: a line per request on a stream, for people or machines to read as it happens.

It names no secrets: neither headers, queries nor bodies are in it (`/__mock/requests` has them, masked). It is written
by a thread of its own, so that nobody's slow reading slows an answer; what a reader who stops reading would get beyond
`MAX_WAITING` lines is counted and dropped.
"""

from __future__ import annotations

import json
import queue
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TextIO, get_args

if TYPE_CHECKING:
    from collections.abc import Callable

JournalForm = Literal["text", "json"]
JOURNAL_FORMS: tuple[JournalForm, ...] = get_args(JournalForm)
MAX_WAITING = 10_000
CLOSE_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Line:
    """One request and its answer; `status` is None where the connection ended without one."""

    at: str
    client: str | None
    org: str | None
    method: str
    path: str
    operation: str | None
    status: int | None
    error_code: str | None
    fault: str | None
    response_bytes: int
    milliseconds: float


def now() -> str:
    """The machine's time, to the millisecond, whatever the orgs' clocks say."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_json(line: Line) -> str:
    """As one JSON object; what is None is left out."""
    return json.dumps({name: value for name, value in asdict(line).items() if value is not None})


def as_text(line: Line) -> str:
    """As a line that people read."""
    path = "".join(each if each.isprintable() else "?" for each in line.path)
    named = (line.operation, line.error_code, f"fault={line.fault}" if line.fault else None)
    rest = " ".join(each for each in named if each)
    status = line.status if line.status is not None else "---"
    return f"{line.at} {line.org or '-'} {line.method} {path} {status} {line.milliseconds:.1f}ms {rest}".rstrip()


class Journal:
    """Lines on their way to a stream. Starts writing when made; `close` writes what is left."""

    def __init__(self, stream: TextIO, form: JournalForm) -> None:
        self._stream = stream
        self._shown: Callable[[Line], str] = as_json if form == "json" else as_text
        self._waiting: queue.Queue[Line | None] = queue.Queue(MAX_WAITING)
        self._thread = threading.Thread(target=self._write, name="specforce-mock-journal", daemon=True)
        self._thread.start()
        self.dropped = 0

    def note(self, line: Line) -> None:
        """Write a line soon, or drop it where too many wait."""
        try:
            self._waiting.put_nowait(line)
        except queue.Full:
            self.dropped += 1

    def close(self) -> None:
        """Write what waits, unless the reader doesn't read."""
        try:
            self._waiting.put(None, timeout=CLOSE_TIMEOUT_S)
        except queue.Full:
            return
        self._thread.join(CLOSE_TIMEOUT_S)

    def _write(self) -> None:
        while (line := self._waiting.get()) is not None:
            try:
                self._stream.write(f"{self._shown(line)}\n")
                self._stream.flush()
            except (OSError, ValueError):  # nobody reads any more, or the stream was closed
                return
