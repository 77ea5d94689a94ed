"""The fault plans of one org: put in place, matched, counted, taken away."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from specforce_mockserver.faults.checks import check
from specforce_mockserver.faults.plan import JOB_KINDS, RECORD_KINDS, Fault, fault_from

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from specforce_mockserver.faults.subject import Subject

_NOT_CALLS = JOB_KINDS | RECORD_KINDS


class Faults:
    """The plans of one org, in the order in which they were made; the first that matches a call hits it."""

    def __init__(self) -> None:
        self._plans: list[Fault] = []
        self._lock = threading.Lock()
        self._hung = threading.Condition(self._lock)
        self._made = 0
        self._releases: set[Callable[[], object]] = set()
        self.cleared = 0

    def __len__(self) -> int:
        return len(self._plans)

    def add(self, plan: Fault | Mapping[str, Any]) -> Fault:
        """Put a plan in place.

        Raises:
            ValueError: an unknown kind, member or operation, or a value that a member can't have.
        """
        fault = plan if isinstance(plan, Fault) else fault_from(plan)
        check(fault)
        with self._lock:
            self._made += 1
            fault.id = self._made
            self._plans.append(fault)
        return fault

    def take(self, call: Subject) -> Fault | None:
        """The plan that hits this call, counted as one hit; None when all goes well."""
        with self._lock:
            return next(
                (each for each in self._plans if each.kind not in _NOT_CALLS and call.is_of(each) and each.strikes()),
                None,
            )

    def take_for_job(self, job: Subject) -> list[Fault]:
        """The plans that hit a new job, each counted as one hit."""
        with self._lock:
            return [each for each in self._plans if each.kind in JOB_KINDS and job.is_of(each) and each.strikes()]

    def take_records(
        self, records: Subject, count: int, cell: Callable[[int, str], object]
    ) -> dict[int, tuple[str, str]]:
        """The records of a save that plans refuse, each counted as one hit: their places, with code and message.

        Args:
            records: what they have in common.
            count: how many there are.
            cell: the value of a record's field, by the record's place and the field's name.
        """
        refused: dict[int, tuple[str, str]] = {}
        with self._lock:
            plans = [each for each in self._plans if each.kind in RECORD_KINDS and records.is_of(each)]
            for place in range(count) if plans else ():
                hit = next((each for each in plans if each.picks(partial(cell, place))), None)
                if hit is not None:
                    refused[place] = hit.error()
        return refused

    def remove(self, fault_id: int) -> bool:
        """Take a plan away; whether there was one."""
        with self._lock:
            before = len(self._plans)
            self._plans = [each for each in self._plans if each.id != fault_id]
            return len(self._plans) < before

    def clear(self) -> None:
        """Take all plans away and let go of the calls that wait."""
        with self._lock:
            self._plans.clear()
            self.cleared += 1
            releases = tuple(self._releases)
        for release in releases:
            release()

    def wait_until_hanging(self, timeout_s: float = 10.0) -> bool:
        """Wait until a plan holds up some call; whether one does."""
        with self._hung:
            return self._hung.wait_for(lambda: bool(self._releases), timeout_s)

    @contextmanager
    def hanging(self, release: Callable[[], object]) -> Generator[None, None, None]:
        """While a call waits: `clear` calls `release`, from whatever thread."""
        with self._hung:
            self._releases.add(release)
            self._hung.notify_all()
        try:
            yield
        finally:
            with self._lock:
                self._releases.discard(release)

    def listed(self) -> list[Fault]:
        """The plans, spent ones too."""
        with self._lock:
            return list(self._plans)
