"""Reports and invocable actions of the fake org, through both halves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce.errors import ApiError, InputError, IntegrityError, JobFailed, JobTimeout, NotFound
from tests.halves import ScriptedServer, json_answer

if TYPE_CHECKING:
    from specforce.testing import FakeOrg
    from tests.halves import Half

ROWS = [("Acme", "Banking", 10), ("Bolt", "Banking", 20), ("Cyan", "Energy", 5)]
REPORT_ID = "00O000000000001"


@pytest.fixture
def report_id(org: FakeOrg) -> str:
    """A report of accounts by industry."""
    org.seed({"Account": [{"Name": name, "Industry": kind, "NumberOfEmployees": n} for name, kind, n in ROWS]})
    return str(next(each["id"] for each in org.org.reports.all() if each["name"] == "Accounts by Industry"))


def test_a_report_is_read_row_by_row_and_group_by_group(half: Half, org: FakeOrg, report_id: str) -> None:
    """connector.md, E22."""
    report = half.login(org.auth()).report(report_id)

    outcome = half.run(report.run())
    rows = list(outcome.rows())

    name = next(iter(rows[0]))
    assert outcome.all_data
    assert [(row[name].label, row.groups) for row in rows] == [(n, (kind,)) for n, kind, _ in ROWS]
    assert rows[0].labels_by_label()[next(iter(rows[0].labels_by_label()))] == "Acme"
    assert rows[0].values_by_name().keys() == rows[0].keys()
    counts = {group.down: group.totals["RowCount"].value for group in outcome.groups()}
    assert counts == {("Banking",): 2, ("Energy",): 1, (): 3}
    assert outcome.totals["RowCount"].value == 3


def test_filters_narrow_a_run_and_details_may_stay_out(half: Half, org: FakeOrg, report_id: str) -> None:
    report = half.login(org.auth()).report(report_id)
    industry = half.run(report.describe()).report_metadata.groupings_down[0].name

    narrowed = half.run(report.run(filters=[(industry, "equals", "Energy")]))
    totals = half.run(report.run(details=False))

    assert [row.groups for row in narrowed.rows()] == [("Energy",)]
    assert totals.totals["RowCount"].value == 3
    with pytest.raises(InputError, match="details=True"):
        list(totals.rows())


def test_a_run_in_the_background_is_waited_for(half: Half, org: FakeOrg, report_id: str) -> None:
    report = half.login(org.auth()).report(report_id)

    started = half.run(report.run_async())
    outcome = half.run(half.run(started.wait()).result())

    assert len(list(outcome.rows())) == 3
    assert [run.id for run in half.run(report.runs())] == [started.id]
    half.run(report.run_of(started.id).delete())
    assert half.run(report.runs()) == []


def poll(status: str) -> Any:
    return json_answer(
        {"attributes": {"id": "0LG000000000001", "reportId": REPORT_ID, "status": status, "type": "ReportInstance"}}
    )


def test_a_run_that_fails_or_takes_too_long_raises(half: Half) -> None:
    report = half.connect(ScriptedServer(poll("Running"), poll("Running"), poll("Error"))).report(REPORT_ID)
    run = report.run_of("0LG000000000001")

    with pytest.raises(JobTimeout):
        half.run(run.wait(timeout_s=0))
    with pytest.raises(JobFailed, match="ended in an error"):
        half.run(run.wait())


def test_a_report_is_deleted(half: Half, org: FakeOrg, report_id: str) -> None:
    report = half.login(org.auth()).report(report_id)
    half.run(report.delete())

    with pytest.raises(NotFound):
        half.run(report.run())


def result(**changes: Any) -> Any:
    facts = {"T!T": {"aggregates": [], "rows": [{"dataCells": [{"label": "a", "value": 1}]}]}}
    attributes = {"describeUrl": "", "instancesUrl": "", "reportId": REPORT_ID, "reportName": "R", "type": "Report"}
    whole = {
        "attributes": attributes,
        "allData": True,
        "factMap": facts,
        "groupingsAcross": None,
        "groupingsDown": None,
        "hasDetailRows": True,
        "reportMetadata": {"detailColumns": ["NAME"], "aggregates": []},
    }
    return json_answer(whole | changes)


def test_rows_that_are_not_all_and_rows_that_do_not_fit_raise(half: Half) -> None:
    misfit = result(reportMetadata={"detailColumns": ["A", "B"], "aggregates": []})
    report = half.connect(ScriptedServer(result(allData=False), misfit)).report(REPORT_ID)

    cut = half.run(report.run())
    with pytest.raises(IntegrityError, match=r"2,000"):
        list(cut.rows())
    assert [row["NAME"].value for row in cut.rows(partial=True)] == [1]
    with pytest.raises(IntegrityError, match="1 cells and the report 2 columns"):
        list(half.run(report.run()).rows())


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"T!T": {"aggregates": [{"label": "1", "value": 1}], "rows": []}}, "1 totals and the report 0 aggregates"),
        ({"7!T": {"aggregates": [], "rows": []}}, "none of its groups"),
    ],
)
def test_totals_that_do_not_fit_raise(half: Half, facts: Any, reason: str) -> None:
    outcome = half.run(half.connect(ScriptedServer(result(factMap=facts))).report(REPORT_ID).run())

    with pytest.raises(IntegrityError, match=reason):
        list(outcome.groups())


def test_what_is_no_report_and_no_filter_is_refused(half: Half) -> None:
    sf = half.connect(ScriptedServer(json_answer({})))

    with pytest.raises(InputError, match="report_id"):
        sf.report("all")
    for filters in (("A", "equals", "b"), [("A", "equals")], "A = b"):
        with pytest.raises(InputError):
            half.run(sf.report(REPORT_ID).run(filters=filters))


@pytest.mark.parametrize("name", ["standard/emailSimple", "/standard/emailSimple", "emailSimple"])
def test_a_standard_action_is_posted_with_its_inputs_however_it_is_written(half: Half, org: FakeOrg, name: str) -> None:
    """connector.md, C6 and C7."""
    inputs = {"emailSubject": "Hi", "emailBody": "Ho", "emailAddresses": "ada@example.com"}

    [done] = half.run(half.login(org.auth()).invoke(name, inputs))

    assert (done.is_success, done.action_name) == (True, "emailSimple")
    assert len(list(org.org.outbox)) == 1


def test_an_action_of_the_org_is_invoked_once_per_input(half: Half, org: FakeOrg) -> None:
    org.org.actions.register_canned("apex", "Greet", inputs={"who": "STRING"}, output={"text": "Hello"})
    sf = half.login(org.auth())

    done = half.run(sf.invoke("custom/apex/Greet", {"who": "Ada"}, {"who": "Grace"}))

    assert [each.is_success for each in done] == [True, True]
    with pytest.raises(NotFound):
        half.run(sf.invoke("custom/apex/Nothing", {}))
    with pytest.raises(ApiError):
        half.run(sf.invoke("emailSimple", {}))
    wrong: list[tuple[str, list[dict[str, str]]]] = [("a/b/c/d", [{}]), ("emailSimple", [])]
    for action, inputs in wrong:
        with pytest.raises(InputError):
            half.run(sf.invoke(action, *inputs))
