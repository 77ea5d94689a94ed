"""Runs of reports in the background: `org.part(ReportRuns)`.

    New → Running → Success | Error

Under the `auto` clock each look at a run, or at the list of them, moves it one state on; under `manual` a tick does.
Under `real` a run is over when it is next looked at. A result is of the moment at which its run ended, and is kept for
a day [E]. Source: specs/reference/rest.md section 12.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from specforce_mockserver.calls import ApiError
from specforce_mockserver.clock import on_the_wire, stored
from specforce_mockserver.ids import to_18
from specforce_mockserver.reports.filters import bad
from specforce_mockserver.reports.library import unavailable
from specforce_mockserver.reports.runs import run

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from specforce_mockserver.reports.definition import Definition
    from specforce_mockserver.reports.runs import Caller

Json = Any
Status = Literal["New", "Running", "Success", "Error"]
KEY_PREFIX: Final = "0LG"
KEPT_S: Final = 86_400.0
MAX_LISTED: Final = 2000
_EMPTY: Final = ("factMap", "groupingsAcross", "groupingsDown", "reportExtendedMetadata", "reportMetadata")


@dataclass(slots=True)
class ReportRun:
    """One run."""

    id: str
    report_id: str
    definition: Definition
    details: bool
    caller: Caller
    requested_s: float
    status: Status = "New"
    completed_s: float | None = None
    result: Json = None
    moving: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ended(self) -> bool:
        """Whether nothing happens to it any more."""
        return self.status in {"Success", "Error"}

    def listed(self, reports_path: str) -> Json:
        """It in short, as the list has it."""
        url = f"{reports_path}/{self.report_id}/instances/{self.id}"
        return {**self._state(), "url": None if self.status == "Error" else url}

    def shown(self) -> Json:
        """It with its result, once it has one."""
        name = self.definition.metadata["name"]
        own = {**self._state(), "reportId": self.report_id, "reportName": name, "type": "ReportInstance"}
        own.pop("hasDetailRows")
        if self.result is None:
            return {
                "attributes": own,
                "allData": False,
                "hasDetailRows": self.details,
                **dict.fromkeys(_EMPTY),
            }
        return {"attributes": own, **self.result}

    def _state(self) -> Json:
        completed = self.completed_s
        return {
            "completionDate": None if completed is None else on_the_wire(stored(completed)),
            "hasDetailRows": self.details,
            "id": self.id,
            "ownerId": self.caller.user_id,
            "queryable": False,
            "requestDate": on_the_wire(stored(self.requested_s)),
            "status": self.status,
        }


class ReportRuns:
    """The runs of one org.

    Args:
        org: whose they are.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._runs: dict[str, ReportRun] = {}
        self._lock = threading.Lock()
        org.clock.on_tick(self.tick)

    def start(self, definition: Definition, caller: Caller, *, details: bool) -> ReportRun:
        """Start a run of a saved report."""
        metadata = definition.metadata
        new = ReportRun(
            self._org.counters.new_id(KEY_PREFIX), metadata["id"], definition, details, caller, self._org.clock.now()
        )
        with self._lock:
            self._runs[new.id] = new
        return new

    def look(self, report_id: str, text: str) -> ReportRun:
        """A run of a report, which this look may move on.

        Raises:
            ApiError: 404, there is none.
        """
        found = self._find(report_id, text)
        self._moved_by_look(found)
        return found

    def look_at_all(self, report_id: str) -> list[ReportRun]:
        """The runs of a report, latest first, which this look may move on."""
        self._forget_old()
        with self._lock:
            found = [each for each in reversed(self._runs.values()) if each.report_id == report_id][:MAX_LISTED]
        for each in found:
            self._moved_by_look(each)
        return found

    def delete(self, report_id: str, text: str) -> None:
        """Delete a run that is over.

        Raises:
            ApiError: there is none, or it isn't over.
        """
        found = self._find(report_id, text)
        if not found.ended:
            raise bad("You can delete a report run only when its status is Success or Error.")
        with self._lock:
            self._runs.pop(found.id, None)

    def forget(self, report_id: str) -> None:
        """Delete all runs of a report, which was changed or deleted."""
        with self._lock:
            for each in [each for each in self._runs.values() if each.report_id == report_id]:
                del self._runs[each.id]

    def tick(self) -> None:
        """A tick of the manual clock."""
        if self._org.clock.kind == "manual":
            with self._lock:
                runs = list(self._runs.values())
            for each in runs:
                self._move(each)

    def _find(self, report_id: str, text: str) -> ReportRun:
        self._forget_old()
        found = self._runs.get(to_18(text) or "")
        if found is None or found.report_id != report_id:
            raise unavailable()
        return found

    def _moved_by_look(self, found: ReportRun) -> None:
        kind = self._org.clock.kind
        if kind == "real":
            while not found.ended:
                self._move(found)
        elif kind == "auto":
            self._move(found)

    def _move(self, each: ReportRun) -> None:
        """One state on."""
        with each.moving:
            if each.status == "New":
                each.status = "Running"
            elif each.status == "Running":
                self._finish(each)

    def _finish(self, each: ReportRun) -> None:
        status: Status = "Success"
        try:
            each.result = run(self._org, each.definition, each.caller, details=each.details)
        except ApiError:
            status = "Error"
        each.completed_s = self._org.clock.now()
        each.status = status

    def _forget_old(self) -> None:
        now = self._org.clock.now()
        with self._lock:
            for each in list(self._runs.values()):
                if each.completed_s is not None and now - each.completed_s > KEPT_S:
                    del self._runs[each.id]
