"""What a load or an export tells while it works: one event per step, each a count of something out of a total.

Listeners are plain functions. They are called from whichever thread does the work, one call at a time, and shouldn't
take long; what they raise stops the task.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TextIO, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Any event: so much is done, of so much in all.

    Attributes:
        step: what is being done, one word or two.
        unit: what is counted.
        done: how many so far.
        total: how many there will be; `None` where nobody knows yet.
    """

    step: ClassVar[str] = "working"
    unit: ClassVar[str] = "rows"
    done: int
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChecked(Progress):
    """The whole source was read and found sound; nothing was sent yet. Counts rows; `parts` jobs will carry them."""

    step: ClassVar[str] = "checked"
    parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderNotChecked(Progress):
    """The object can't be described, so Salesforce alone judges the header; `reason` says why. Counts columns."""

    step: ClassVar[str] = "header not checked,"
    unit: ClassVar[str] = "columns"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSending(Progress):
    """Bytes of a part are on their way to job `job_id`. Counts bytes of all parts."""

    step: ClassVar[str] = "sending"
    unit: ClassVar[str] = "bytes"
    part: int
    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSent(Progress):
    """A part is with Salesforce and its job is closed for processing. Counts rows sent so far."""

    step: ClassVar[str] = "sent"
    part: int
    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPolled(Progress):
    """A job was asked for its state. Counts records processed so far, of all jobs."""

    step: ClassVar[str] = "processing"
    part: int
    job_id: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsJoined(Progress):
    """A job's results are joined to the rows it was sent. Counts rows whose outcome is known."""

    step: ClassVar[str] = "joined"
    part: int
    job_id: str
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsSaved(Progress):
    """A request of sObject Collections was answered. Counts rows whose outcome is known."""

    step: ClassVar[str] = "saved"
    part: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingAgain(Progress):
    """Rows that failed by locks or timeouts will be sent for the `attempt`-th time after `delay_s`. Counts them."""

    step: ClassVar[str] = "sending again"
    attempt: int
    delay_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFetched(Progress):
    """A page of a query's result has arrived whole. Counts records."""

    step: ClassVar[str] = "fetched"
    unit: ClassVar[str] = "records"
    page: int
    job_id: str


Listener: TypeAlias = Callable[[Progress], object]


class Telling:
    """Calls a listener, if there is one, one call at a time.

    Args:
        progress: the listener; `True` for lines on standard error, `None` or `False` for silence.
        title: what the lines begin with.
    """

    def __init__(self, progress: bool | Listener | None, title: str) -> None:
        self._lock = threading.Lock()
        self._listener: Listener | None
        if progress is True:
            self._listener = Lines(title, sys.stderr)
        else:
            self._listener = progress or None

    def __bool__(self) -> bool:
        return self._listener is not None

    def __call__(self, event: Progress) -> None:
        if self._listener is not None:
            with self._lock:
                self._listener(event)


class Lines:
    """Writes events as plain lines, leaving out those that say nothing new.

    Args:
        title: what each line begins with.
        stream: where they go.
    """

    def __init__(self, title: str, stream: TextIO) -> None:
        self._title = title
        self._stream = stream
        self._last = ""

    def __call__(self, event: Progress) -> None:
        of = f" of {event.total:,}" if event.total is not None else ""
        line = f"{self._title}: {event.step} {event.done:,}{of} {event.unit}"
        if line != self._last:
            self._last = line
            print(line, file=self._stream, flush=True)
