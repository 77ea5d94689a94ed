"""`specforce query`, `whoami` and `mock serve` against the fake org: output, exit codes, errors a person can act on."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from click.testing import Result

    from specforce.testing import FakeOrg


def test_whoami_says_who_and_where(specforce: Callable[..., Result], org: FakeOrg) -> None:
    result = specforce("whoami", "--json")

    document = json.loads(result.stdout)
    assert (document["username"], document["instance_url"]) == ("user@example.com", org.url)
    assert document["user_id"].startswith("005")


def test_query_prints_csv_where_nobody_watches(specforce: Callable[..., Result], org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": 'Acme, "the" one', "Industry": None}, {"Name": "Globex", "Industry": "Energy"}]})

    result = specforce("query", "SELECT Name, Industry, Owner.Username FROM Account ORDER BY Name")

    assert list(csv.reader(result.stdout.splitlines())) == [
        ["Name", "Industry", "Owner.Username"],
        ['Acme, "the" one', "", "user@example.com"],
        ["Globex", "Energy", "user@example.com"],
    ]


def test_query_prints_json_lines(specforce: Callable[..., Result], org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": f"Account {n}"} for n in range(3)]})

    result = specforce("query", "--json", "SELECT Name FROM Account ORDER BY Name")

    assert [json.loads(line)["Name"] for line in result.stdout.splitlines()] == ["Account 0", "Account 1", "Account 2"]


def test_query_prints_a_table_when_asked(specforce: Callable[..., Result], org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": "Acme"}]})

    result = specforce("query", "--format", "table", "SELECT Name FROM Account")

    assert "Acme" in result.stdout
    assert "Name" in result.stdout


def test_count_prints_the_total(specforce: Callable[..., Result], org: FakeOrg) -> None:
    assert specforce("query", "select count() from Account").stdout == "0\n"
    org.seed({"Account": [{"Name": f"Account {n}"} for n in range(7)]})

    assert specforce("query", "SELECT COUNT() FROM Account").stdout == "7\n"
    assert json.loads(specforce("query", "--json", "SELECT COUNT() FROM Account").stdout) == {"totalSize": 7}


def test_a_query_that_finds_nothing_succeeds_in_silence(specforce: Callable[..., Result]) -> None:
    result = specforce("query", "SELECT Name FROM Account")

    assert (result.exit_code, result.stdout) == (0, "")


def test_all_brings_deleted_records_too(specforce: Callable[..., Result], org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": "Kept"}, {"Name": "Deleted", "IsDeleted": True}]})

    assert "Deleted" not in specforce("query", "SELECT Name FROM Account").stdout
    assert "Deleted" in specforce("query", "--all", "SELECT Name FROM Account").stdout


def test_a_refused_query_ends_with_1_and_salesforce_s_words(specforce: Callable[..., Result]) -> None:
    result = specforce("query", "SELECT Nmae FROM Account")

    assert result.exit_code == 1
    assert "INVALID_FIELD" in result.stderr
    assert "No such column 'Nmae'" in result.stderr
    assert result.stdout == ""


def test_with_json_errors_are_json(specforce: Callable[..., Result]) -> None:
    result = specforce("query", "--json", "SELECT Nmae FROM Account")

    error = json.loads(result.stderr)
    assert (error["error"], error["errorCode"], error["status"]) == ("InvalidField", "INVALID_FIELD", 400)


def test_a_wrong_secret_ends_with_4_and_says_what_to_check(
    specforce: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", "wrong-secret-value")

    result = specforce("whoami")

    assert result.exit_code == 4
    assert "client_secret" in result.stderr
    assert "wrong-secret-value" not in result.stderr


def test_missing_settings_end_with_2_and_name_the_variables(
    specforce: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SALESFORCE_CLIENT_ID")

    result = specforce("whoami")

    assert result.exit_code == 2
    assert "client_id" in result.stderr


def test_an_unreachable_host_ends_with_1(specforce: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESFORCE_LOGIN_URL", "http://127.0.0.1:9")

    result = specforce("whoami")

    assert result.exit_code == 1
    assert "127.0.0.1:9" in result.stderr


def test_mock_serve_prints_its_address_first_and_stops_when_told() -> None:
    code = "from specforce.cli import main; main()"
    command = [sys.executable, "-c", code, "mock", "serve", "--port", "0", "--print-url"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            url = server.stdout.readline().strip()
        finally:
            server.terminate()
        assert url.startswith("http://127.0.0.1:")
        assert server.wait(timeout=20) in (0, -15, 143)


def test_a_parent_that_is_null_in_the_first_record_loses_nothing(
    specforce: Callable[..., Result], org: FakeOrg
) -> None:
    (parent,) = org.seed({"Account": [{"Name": "Parent"}]})["Account"]
    org.seed({"Account": [{"Name": "Child", "ParentId": parent}]})

    result = specforce("query", "SELECT Name, Parent.Name, Parent.Owner.Username FROM Account ORDER BY Name DESC")

    assert list(csv.reader(result.stdout.splitlines())) == [
        ["Name", "Parent.Name", "Parent.Owner.Username"],
        ["Parent", "", ""],
        ["Child", "Parent", "user@example.com"],
    ]
