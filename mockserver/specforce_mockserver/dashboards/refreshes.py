"""The data of dashboards' components as they were last refreshed: `org.part(DashboardData)`.

Data are kept per choice of filters and running user, and are made when they are first asked for. A refresh makes all
components RUNNING. Under the `auto` clock each look at the status refreshes the next one, under `manual` a tick does,
under `real` all are refreshed when they are next looked at; until then the old data are answered.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import ApiError
from specforce_mockserver.clock import on_the_wire, stored
from specforce_mockserver.reports.filters import bad
from specforce_mockserver.reports.runs import Caller, attributes, run

if TYPE_CHECKING:
    from specforce_mockserver.org import Org

Json = Any


@dataclass(frozen=True, slots=True)
class Choice:
    """How a dashboard is looked at: which one, the Ids of the chosen options filter by filter, and as whom.

    The API version is that of the request; data don't depend on it.
    """

    dashboard_id: str
    options: tuple[str | None, ...]
    user_id: str
    api_version: str = field(compare=False)

    @property
    def caller(self) -> Caller:
        """Who runs the reports."""
        return Caller(self.user_id, self.api_version)


@dataclass(slots=True)
class Component:
    """One component's data."""

    id: str
    document: Json
    result: Json = None
    error: ApiError | None = None
    refreshed_s: float | None = None
    running: bool = False

    @property
    def status(self) -> Json:
        """Its state, as the status resource tells it."""
        moment = None if self.refreshed_s is None else on_the_wire(stored(self.refreshed_s))
        return {"componentId": self.id, "refreshDate": moment, "refreshStatus": "RUNNING" if self.running else "IDLE"}

    def shown(self) -> Json:
        """Its data and state."""
        status = self.status
        del status["componentId"]
        error = self.error
        status |= {
            "dataStatus": "ERROR" if error is not None else "DATA" if self.result is not None else "NODATA",
            "errorCode": None if error is None else error.code,
            "errorMessage": None if error is None else error.message,
            "errorSeverity": None if error is None else "Error",
        }
        return {"componentId": self.id, "reportResult": self.result, "status": status}


@dataclass(slots=True)
class _Data:
    components: list[Component]
    lock: threading.RLock = field(default_factory=threading.RLock)


class DashboardData:
    """The components' data of one org's dashboards.

    Args:
        org: whose they are.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._data: dict[Choice, _Data] = {}
        self._lock = threading.Lock()
        org.clock.on_tick(self.tick)

    def results(self, choice: Choice) -> list[Component]:
        """The components with their data, in the dashboard's order."""
        data = self._of(choice)
        if self._org.clock.kind == "real":
            self._finish(choice, data)
        return data.components

    def refresh(self, choice: Choice) -> None:
        """Start to refresh every component."""
        data = self._of(choice)
        with data.lock:
            for each in data.components:
                each.running = True

    def status(self, choice: Choice) -> list[Json]:
        """What is being refreshed; a look that may move it on."""
        data = self._of(choice)
        kind = self._org.clock.kind
        if kind == "real":
            self._finish(choice, data)
        with data.lock:
            states = [each.status for each in data.components]
            if kind == "auto":
                self._next(choice, data)
        return states

    def forget(self, dashboard_id: str) -> None:
        """Drop the data of a dashboard."""
        with self._lock:
            for each in [each for each in self._data if each.dashboard_id == dashboard_id]:
                del self._data[each]

    def tick(self) -> None:
        """A tick of the manual clock."""
        if self._org.clock.kind == "manual":
            with self._lock:
                everything = list(self._data.items())
            for choice, data in everything:
                self._next(choice, data)

    def _of(self, choice: Choice) -> _Data:
        """The data of a choice, made where there are none yet.

        Raises:
            ApiError: 400, an option that isn't one of the filter's.
        """
        dashboard = self._org.dashboards.find(choice.dashboard_id)
        _options(dashboard, choice)
        with self._lock:
            data = self._data.get(choice)
            if data is None:
                data = self._data[choice] = _Data([Component(each["id"], each) for each in dashboard["components"]])
        with data.lock:
            for each in data.components:
                if each.refreshed_s is None:
                    self._run(choice, each)
        return data

    def _next(self, choice: Choice, data: _Data) -> None:
        """Refresh the next component that waits for it."""
        with data.lock:
            waiting = next((each for each in data.components if each.running), None)
            if waiting is not None:
                self._run(choice, waiting)

    def _finish(self, choice: Choice, data: _Data) -> None:
        with data.lock:
            for each in data.components:
                if each.running:
                    self._run(choice, each)

    def _run(self, choice: Choice, component: Component) -> None:
        component.result, component.error = None, None
        try:
            component.result = self._report(choice, component.document)
        except ApiError as error:
            component.error = error
        component.refreshed_s = self._org.clock.now()
        component.running = False

    def _report(self, choice: Choice, component: Json) -> Json:
        """What a component's report says under the chosen options."""
        reports = self._org.reports
        dashboard = self._org.dashboards.find(choice.dashboard_id)
        metadata = reports.find(component["reportId"])
        filters = [*metadata["reportFilters"], *_filters(component, _options(dashboard, choice))]
        logic: str | None = metadata["reportBooleanFilter"]
        if logic:
            added = range(len(metadata["reportFilters"]) + 1, len(filters) + 1)
            logic = " AND ".join([f"({logic})", *map(str, added)])
        definition = reports.define(metadata, {"reportFilters": filters, "reportBooleanFilter": logic})
        result = run(self._org, definition, choice.caller, details=False)
        named = {**attributes(metadata, choice.caller), "describeUrl": None, "instancesUrl": None}
        return {"attributes": named, **result}


def _options(dashboard: Json, choice: Choice) -> list[Json]:
    """The chosen option of each filter, None where none was chosen.

    Raises:
        ApiError: 400, there is no such filter or option.
    """
    found: list[Json] = []
    for place, option_id in enumerate(choice.options):
        if option_id is None:
            found.append(None)
            continue
        filters: list[Json] = dashboard["filters"]
        options = {each["id"]: each for each in filters[place]["options"]} if place < len(filters) else {}
        if option_id not in options:
            raise bad(f"The filter{place + 1} option {option_id} isn't valid. Try again with a valid option.")
        found.append(options[option_id])
    return found


def _filters(component: Json, options: list[Json]) -> list[Json]:
    """The report filters that the chosen options mean for a component; it has a column for each filter, or none."""
    columns: list[Json] = component["properties"].get("filterColumns") or []
    filters: list[Json] = []
    for option, column in zip(options, columns, strict=False):
        if option is None or not column or not column.get("name"):
            continue
        name = column["name"]
        if option["operation"] == "between":
            filters.append({"column": name, "operator": "greaterOrEqual", "value": option["startValue"]})
            filters.append({"column": name, "operator": "lessOrEqual", "value": option["endValue"]})
        else:
            filters.append({"column": name, "operator": option["operation"], "value": option["value"]})
    return filters
