"""Runs of reports in the background, over raw HTTP, under every kind of clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.reference import row

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

Json = Any
REPORTS = "/analytics/reports"


def instances_of(raw: RawOrg, name: str = "Accounts by Industry") -> str:
    """The path of a report's runs."""
    url: str = next(each["instancesUrl"] for each in raw.get(REPORTS) if each["name"] == name)
    return url


def start(raw: RawOrg, path: str, **options: Json) -> Json:
    """Start a run."""
    return raw.json("POST", path, json={}, **options)


@row("rest.md#12", "| POST `/analytics/reports/{id}/instances` |")
@row("rest.md#12", "| GET / DELETE `/analytics/reports/{id}/instances/{iid}` |")
@row("rest.md#12", "Instance object: id (`0LG…`)")
@row("rest_resources.md#11", "* A run that isn't over")
def test_a_run_goes_from_new_to_success_look_by_look(raw: RawOrg) -> None:
    path = instances_of(raw)
    new = start(raw, path, params={"includeDetails": "true"})
    raw.create("Account", Name="Acme", Industry="Banking")

    running, success, again = (raw.get(new["url"]) for _ in range(3))

    assert (new["status"], new["completionDate"], new["id"][:3]) == ("New", None, "0LG")
    assert running["attributes"]["status"] == "Running"
    assert (running["factMap"], running["reportMetadata"]) == (None, None)
    own = success["attributes"]
    assert (own["type"], own["status"], own["reportName"]) == ("ReportInstance", "Success", "Accounts by Industry")
    assert own["completionDate"] is not None
    assert success["factMap"]["0!T"]["rows"][0]["dataCells"][0]["label"] == "Acme"
    assert again == success


def test_a_result_stays_as_it_was_when_the_run_ended(raw: RawOrg) -> None:
    new = start(raw, instances_of(raw))
    for _ in range(2):
        raw.get(new["url"])

    raw.create("Account", Name="Later", Industry="Banking")

    assert raw.get(new["url"])["factMap"]["T!T"]["aggregates"][1]["value"] == 0


@row("rest.md#12", "| GET `/analytics/reports/{id}/instances` |")
def test_the_runs_of_a_report_are_listed_latest_first(raw: RawOrg) -> None:
    path = instances_of(raw)
    first, second = start(raw, path), start(raw, path)
    start(raw, instances_of(raw, "All Contacts"))

    listed = raw.get(path)

    assert [(each["id"], each["status"]) for each in listed] == [(second["id"], "Running"), (first["id"], "Running")]
    assert {each["status"] for each in raw.get(path)} == {"Success"}


def test_a_run_takes_its_own_filters(raw: RawOrg) -> None:
    for name in ("Acme", "Bolt"):
        raw.create("Account", Name=name, Industry="Banking")
    only = {"reportMetadata": {"reportFilters": [{"column": "Name", "operator": "equals", "value": "Bolt"}]}}
    new = raw.json("POST", instances_of(raw), json=only)
    raw.get(new["url"])

    done = raw.get(new["url"])

    assert done["factMap"]["T!T"]["aggregates"][1]["value"] == 1
    assert done["reportMetadata"]["reportFilters"] == only["reportMetadata"]["reportFilters"]


@row("rest.md#12", "| GET / DELETE `/analytics/reports/{id}/instances/{iid}` |")
def test_only_a_run_that_is_over_can_be_deleted(raw: RawOrg) -> None:
    new = start(raw, instances_of(raw))

    assert raw.refused("DELETE", new["url"])[0] == 400
    for _ in range(2):
        raw.get(new["url"])
    assert raw.send("DELETE", new["url"]).status_code == 204
    assert raw.refused("GET", new["url"])[0] == 404


@row("rest_resources.md#11", "Saving deletes running background runs.")
def test_saving_a_report_deletes_its_runs(raw: RawOrg) -> None:
    path = instances_of(raw)
    new = start(raw, path)

    raw.json("PATCH", path.removesuffix("/instances"), json={"reportMetadata": {"name": "Other"}})

    assert raw.get(path) == []
    assert raw.refused("GET", new["url"])[0] == 404


def test_a_run_of_another_report_is_not_found(raw: RawOrg) -> None:
    new = start(raw, instances_of(raw))

    assert raw.refused("GET", f"{instances_of(raw, 'All Contacts')}/{new['id']}")[0] == 404


def test_results_are_forgotten_after_a_day(raw: RawOrg) -> None:
    new = start(raw, instances_of(raw))
    for _ in range(2):
        raw.get(new["url"])
    raw.mock("POST", "advance", json={"seconds": 86_401})
    raw.login()

    assert raw.refused("GET", new["url"])[0] == 404


@pytest.mark.parametrize("clocked", ["manual"], indirect=True)
def test_ticks_move_runs_under_the_manual_clock(clocked: RawOrg) -> None:
    new = start(clocked, instances_of(clocked))
    seen = [clocked.get(new["url"])["attributes"]["status"]]
    for _ in range(2):
        clocked.mock("POST", "advance", json={"ticks": 1})
        seen.append(clocked.get(new["url"])["attributes"]["status"])

    assert seen == ["New", "Running", "Success"]


@pytest.mark.parametrize("clocked", ["real"], indirect=True)
def test_a_run_is_over_when_looked_at_under_the_real_clock(clocked: RawOrg) -> None:
    new = start(clocked, instances_of(clocked))

    assert clocked.get(new["url"])["attributes"]["status"] == "Success"
