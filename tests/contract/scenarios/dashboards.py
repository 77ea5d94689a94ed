"""Scenarios of dashboards."""

from __future__ import annotations

from typing import Any

from tests.contract.scenarios.reports import summary
from tests.contract.stage import Scene, Stage, scenario

Json = Any


def dashboard(stage: Stage, report_id: str | None = None) -> tuple[str, str]:
    """A dashboard over a summary of two accounts; its id and that of its component."""
    asked = {"name": "Revenue", "components": [report_id or summary(stage)]}
    dashboard_id: str = stage.request("POST", "/__mock/dashboards", json=asked).json()["id"]
    described = stage.request("GET", f"/analytics/dashboards/{dashboard_id}/describe").json()
    return dashboard_id, described["components"][0]["id"]


def _data(found: Json) -> bool:
    (component,) = found
    total = component["reportResult"]["factMap"]["T!T"]["aggregates"]
    return (component["status"]["dataStatus"], total[0]["value"]) == ("DATA", 1010)


@scenario("listDashboards")
def list_dashboards(stage: Stage) -> Scene:
    dashboard_id, _ = dashboard(stage)
    return Scene({}, lambda found: (found[0]["id"], found[0]["name"]) == (dashboard_id, "Revenue"))


@scenario("cloneDashboard")
def clone_dashboard(stage: Stage) -> Scene:
    dashboard_id, _ = dashboard(stage)
    made = {"name": "Revenue", "id": lambda it: it != dashboard_id, "folderId": "00lxx000000G00AAAS"}
    return Scene({"cloneId": dashboard_id}, made, body={"folderId": "00lxx000000G00AAAS"})


@scenario("getDashboardResults")
def get_dashboard_results(stage: Stage) -> Scene:
    dashboard_id, _ = dashboard(stage)
    return Scene({"dashboard_id": dashboard_id}, {"componentData": _data, "dashboardMetadata": {"name": "Revenue"}})


@scenario("getDashboardComponents")
def get_dashboard_components(stage: Stage) -> Scene:
    dashboard_id, component_id = dashboard(stage)
    return Scene({"dashboard_id": dashboard_id}, {"componentData": _data}, body={"componentIds": [component_id]})


@scenario("refreshDashboard")
def refresh_dashboard(stage: Stage) -> Scene:
    dashboard_id, _ = dashboard(stage)
    return Scene({"dashboard_id": dashboard_id}, {"statusUrl": lambda it: it.endswith(f"{dashboard_id}/status")})


@scenario("getDashboardStatus")
def get_dashboard_status(stage: Stage) -> Scene:
    dashboard_id, component_id = dashboard(stage)
    stage.request("PUT", f"/analytics/dashboards/{dashboard_id}")
    status = {"componentId": component_id, "refreshStatus": "RUNNING"}
    return Scene({"dashboard_id": dashboard_id}, {"componentStatus": [status]})


@scenario("describeDashboard")
def describe_dashboard(stage: Stage) -> Scene:
    dashboard_id, component_id = dashboard(stage)
    components = lambda found: found[0]["id"] == component_id  # noqa: E731 - a test of one value
    return Scene({"dashboard_id": dashboard_id}, {"id": dashboard_id, "components": components})


@scenario("updateDashboard")
def update_dashboard(stage: Stage) -> Scene:
    dashboard_id, _ = dashboard(stage)
    return Scene({"dashboard_id": dashboard_id}, {"id": dashboard_id, "name": "All"}, body={"name": "All"})


@scenario("deleteDashboard")
def delete_dashboard(stage: Stage) -> Scene:
    dashboard_id, _ = dashboard(stage)
    return Scene({"dashboard_id": dashboard_id}, lambda value: value is None, status=204)
