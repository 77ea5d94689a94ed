"""What the org knows of one Bulk API 2.0 job, whatever moves it.

Promises: state and counters change under `changed`, which is notified with every change, so that whoever waits for a
job waits for an event. The files of a job stand in its own directory.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from specforce_mockserver.bulk.states import ENDED

if TYPE_CHECKING:
    from pathlib import Path

    from specforce_mockserver.bulk.behaviour import Behaviour
    from specforce_mockserver.bulk.dialect import Dialect
    from specforce_mockserver.bulk.pages import PageIndex
    from specforce_mockserver.bulk.states import Kind, State
    from specforce_mockserver.soql import CompiledQuery

KEPT_MILESTONES: Final = 100


class Milestone(NamedTuple):
    """How far a job was at a moment."""

    at_s: float
    state: State
    records: int


@dataclass(slots=True, kw_only=True)
class Job:
    """One job, ingest or query.

    Attributes:
        claimed: whether somebody works on the job, or did.
        settled: whether that is over and the job's files are whole.
        forgotten: whether nobody will ask for its files any more.
        failure: why the job fails as a whole, before it shows.
        steps: how many internal batches are done, the last one aside; what a waiting poll watches.
        seen_steps: how many the last poll saw.
        active_ms: milliseconds spent on saving records or on running the query.
        total_ms: milliseconds spent on the job.
        way: the states it has been in, and how far it had got at each step; the last ones, for people to look at.
    """

    kind: Kind
    id: str
    operation: str
    object: str
    api_version: str
    created_by_id: str
    created_s: float
    modified_s: float
    state: State
    dialect: Dialect
    directory: Path
    behaviour: Behaviour
    records_processed: int = 0
    records_failed: int = 0
    error_message: str | None = None
    claimed: bool = False
    settled: bool = False
    forgotten: bool = False
    failure: str | None = None
    steps: int = 0
    seen_steps: int = 0
    active_ms: float = 0.0
    total_ms: float = 0.0
    way: deque[Milestone] = field(default_factory=lambda: deque[Milestone](maxlen=KEPT_MILESTONES), repr=False)
    changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def __post_init__(self) -> None:
        self.note(self.created_s)

    @property
    def ended(self) -> bool:
        """Whether the state is final."""
        return self.state in ENDED

    def wait_settled(self, longest_s: float) -> bool:
        """Wait until the files of an ended job are whole; False when they still aren't."""
        with self.changed:
            return self.changed.wait_for(lambda: self.settled, longest_s)

    def move(self, state: State, now_s: float) -> None:
        """Change the state and tell who waits."""
        with self.changed:
            self.state = state
            self.modified_s = now_s
            self.note(now_s)
            self.changed.notify_all()

    def note(self, now_s: float) -> None:
        """Remember how far the job is."""
        self.way.append(Milestone(now_s, self.state, self.records_processed))


@dataclass(slots=True, kw_only=True)
class IngestJob(Job):
    """A job that loads records.

    Attributes:
        upload: the data; None before the one upload.
    """

    external_id_field: str | None = None
    assignment_rule_id: str | None = None
    upload: Path | None = None


@dataclass(slots=True, kw_only=True)
class QueryJob(Job):
    """A job that queries records.

    Attributes:
        query: the compiled SOQL.
        results: where the result file's pages begin; None before it is written.
    """

    query: CompiledQuery
    chunkable: bool = False
    results: PageIndex | None = None
