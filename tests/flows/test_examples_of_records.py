"""The small examples run against a fake org, as a user runs them, and print what they say."""

from __future__ import annotations

import importlib
import inspect
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest

if TYPE_CHECKING:
    from specforce.testing import FakeOrg


EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def run(org: FakeOrg, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run an example by name, logged in by environment; the lines that it prints."""
    for name in [name for name in os.environ if name.startswith("SALESFORCE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SALESFORCE_LOGIN_URL", org.url)
    monkeypatch.setenv("SALESFORCE_CLIENT_ID", "test-client")
    monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", "test-secret")

    def call(name: str, *arguments: object) -> list[str]:
        main = importlib.import_module(f"examples.{name}").main
        if inspect.iscoroutinefunction(main):
            anyio.run(main, *arguments)
        else:
            main(*arguments)
        return capsys.readouterr().out.splitlines()

    return call


def test_a_record_is_created_read_changed_and_deleted(run: Any) -> None:
    (created,) = run("create_record")
    record_id = created.rpartition(" ")[2]

    assert re.fullmatch(r"created account 001\w{15}", created)
    assert run("get_record", record_id) == ["Acme (Energy)"]
    assert run("update_record", record_id) == ["Acme Corporation, Oslo, +47 22 00 00 00"]
    assert run("delete_record", record_id) == [f"deleted {record_id}"]
    assert run("delete_record", record_id) == [f"{record_id} was deleted before"]
    assert run("get_record", record_id) == []


def test_records_are_queried(run: Any, org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": f"O'Hara {n}", "Industry": "Energy"} for n in range(3)] + [{"Name": "Other"}]})

    assert run("query_records", "Energy") == ["O'Hara 0", "O'Hara 1", "O'Hara 2", "3 accounts"]
    assert run("query_records_async") == ["4 accounts", "0 contacts", "0 opportunities"]


def test_a_search_prints_its_hits(run: Any, org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": "Acme Rockets"}], "Contact": [{"LastName": "Acme"}]})

    assert sorted(run("search_records", "Acme")) == ["2 found", "Account Acme Rockets", "Contact Acme"]


def test_a_file_is_inserted_step_by_step(run: Any, tmp_path: Path) -> None:
    source = tmp_path / "contacts.csv"
    source.write_text("LastName,FirstName\nLovelace,Ada\n,Bob\n", "utf-8")

    lines = run("bulk_insert", source)

    assert re.fullmatch(r"job 750\w{15}: JobComplete, 2 rows, 1 failed", lines[0])
    assert re.fullmatch(r"created 003\w{15}", lines[1])
    assert lines[2].startswith("failed REQUIRED_FIELD_MISSING:")


def test_refused_rows_are_corrected_and_loaded_again(run: Any, org: FakeOrg, tmp_path: Path) -> None:
    source = tmp_path / "accounts.csv"
    source.write_text(f"Name,Phone\nAcme,1\n{'B' * 300},2\n,3\n")
    org.plan_job(row_rules=[{"column": "Phone", "equals": "1"}])

    lines = run("correct_and_reload", source, tmp_path)

    assert lines[0] == "1 of 3 rows are in"
    assert {line.split()[1] for line in lines[1:3]} == {"STRING_TOO_LONG:", "REQUIRED_FIELD_MISSING:"}
    assert lines[3:] == ["1 of 1 rows went in cut to length", f"1 to look at: {tmp_path / 'to_correct.csv'}"]
    assert (tmp_path / "to_correct.csv").read_text().splitlines()[0] == "sf__Row,sf__Line,sf__Id,sf__Error,Name,Phone"
    assert run("correct_and_reload", source, tmp_path) == lines
    assert sum(request.operation == "uploadIngestJobData" for request in org.requests) == 3  # one of them for the lock


def test_the_erp_load_creates_once_and_hands_back_what_was_refused(run: Any, tmp_path: Path) -> None:
    source, rest = tmp_path / "customers.csv", tmp_path / "corrected.csv"
    source.write_text("customer_no,company,town,employees\n1,Acme,Oslo,40\n2,,Bergen,7\n", "utf-8")

    first, second = run("erp_load", source, rest), run("erp_load", source, rest)

    assert first[0] == "2 rows: 1 created, 0 updated, 1 failed"
    assert first[1].startswith("     1 REQUIRED_FIELD_MISSING:")
    assert second[0] == "2 rows: 0 created, 1 updated, 1 failed"
    assert rest.read_text("utf-8").splitlines()[1].endswith(",2,,Bergen,7")


def test_two_loads_and_an_export_share_a_session(run: Any, org: FakeOrg, tmp_path: Path) -> None:
    assert run("bulk_load_async") == ["Account: 3000 created, 0 failed", "Lead: 990 created, 10 failed"]

    target = tmp_path / "accounts.csv"
    assert run("export_async", target) == [f"3000 records in {target}"]
    assert target.read_bytes().count(b"\n") == 3001


def test_a_case_is_made_by_a_class_of_ones_own(run: Any, org: FakeOrg) -> None:
    cases: dict[str, dict[str, str]] = {}

    @org.apex.route("POST", "/Cases")
    def create(subject: str, priority: str) -> str:
        case_id = f"500000000000{len(cases):03}AAA"
        cases[case_id] = {"Id": case_id, "Subject": subject, "Priority": priority}
        return case_id

    @org.apex.route("GET", "/Cases/{case_id}")
    def read(case_id: str) -> dict[str, str]:
        return cases[case_id]

    assert run("create_case", "It rattles") == ["500000000000000AAA: It rattles (High)"]


def test_a_batch_reads_three_things(run: Any) -> None:
    account, contact, refused = run("composite_batch")

    assert re.fullmatch(r"Account: \d\d+ fields", account)
    assert re.fullmatch(r"Contact: \d\d+ fields", contact)
    assert refused == "refused: NOT_FOUND"


def test_a_report_is_run(run: Any, org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": "Acme", "Industry": "Energy"}]})
    report = next(each["id"] for each in org.org.reports.all() if each["name"] == "Accounts by Industry")

    lines = run("run_report", report)

    assert lines[0].startswith("total {")
    assert lines[1] == "Energy {'s!AnnualRevenue': 0, 'RowCount': 1}"
    assert lines[-1].startswith("Account Name: Acme")


def test_each_example_is_in_the_table_and_run_by_a_test() -> None:
    names = {path.stem for path in EXAMPLES.glob("*.py")} - {"__init__"}
    table = (EXAMPLES / "README.md").read_text("utf-8")
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))

    assert {name for name in names if f"`{name}`" not in table} == set()
    assert {name for name in names if f'run("{name}"' not in tests} == set()


def test_a_lead_is_converted(run: Any, org: FakeOrg) -> None:
    (lead_id,) = org.seed({"Lead": [{"LastName": "Ek", "Company": "Ek AB"}]})["Lead"]

    (made,) = run("convert_lead", lead_id)
    assert re.fullmatch(r"account 001\w{15}, contact 003\w{15}, opportunity 006\w{15}", made)
    assert run("convert_lead", lead_id) == ["CANNOT_UPDATE_CONVERTED_LEAD: cannot reference converted lead"]


def test_an_org_s_objects_are_pulled_and_served(run: Any, tmp_path: Path) -> None:
    lines = run("org_in_a_folder", str(tmp_path))

    assert lines == ["2 objects of API 67.0, 0 changed", "on a fake org of them: Acme"]
