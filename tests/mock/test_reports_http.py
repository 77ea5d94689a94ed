"""Reports over raw HTTP: what they are made of, and that their results are true of the records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_mockserver.org import Org
from specforce_mockserver.schema_files import SchemaFileError, schema_of_text
from tests.mock.reference import row

if TYPE_CHECKING:
    from tests.mock.raw_org import RawOrg

Json = Any
REPORTS = "/analytics/reports"
UNAVAILABLE = "The data you\N{RIGHT SINGLE QUOTATION MARK}re trying to access is unavailable."


def grouped(name: str, **more: Json) -> Json:
    """A grouping."""
    return {"name": name, "sortOrder": "Asc", "dateGranularity": "None", "sortAggregate": None, **more}


def query(raw: RawOrg, *, details: bool = True, **metadata: Json) -> Json:
    """The result of a report over accounts that isn't saved."""
    asked = {"name": "Any", "reportType": {"type": "Account"}, "detailColumns": ["Name"], **metadata}
    path = f"{REPORTS}/query" + ("?includeDetails=true" if details else "")
    return raw.json("POST", path, json={"reportMetadata": asked})


def names(result: Json, key: str = "T!T") -> list[str]:
    """The first cells of a group's rows, as labels."""
    return [each["dataCells"][0]["label"] for each in result["factMap"][key]["rows"]]


def accounts(raw: RawOrg) -> None:
    """Four accounts of two industries, and one of none."""
    rows = [
        ("Acme", "Banking", "Hot", 1000, 10),
        ("Bolt", "Banking", "Cold", 250.5, 20),
        ("Cyan", "Energy", "Hot", 500, None),
        ("Dust", "Energy", "Hot", None, 5),
        ("Echo", None, None, 0, 1),
    ]
    for name, industry, rating, revenue, employees in rows:
        values = {"Industry": industry, "Rating": rating, "AnnualRevenue": revenue, "NumberOfEmployees": employees}
        raw.create("Account", Name=name, **values)


@row("rest.md#12", "| GET `/analytics/reports` |")
@row("rest.md#12", "| GET `/analytics/reports/{id}?includeDetails=true`")
@row("rest.md#12", "Run result: attributes, allData, factMap")
@row("rest.md#12", "factMap keys `{down}!{across}`")
def test_a_report_of_the_default_org_shows_the_records_of_the_moment(raw: RawOrg) -> None:
    listed = {each["name"]: each for each in raw.get(REPORTS)}
    report = listed["Accounts by Industry"]
    assert report["instancesUrl"] == report["url"] + "/instances"
    before = raw.get(report["url"])["factMap"]["T!T"]

    record_id = raw.create("Account", Name="Acme", Industry="Banking", AnnualRevenue=1000)
    result = raw.get(report["url"], params={"includeDetails": "true"})

    assert before["aggregates"] == [{"label": "$0", "value": 0}, {"label": "0", "value": 0}]
    assert result["factMap"]["T!T"]["aggregates"] == [{"label": "$1,000", "value": 1000}, {"label": "1", "value": 1}]
    group = {"groupings": [], "key": "0", "label": "Banking", "value": "Banking"}
    assert result["groupingsDown"] == {"groupings": [group]}
    assert result["factMap"]["0!T"]["rows"] == [
        {
            "dataCells": [
                {"label": "Acme", "value": record_id},
                {"label": "Banking", "value": "Banking"},
                {"label": "$1,000", "value": {"amount": 1000, "currency": None}},
            ]
        }
    ]
    assert (result["allData"], result["hasDetailRows"], result["factMap"]["T!T"]["rows"]) == (True, True, [])
    assert result["attributes"]["type"] == "Report"
    assert result["attributes"]["reportId"] == report["id"]


@row("rest.md#12", "reportMetadata fields: aggregates, buckets", "Aggregate ids")
@row("rest.md#12", "| POST `/analytics/reports/query`")
@row("rest_resources.md#11", "* `POST /analytics/reports/query` (v37+)")
def test_summaries_leave_out_what_is_empty(raw: RawOrg) -> None:
    accounts(raw)
    wanted = [
        "s!AnnualRevenue",
        "a!AnnualRevenue",
        "m!NumberOfEmployees",
        "x!NumberOfEmployees",
        "u!Rating",
        "RowCount",
    ]

    result = query(raw, details=False, aggregates=wanted, reportFormat="SUMMARY", groupingsDown=[grouped("Industry")])

    facts = {key: [each["value"] for each in entry["aggregates"]] for key, entry in result["factMap"].items()}
    assert [each["label"] for each in result["groupingsDown"]["groupings"]] == ["-", "Banking", "Energy"]
    assert facts == {
        "T!T": [1750.5, 437.625, 1, 20, 2, 5],
        "0!T": [0, 0, 1, 1, 0, 1],
        "1!T": [1250.5, 625.25, 10, 20, 2, 2],
        "2!T": [500, 500, 5, 5, 1, 2],
    }
    assert "rows" not in result["factMap"]["T!T"]
    labels = {key: each["label"] for key, each in result["reportExtendedMetadata"]["aggregateColumnInfo"].items()}
    assert labels["s!AnnualRevenue"] == "Sum of Annual Revenue"


@pytest.mark.parametrize(
    ("filters", "logic", "found"),
    [
        ([("AnnualRevenue", "greaterThan", "250.5")], None, ["Acme", "Cyan"]),
        ([("AnnualRevenue", "lessOrEqual", "250.5")], None, ["Bolt", "Echo"]),
        ([("Industry", "equals", "Energy,Banking")], None, ["Acme", "Bolt", "Cyan", "Dust"]),
        ([("Industry", "notEqual", "Energy")], None, ["Acme", "Bolt", "Echo"]),
        ([("Industry", "equals", "")], None, ["Echo"]),
        ([("Name", "contains", "us,cH")], None, ["Dust", "Echo"]),
        ([("Name", "notContain", "us,ch")], None, ["Acme", "Bolt", "Cyan"]),
        ([("Name", "startsWith", "a")], None, ["Acme"]),
        ([("Name", "startsWith", "_")], None, []),
        ([("CREATED_DATE", "equals", "TODAY")], None, ["Acme", "Bolt", "Cyan", "Dust", "Echo"]),
        ([("CreatedDate", "lessThan", "2001-01-01")], None, []),
        ([("Owner.Name", "equals", "Admin User"), ("Rating", "equals", "Cold")], None, ["Bolt"]),
        ([("OwnerId", "equals", "Nobody")], None, []),
        ([("Rating", "equals", "Cold"), ("Name", "equals", "Echo")], "1 OR 2", ["Bolt", "Echo"]),
        (
            [("Rating", "equals", "Hot"), ("Industry", "equals", "Energy"), ("Name", "equals", "Echo")],
            "(1 AND NOT 2) or 3",
            ["Acme", "Echo"],
        ),
    ],
)
@row("rest.md#12", "Filter operators: equals notEqual")
def test_filters_choose_records(
    raw: RawOrg, filters: list[tuple[str, str, str]], logic: str | None, found: list[str]
) -> None:
    accounts(raw)
    listed = [dict(zip(("column", "operator", "value"), each, strict=True)) for each in filters]

    result = query(
        raw, reportFilters=listed, reportBooleanFilter=logic, sortBy=[{"sortColumn": "Name", "sortOrder": "Asc"}]
    )

    assert names(result) == found


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"detailColumns": ["FOO"]}, "The column FOO is either invalid or deleted. Try again with a valid column."),
        ({"aggregates": ["s!Name"]}, "The summary s!Name isn't valid."),
        ({"reportFilters": [{"column": "Name", "operator": "within", "value": "1"}]}, "The operator within isn't"),
        ({"reportFilters": [{"column": "AnnualRevenue", "operator": "equals", "value": "x"}]}, "The value x isn't"),
        ({"reportType": {"type": "Nothing"}}, "The report type Nothing is either invalid or deleted."),
        ({"reportFormat": "SUMMARY"}, "A summary report has row groupings"),
        ({"reportFilters": [{"column": "Name", "operator": "equals", "value": "x"}], "reportBooleanFilter": "1 AND 2"},
         "The filter logic 1 AND 2 isn't valid."),
        ({"buckets": [{"developerName": "B"}]}, "The fake org doesn't compute buckets."),
    ],
)  # fmt: skip
@row("rest.md#12", "Errors: REST array; 400 filter/column messages")
def test_a_report_that_makes_no_sense_is_refused(raw: RawOrg, metadata: Json, message: str) -> None:
    asked = {"name": "Any", "reportType": {"type": "Account"}, **metadata}

    status, (error,) = raw.refused("POST", f"{REPORTS}/query", json={"reportMetadata": asked})

    assert (status, error["errorCode"]) == (400, "BAD_REQUEST")
    assert error["message"].startswith(message)


@row("rest.md#12", "501 unsupported format [P]")
def test_joined_reports_are_not_supported(raw: RawOrg) -> None:
    asked = {"name": "Any", "reportType": {"type": "Account"}, "reportFormat": "MULTI_BLOCK"}

    assert raw.send("POST", f"{REPORTS}/query", json={"reportMetadata": asked}).status_code == 501


@row("rest.md#12", "factMap keys `{down}!{across}`", "dategroupings")
def test_a_matrix_has_groups_both_ways_and_groups_of_time(raw: RawOrg) -> None:
    days = {
        "Jan": ("2026-01-31", "Closed Won"),
        "Feb": ("2026-02-01", "Closed Lost"),
        "May": ("2026-05-05", "Closed Won"),
    }
    for amount, (name, (day, stage)) in enumerate(days.items(), 1):
        raw.create("Opportunity", Name=name, CloseDate=day, StageName=stage, Amount=amount)

    result = query(
        raw,
        reportType={"type": "Opportunity"},
        detailColumns=["OPPORTUNITY_NAME", "CLOSE_DATE"],
        reportFormat="MATRIX",
        groupingsDown=[grouped("CLOSE_DATE", dateGranularity="Quarter"), grouped("CloseDate", dateGranularity="Month")],
        groupingsAcross=[grouped("STAGE_NAME", sortOrder="Desc")],
        aggregates=["s!AMOUNT"],
    )

    quarters = result["groupingsDown"]["groupings"]
    assert [(each["key"], each["label"], each["value"]) for each in quarters] == [
        ("0", "Q1 CQ2026", "2026-01-01"),
        ("1", "Q2 CQ2026", "2026-04-01"),
    ]
    assert [each["key"] for each in quarters[0]["groupings"]] == ["0_0", "0_1"]
    assert quarters[0]["groupings"][1]["dategroupings"] == [{"startDate": "2026-02-01", "endDate": "2026-02-28"}]
    assert [each["label"] for each in result["groupingsAcross"]["groupings"]] == ["Closed Won", "Closed Lost"]
    sums = {key: entry["aggregates"][0]["value"] for key, entry in result["factMap"].items()}
    assert (sums["T!T"], sums["T!0"], sums["0!T"], sums["0!0"], sums["0_1!1"], sums["1!1"]) == (6, 4, 3, 1, 2, 0)
    assert names(result, "0_0!0") == ["Jan"]
    assert result["factMap"]["0_0!0"]["rows"][0]["dataCells"][1] == {"label": "1/31/2026", "value": "2026-01-31"}


def test_groups_can_be_in_the_order_of_a_summary(raw: RawOrg) -> None:
    accounts(raw)
    by_sum = grouped("INDUSTRY", sortOrder="Desc", sortAggregate="s!AnnualRevenue")

    result = query(raw, reportFormat="SUMMARY", aggregates=["s!AnnualRevenue"], groupingsDown=[by_sum])

    assert [each["label"] for each in result["groupingsDown"]["groupings"]] == ["Banking", "Energy", "-"]


@row("rest.md#12", "Limits: 2,000 detail rows")
def test_a_result_holds_2000_rows_and_summaries_of_all(raw: RawOrg, org: Org) -> None:
    raw.mock("POST", "seed", json={"Account": [{"Name": f"A {number}"} for number in range(2001)]})

    result = query(raw)

    assert (result["allData"], result["hasExceededTabularRowLimit"]) == (False, True)
    assert len(result["factMap"]["T!T"]["rows"]) == 2000
    assert result["factMap"]["T!T"]["aggregates"] == [{"label": "2,001", "value": 2001}]


@row("rest.md#12", "| POST `/analytics/reports` / `?cloneId={id}` |")
@row("rest.md#12", "| PATCH / DELETE `/analytics/reports/{id}` |")
@row("rest.md#12", "| GET `/analytics/reports/{id}/describe` |")
@row("rest_resources.md#11", "* Save (PATCH, v34+) and clone")
def test_a_report_is_made_copied_changed_and_deleted(raw: RawOrg) -> None:
    asked = {"name": "Hot ones", "reportType": {"type": "Account"}, "detailColumns": ["Name"]}
    made = raw.json("POST", REPORTS, json={"reportMetadata": asked})["reportMetadata"]
    url = f"{REPORTS}/{made['id']}"
    hot = [{"column": "Rating", "operator": "equals", "value": "Hot"}]
    saved = raw.json("PATCH", url, json={"reportMetadata": {"reportFilters": hot}})
    copied = raw.json("POST", REPORTS, params={"cloneId": made["id"]}, json={"reportMetadata": {"name": "Hot ones"}})

    accounts(raw)

    assert set(saved) == {"reportExtendedMetadata", "reportMetadata", "reportTypeMetadata"}
    assert raw.get(f"{url}/describe")["reportMetadata"] == saved["reportMetadata"]
    assert copied["reportMetadata"]["developerName"] == "Hot_ones1"
    assert names(raw.get(f"{REPORTS}/{copied['reportMetadata']['id']}?includeDetails=true")) == ["Acme", "Cyan", "Dust"]
    assert raw.send("DELETE", url).status_code == 204
    for method, path in (("GET", url), ("GET", f"{url}/describe"), ("DELETE", url), ("GET", f"{url}/instances")):
        assert raw.refused(method, path) == (404, [{"errorCode": "NOT_FOUND", "message": UNAVAILABLE}])
    assert made["id"] not in {each["id"] for each in raw.get(REPORTS)}


@row("rest.md#12", "Errors: REST array", "404 `The data you")
@row("rest.md#12", "reports synchronously every 60 minutes")
def test_reports_run_so_often_an_hour(raw: RawOrg, org: Org) -> None:
    report_id = raw.get(REPORTS)[0]["id"]
    org.limits.use("HourlySyncReportRuns", 499)
    assert raw.send("GET", f"{REPORTS}/{report_id}").status_code == 200

    status, (error,) = raw.refused("GET", f"{REPORTS}/{report_id}")

    assert (status, error["errorCode"]) == (403, "FORBIDDEN")
    assert error["message"] == "You can't run more than 500 reports synchronously every 60 minutes. Try again later."
    assert raw.get("/limits")["HourlySyncReportRuns"] == {"Max": 500, "Remaining": 0}
    raw.mock("POST", "advance", json={"seconds": 3600})
    assert raw.send("GET", f"{REPORTS}/{report_id}").status_code == 200


@row("rest_resources.md#11", "* `GET /analytics/reportTypes`")
def test_report_types_are_the_orgs_objects(raw: RawOrg) -> None:
    standard, custom = raw.get("/analytics/reportTypes")

    thing = next(each for each in custom["reportTypes"] if each["type"] == "CustomEntity$Thing__c")
    described = raw.get(thing["describeUrl"])
    columns = {
        name: each for group in described["reportTypeMetadata"]["categories"] for name, each in group["columns"].items()
    }

    assert {"Account", "Contact", "Opportunity"} <= {each["type"] for each in standard["reportTypes"]}
    assert described["reportMetadata"]["detailColumns"][0] == "Name"
    assert columns["Size__c"]["dataType"] == "double"
    assert columns["Account__r.Industry"]["label"] == "Account: Industry"
    assert {each["name"] for each in columns["Kind__c"]["filterValues"]} == {"Red", "Blue"}
    assert raw.refused("GET", "/analytics/reportTypes/Nothing")[0] == 404


def test_reports_are_added_in_python_too_and_stand_in_snapshots(raw: RawOrg, org: Org) -> None:
    name = org.reports.add({"name": "Things", "reportType": {"type": "Thing__c"}, "detailColumns": ["Kind__c"]})
    kept = org.snapshot()
    org.reports.delete(name)

    org.restore(kept)

    assert org.reports.by_name("Things") == org.reports.find(name)
    assert raw.get(f"{REPORTS}/{name}")["reportMetadata"]["name"] == "Things"


@row("rest.md#12", "| GET `/analytics/reports` | ≤200 recently viewed")
def test_the_report_that_was_looked_at_last_comes_first(raw: RawOrg) -> None:
    last = raw.get(REPORTS)[-1]["id"]

    raw.get(f"{REPORTS}/{last}")

    assert raw.get(REPORTS)[0]["id"] == last


REPORT = """
[Gate__c.fields]
Open__c = "boolean"

[[reports]]
name = "Open gates"
reportType = {type = "Gate__c"}
detailColumns = ["Name"]
reportFilters = [{column = "Open__c", operator = "equals", value = "true"}]
"""


def test_schema_files_may_hold_reports() -> None:
    org = Org(schema_of_text(REPORT))
    try:
        for _ in range(2):
            report = org.reports.by_name("Open_gates")
            assert report is not None
            assert report["reportType"] == {"label": "Gates", "type": "Gate__c"}
            org.reset()
    finally:
        org.close()


@pytest.mark.parametrize(("old", "new"), [('Open__c"', 'Shut__c"'), ('name = "Open gates"', "")])
def test_a_file_with_a_report_that_makes_no_sense_is_refused(old: str, new: str) -> None:
    head, mark, reports = REPORT.partition("[[reports]]")

    with pytest.raises(SchemaFileError, match=r"text: report (Open gates|None): "):
        schema_of_text(head + mark + reports.replace(old, new, 1))
