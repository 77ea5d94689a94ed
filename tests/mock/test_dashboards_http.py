"""Dashboards over raw HTTP: their data are those of the last refresh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.calls import ApiError
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg

Json = Any
DASHBOARDS = "/analytics/dashboards"


def overview(raw: RawOrg) -> str:
    """The path of the default org's dashboard."""
    url: str = raw.get(DASHBOARDS)[0]["url"]
    return url


def counts(raw: RawOrg, path: str, **options: Json) -> list[int]:
    """The record counts of a dashboard's components."""
    data = raw.get(path, **options)["componentData"]
    return [each["reportResult"]["factMap"]["T!T"]["aggregates"][1]["value"] for each in data]


def states(raw: RawOrg, path: str) -> list[str]:
    """What is being refreshed."""
    return [each["refreshStatus"] for each in raw.get(f"{path}/status")["componentStatus"]]


@row("rest_resources.md#12", "| GET `/analytics/dashboards` (v31+)")
@row("rest_resources.md#12", "| GET `/analytics/dashboards/{id}` (v31+)")
@row("rest_resources.md#12", "| PUT same |")
@row("rest_resources.md#12", "| GET `…/{id}/status` |")
def test_data_stay_until_the_next_refresh(raw: RawOrg) -> None:
    path = overview(raw)
    before = counts(raw, path)
    raw.create("Account", Name="Acme")
    kept = counts(raw, path)

    started = raw.json("PUT", path)

    assert (before, kept, started["statusUrl"]) == ([0, 0], [0, 0], f"{path}/status")
    assert [states(raw, path) for _ in range(3)] == [["RUNNING", "RUNNING"], ["IDLE", "RUNNING"], ["IDLE", "IDLE"]]
    assert counts(raw, path) == [0, 1]
    status = raw.get(path)["componentData"][0]["status"]
    assert (status["dataStatus"], status["refreshStatus"], status["errorCode"]) == ("DATA", "IDLE", None)


@pytest.mark.parametrize("clocked", ["manual", "real"], indirect=True)
def test_other_clocks_refresh_by_ticks_or_at_once(clocked: RawOrg) -> None:
    path = overview(clocked)
    counts(clocked, path)
    clocked.create("Account", Name="Acme")
    clocked.json("PUT", path)
    if clocked.mock("GET", "health")["clock"] == "manual":
        assert states(clocked, path) == ["RUNNING", "RUNNING"]
        clocked.mock("POST", "advance", json={"ticks": 2})

    assert states(clocked, path) == ["IDLE", "IDLE"]
    assert counts(clocked, path) == [0, 1]


@row("rest_resources.md#12", "Parameters of GET, PUT and status: `runningUser`, `filter1`")
def test_filters_narrow_components_that_have_a_column_for_them(raw: RawOrg, org: Org) -> None:
    report = org.reports.by_name("Accounts_by_Industry")
    assert report is not None
    columns = {"properties": {"filterColumns": [{"name": "Industry"}, None, {"name": "AnnualRevenue"}]}}
    industry = {"name": "Industry", "options": [{"operation": "equals", "value": "Banking"}]}
    revenue = {"name": "Revenue", "options": [{"operation": "between", "startValue": "10", "endValue": "20"}]}
    none = {"name": "None", "options": [{"operation": "equals", "value": "x"}]}
    components = [{"reportId": report["id"], **columns}, {"reportId": report["id"]}]
    made = raw.mock(
        "POST", "dashboards", json={"name": "D", "components": components, "filters": [industry, none, revenue]}
    )
    for name, kind, amount in (("A", "Banking", 10), ("B", "Banking", 21), ("C", "Energy", 15)):
        raw.create("Account", Name=name, Industry=kind, AnnualRevenue=amount)
    path = f"{DASHBOARDS}/{made['id']}"
    options = [each["options"][0]["id"] for each in raw.get(f"{path}/describe")["filters"]]

    assert counts(raw, path) == [3, 3]
    assert counts(raw, path, params={"filter1": options[0]}) == [2, 3]
    assert counts(raw, path, params={"filter2": options[1]}) == [3, 3]
    assert counts(raw, path, params={"filter1": options[0][:15], "filter3": options[2]}) == [1, 3]
    for wrong in ({"filter1": options[2]}, {"filter1": "x"}, {"runningUser": "005000000000000AAA"}):
        assert raw.refused("GET", path, params=wrong)[0] == 400
    assert counts(raw, path, params={"runningUser": org.identity.admin_id}) == [3, 3]


@row("rest_resources.md#12", "| POST same (v36 [E]) |", "those components")
def test_components_can_be_asked_for_one_by_one(raw: RawOrg) -> None:
    path = overview(raw)
    second = raw.get(f"{path}/describe")["components"][1]["id"]

    found = raw.json("POST", path, json={"componentIds": [second[:15]]})

    assert [each["componentId"] for each in found["componentData"]] == [second]
    assert raw.refused("POST", path, json={"componentIds": [second, "01a000000000000AAA"]})[0] == 400


@row("rest_resources.md#12", "`dataStatus`: NODATA DATA ERROR.")
def test_a_component_without_its_report_says_so(raw: RawOrg, org: Org) -> None:
    path = overview(raw)
    report_id = raw.get(f"{path}/describe")["components"][0]["reportId"]
    raw.send("DELETE", f"/analytics/reports/{report_id}")

    first, second = raw.get(path)["componentData"]

    assert (first["reportResult"], first["status"]["dataStatus"]) == (None, "ERROR")
    assert (first["status"]["errorCode"], first["status"]["errorSeverity"]) == ("NOT_FOUND", "Error")
    assert second["status"]["dataStatus"] == "DATA"


@row("rest_resources.md#12", "| POST `/analytics/dashboards?cloneId=` (v37 [E]) |")
@row("rest_resources.md#12", "| PATCH, DELETE same (v37 [E]) |")
@row("rest_resources.md#12", "| GET `…/{id}/describe` |")
def test_a_dashboard_is_copied_changed_and_deleted(raw: RawOrg) -> None:
    path = overview(raw)
    source = raw.get(f"{path}/describe")
    copy = raw.json("POST", DASHBOARDS, params={"cloneId": source["id"]}, json={"folderId": "005000000000001AAA"})
    changed = raw.json("PATCH", f"{DASHBOARDS}/{copy['id']}", json={"name": "Other", "description": None})

    assert (copy["developerName"], copy["folderId"]) == ("Company_Overview1", "005000000000001AAA")
    assert copy["components"][0]["id"] != source["components"][0]["id"]
    assert raw.get(f"{DASHBOARDS}/{copy['id']}/describe") == changed
    assert [each["name"] for each in raw.get(DASHBOARDS)] == ["Other", "Company Overview"]
    assert raw.json("PATCH", path, json={"name": None})["name"] == "Company Overview"
    assert raw.send("DELETE", path).status_code == 204
    for method, where in (("GET", path), ("GET", f"{path}/status"), ("PUT", path), ("DELETE", path)):
        assert raw.refused(method, where)[0] == 404


def test_a_dashboard_that_makes_no_sense_isnt_added(org: Org) -> None:
    with pytest.raises(ApiError, match="unavailable"):
        org.dashboards.add("D", ["00O000000000000AAA"])
    with pytest.raises(ApiError, match="1 to 20 components"):
        org.dashboards.add("D", [])


def test_refreshes_are_counted(raw: RawOrg, org: Org) -> None:
    path = overview(raw)
    org.limits.use("HourlyDashboardRefreshes", 200)

    assert raw.refused("PUT", path)[0] == 403
