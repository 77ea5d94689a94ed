"""`specforce load`, `export` and `jobs` against the fake org: files, reports, exit codes."""

from __future__ import annotations

import csv
import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from specforce.testing import FakeOrg

    Command = Callable[..., Result]


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    """Three contacts, the second without the name that an insert needs."""
    path = tmp_path / "contacts.csv"
    path.write_text('Last,Mail\n"O\'Hara, Scarlett",scarlett@example.com\nNA,nobody@example.com\nButler,NA\n')
    return path


LOAD = ("--map", "Last=LastName", "--map", "Mail=Email", "--null", "NA")


def test_load_reports_each_reason_and_ends_with_3_when_rows_failed(specforce: Command, contacts: Path) -> None:
    result = specforce("load", str(contacts), "Contact", *LOAD)

    assert result.exit_code == 3
    assert "3 total, 2 succeeded" in result.stdout
    assert "1 x REQUIRED_FIELD_MISSING" in result.stdout
    assert "first: line 3" in result.stdout


def test_load_writes_the_rows_to_correct_and_the_report(specforce: Command, contacts: Path, tmp_path: Path) -> None:
    failures, report = tmp_path / "failures.csv", tmp_path / "report.json"

    result = specforce("load", str(contacts), "Contact", *LOAD, "--failures", str(failures), "--report", str(report))
    assert f"1 row that didn't succeed: {failures}" in result.stdout

    (row,) = csv.DictReader(failures.read_text().splitlines())
    assert (row["sf__Line"], row["Last"], row["Mail"]) == ("3", "NA", "nobody@example.com")
    assert json.loads(report.read_text())["failed"] == 1


def test_load_with_json_prints_the_report_alone(specforce: Command, contacts: Path) -> None:
    result = specforce("load", str(contacts), "Contact", *LOAD, "--json")

    document = json.loads(result.stdout)
    assert (document["total"], document["succeeded"], document["failed"]) == (3, 2, 1)
    assert result.stderr == ""


def test_a_load_without_failures_ends_with_0(specforce: Command, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("Code__c,Name\nA,Acme\n")

    arguments = ("load", str(path), "Account", "--operation", "upsert", "--external-id", "Code__c")
    first, second = specforce(*arguments), specforce(*arguments)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "1 created" in first.stdout
    assert "1 updated" in second.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere.csv", "Contact"), "nowhere.csv"),
        (("{contacts}", "Contact", "--operation", "merge"), "--operation merge: it is one of"),
        (("{contacts}", "Contact", "--operation", "upsert"), "--operation upsert needs --external-id, the field"),
        (("{contacts}", "Contact", "--map", "Nope=LastName"), "--map names the column 'Nope'"),
        (("{contacts}", "Contact", "--operation", "delete", "--map", "Mail=Id"), "--map Last="),
        (("{contacts}", "Contact", "--delimiter", ";"), "pass"),
        (("{contacts}", "Contact", "--encoding", "klingon"), "--encoding klingon: Python knows no such encoding"),
        (("{contacts}", "Contact", "--newlines", "CR"), "--newlines CR"),
        (("{contacts}", "Contact", "--map", "Last"), "COLUMN=FIELD"),
    ],
)
def test_bad_input_ends_with_2_before_anything_is_sent(
    specforce: Command, org: FakeOrg, contacts: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = specforce("load", *(argument.format(contacts=contacts) for argument in arguments))

    assert result.exit_code == 2
    assert words in result.stderr
    assert org.requests == []


def test_an_unknown_column_is_refused_before_anything_is_sent(specforce: Command, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("Name,Nonsense__c\nAcme,1\n")

    result = specforce("load", str(path), "Account")

    assert result.exit_code == 2
    assert "'Nonsense__c' is no field of Account" in result.stderr


def test_a_job_that_fails_ends_with_1_and_says_what_was_done(specforce: Command, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("Name,Nonsense__c\nAcme,1\n")

    result = specforce("load", str(path), "Account", "--no-check-header")

    assert result.exit_code == 1
    assert "Nonsense__c" in result.stderr
    assert "1 unprocessed" in result.stdout


def test_export_writes_a_whole_file(specforce: Command, org: FakeOrg, tmp_path: Path) -> None:
    org.seed({"Account": [{"Name": f"Account {n}"} for n in range(25)]})
    target = tmp_path / "accounts.csv"

    result = specforce("export", "SELECT Id, Name FROM Account", "-o", str(target), "--json")

    assert json.loads(result.stdout)["records"] == 25
    names = {row["Name"] for row in csv.DictReader(target.read_text().splitlines())}
    assert names == {f"Account {n}" for n in range(25)}


def test_export_writes_parquet_by_the_file_s_name(specforce: Command, org: FakeOrg, tmp_path: Path) -> None:
    pq: Any = import_module("pyarrow.parquet")  # it has no types

    org.seed({"Account": [{"Name": "Acme", "NumberOfEmployees": 7}]})
    target = tmp_path / "accounts.parquet"

    assert specforce("export", "SELECT Name, NumberOfEmployees FROM Account", "-o", str(target)).exit_code == 0
    assert pq.read_table(target).to_pylist() == [{"Name": "Acme", "NumberOfEmployees": 7}]


@pytest.mark.parametrize(
    ("name", "said"),
    [("accounts.xlsx", "no .xlsx files are written, name it .csv"), ("missing/accounts.csv", "no such folder")],
)
def test_an_export_that_can_not_be_written_is_refused_before_the_job(
    specforce: Command, org: FakeOrg, tmp_path: Path, name: str, said: str
) -> None:
    result = specforce("export", "SELECT Id FROM Account", "-o", str(tmp_path / name))

    assert result.exit_code == 2
    assert said in result.stderr
    assert not [request for request in org.requests if request.operation == "createQueryJob"]
    assert list(tmp_path.iterdir()) == []


def test_a_refused_export_leaves_no_file(specforce: Command, tmp_path: Path) -> None:
    target = tmp_path / "accounts.csv"

    result = specforce("export", "SELECT Nmae FROM Account", "-o", str(target))

    assert result.exit_code == 1
    assert "Nmae" in result.stderr
    assert not target.exists()


def test_jobs_are_listed_shown_aborted_and_deleted(specforce: Command, org: FakeOrg, contacts: Path) -> None:
    specforce("load", str(contacts), "Contact", *LOAD)
    specforce("export", "SELECT Id FROM Contact", "-o", str(contacts.with_suffix(".out")))

    listed = [json.loads(line) for line in specforce("jobs", "list", "--json").stdout.splitlines()]
    assert {(job["operation"], job["state"]) for job in listed} == {("insert", "JobComplete"), ("query", "JobComplete")}
    for job in listed:
        assert json.loads(specforce("jobs", "show", job["id"], "--json").stdout)["id"] == job["id"]
        aborted = specforce("jobs", "abort", job["id"])
        assert aborted.exit_code == 1
        assert "Aborting already Completed Job not allowed" in aborted.stderr
        assert specforce("jobs", "delete", job["id"]).exit_code == 0
    assert specforce("jobs", "list", "--json").stdout == ""


def test_a_job_that_nobody_knows_is_not_found(specforce: Command) -> None:
    result = specforce("jobs", "show", "750000000000001AAA")

    assert result.exit_code == 1
    assert "neither an ingest nor a query job has the id '750000000000001AAA': specforce jobs list" in result.stderr
    assert "getQueryJob" not in result.stderr


@pytest.mark.parametrize("option", ["--failures", "--report"])
def test_a_target_that_cant_be_written_is_refused_before_the_load(
    specforce: Command, org: FakeOrg, contacts: Path, option: str
) -> None:
    result = specforce("load", str(contacts), "Contact", *LOAD, option, "/nowhere/at/all.csv")

    assert result.exit_code == 2
    assert "no folder /nowhere/at" in result.stderr
    assert org.requests == []


def test_the_source_is_never_written_over(specforce: Command, org: FakeOrg, contacts: Path) -> None:
    before = contacts.read_bytes()

    result = specforce("load", str(contacts), "Contact", *LOAD, "--failures", str(contacts))

    assert result.exit_code == 2
    assert contacts.read_bytes() == before
    assert org.requests == []


def test_a_workbook_is_named(specforce: Command, tmp_path: Path) -> None:
    path = tmp_path / "accounts.xlsx"
    path.write_bytes(b"PK\x03\x04\x14\0\6\0")

    result = specforce("load", str(path), "Account")

    assert result.exit_code == 2
    assert "an Excel workbook (.xlsx)" in result.stderr


def test_an_export_to_standard_output_is_the_records_alone(specforce: Command, org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": f"Account {n}"} for n in range(25)]})

    result = specforce("export", "SELECT Name FROM Account", "-o", "-")

    header, *names = csv.reader(result.stdout.splitlines())
    assert header == ["Name"]
    assert sorted(name for (name,) in names) == sorted(f"Account {n}" for n in range(25))
    assert result.stderr.startswith("25 records, ")


def test_an_export_to_standard_output_that_fails_prints_nothing(specforce: Command, org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": f"Account {n}"} for n in range(25)]})
    org.plan_job(truncate_bytes=5, times=None)

    result = specforce("export", "SELECT Name FROM Account", "-o", "-")

    assert result.exit_code == 1
    assert result.stdout == ""


def test_a_load_that_was_given_up_goes_on_by_its_journal(specforce: Command, org: FakeOrg, tmp_path: Path) -> None:
    path, journal = tmp_path / "accounts.csv", tmp_path / "load.journal"
    path.write_text("Name,Phone\nAcme,1\nBob,2\n")
    org.plan_job(stuck=True)
    given_up = specforce("load", str(path), "Account", "--journal", str(journal), "--timeout", "0")
    again = specforce("load", str(path), "Account", "--journal", str(journal))
    continued = specforce("load", str(path), "Account", "--resume", str(journal), "--timeout", "0")

    assert given_up.exit_code == continued.exit_code == 1
    assert f"with --resume {journal}" in given_up.stderr
    assert (again.exit_code, "continue its load with --resume" in again.stderr) == (2, True)
    assert sum(request.operation == "createIngestJob" for request in org.requests) == 1


def test_a_load_takes_its_way_its_retries_and_its_share_of_the_quota(
    specforce: Command, org: FakeOrg, tmp_path: Path
) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("Name,Phone\nAcme,1\nBob,2\n")

    few = specforce("load", str(path), "Account", "--method", "auto", "--json")
    stopped = specforce("load", str(path), "Account", "--max-api-fraction", "0.0000001")
    wrong = specforce("load", str(path), "Account", "--retry-failed", "1", "--no-results")

    assert (json.loads(few.stdout)["method"], json.loads(few.stdout)["created"]) == ("collections", 2)
    assert (stopped.exit_code, "max_api_fraction=1e-07" in stopped.stderr) == (1, True)
    assert (wrong.exit_code, "--retry-failed needs the results" in wrong.stderr) == (2, True)
