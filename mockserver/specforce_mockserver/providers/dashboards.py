"""Dashboards: listed, described, with their data, refreshed, copied, changed, deleted.

Source: specs/reference/rest_resources.md section 12.
"""

from __future__ import annotations

from typing import Any, Final

from specforce_mockserver.calls import Answer, Call, empty
from specforce_mockserver.dashboards.library import MAX_FILTERS, shown
from specforce_mockserver.dashboards.refreshes import Choice, DashboardData
from specforce_mockserver.ids import to_18
from specforce_mockserver.records.lookup import rows_by_id
from specforce_mockserver.registry import provides
from specforce_mockserver.reports.filters import bad
from specforce_mockserver.reports.quotas import count

Json = Any
RESULTS: Final = "HourlyDashboardResults"
REFRESHES: Final = "HourlyDashboardRefreshes"


def _base(call: Call) -> str:
    return f"{call.data_path}/analytics/dashboards"


def _found(call: Call) -> Json:
    return call.org.dashboards.find(call.params["dashboard_id"])


@provides("listDashboards", writes=True)
def list_dashboards(call: Call) -> Answer:
    """The dashboards that were used last."""
    listed = [
        {
            "id": each["id"],
            "name": each["name"],
            "statusUrl": f"{_base(call)}/{each['id']}/status",
            "url": f"{_base(call)}/{each['id']}",
        }
        for each in call.org.dashboards.used()
    ]
    return Answer(listed)


@provides("describeDashboard", writes=True)
def describe_dashboard(call: Call) -> Answer:
    """What a dashboard is made of."""
    return Answer(shown(_found(call), _base(call)))


@provides("cloneDashboard", writes=True)
def clone_dashboard(call: Call) -> Answer:
    """Copy a dashboard."""
    return Answer(shown(call.org.dashboards.copy(call.params["cloneId"], call.body), _base(call)))


@provides("updateDashboard", writes=True)
def update_dashboard(call: Call) -> Answer:
    """Save another name, description or folder."""
    return Answer(shown(call.org.dashboards.change(call.params["dashboard_id"], call.body), _base(call)))


@provides("deleteDashboard", writes=True)
def delete_dashboard(call: Call) -> Answer:
    """Delete a dashboard."""
    call.org.part(DashboardData).forget(call.org.dashboards.delete(call.params["dashboard_id"]))
    return empty()


@provides("getDashboardResults", blocking=True)
def get_dashboard_results(call: Call) -> Answer:
    """All components with the data of the last refresh."""
    return _results(call, None)


@provides("getDashboardComponents", blocking=True)
def get_dashboard_components(call: Call) -> Answer:
    """Some components with the data of the last refresh."""
    return _results(call, call.body["componentIds"])


@provides("refreshDashboard", blocking=True)
def refresh_dashboard(call: Call) -> Answer:
    """Start to refresh a dashboard."""
    choice = _choice(call)
    count(call.org, REFRESHES)
    call.org.part(DashboardData).refresh(choice)
    return Answer({"statusUrl": f"{_base(call)}/{choice.dashboard_id}/status"})


@provides("getDashboardStatus", blocking=True)
def get_dashboard_status(call: Call) -> Answer:
    """Which components are being refreshed."""
    return Answer({"componentStatus": call.org.part(DashboardData).status(_choice(call))})


def _results(call: Call, wanted: list[str] | None) -> Answer:
    choice = _choice(call)
    count(call.org, RESULTS)
    call.org.dashboards.use(choice.dashboard_id)
    components = call.org.part(DashboardData).results(choice)
    if wanted is not None:
        ids = {to_18(each) for each in wanted}
        unknown = ids - {each.id for each in components}
        if unknown:
            raise bad("A component is either invalid or deleted. Try again with valid components.")
        components = [each for each in components if each.id in ids]
    metadata = shown(_found(call), _base(call))
    return Answer({"componentData": [each.shown() for each in components], "dashboardMetadata": metadata})


def _choice(call: Call) -> Choice:
    """How the dashboard is looked at.

    Raises:
        ApiError: 400, a user that it can't be run as.
    """
    dashboard = _found(call)
    options = tuple(
        None if (text := call.params.get(f"filter{number}")) is None else to_18(text) or text
        for number in range(1, MAX_FILTERS + 1)
    )
    user_id: str = dashboard["runningUser"]["id"]
    if (wanted := call.params.get("runningUser")) is not None:
        given = to_18(wanted) or ""
        known = rows_by_id(call.org.database.reader(), call.org.schema["User"], (given,), ("IsActive",))
        if given != user_id and (not dashboard["canChangeRunningUser"] or given not in known):
            raise bad(f"The dashboard can't be run as the user {wanted}.")
        user_id = given
    return Choice(dashboard["id"], options, user_id, call.api_version)
