"""`FakeOrg` and the pytest fixture: what a user's own tests are written with."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import pytest

from specforce import Salesforce
from specforce.testing import ActionError, ActionValue, FakeOrg

if TYPE_CHECKING:
    from pathlib import Path

PLUGIN = "specforce.testing.plugin"
USERS_TEST = """
from specforce import Salesforce

def test_one(fake_org):
    with Salesforce(fake_org.auth()) as sf:
        sf.sobject("Flight__c").create({"Name": "x"})

def test_another_begins_anew(fake_org):
    with Salesforce(fake_org.auth()) as sf:
        assert sf.query("SELECT COUNT() FROM Flight__c").total_size == 0
"""


def test_an_org_starts_on_a_free_port_and_ends() -> None:
    with FakeOrg() as one, FakeOrg() as two, Salesforce(one.auth()) as sf:
        assert one.url != two.url
        sf.sobject("Account").create({"Name": "Acme"})

        assert [request.operation for request in one.requests] == ["requestToken", "createRecord"]
        assert two.requests == []


def test_seeded_records_have_ids_and_keep_their_dates(org: FakeOrg) -> None:
    [record_id] = org.seed({"Account": [{"Name": "Acme", "CreatedDate": "2020-01-02T03:04:05.000Z"}]})["Account"]

    with Salesforce(org.auth()) as sf:
        assert sf.sobject("Account").get(record_id)["CreatedDate"] == "2020-01-02T03:04:05.000+0000"


def test_a_record_that_breaks_a_rule_can_not_be_seeded(org: FakeOrg) -> None:
    with pytest.raises(ValueError, match="REQUIRED_FIELD_MISSING"):
        org.seed({"Account": [{"Name": "Acme"}, {}]})

    with Salesforce(org.auth()) as sf:
        assert sf.query("SELECT COUNT() FROM Account").total_size == 0


def test_reset_makes_the_org_as_new(org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": "Acme"}]})
    org.faults.add("query", times=None)

    org.reset()

    with Salesforce(org.auth()) as sf:
        assert sf.query("SELECT COUNT() FROM Account").total_size == 0


def test_no_secret_is_in_the_request_log(org: FakeOrg) -> None:
    with Salesforce(org.auth()) as sf:
        sf.query("SELECT Id FROM Account").all()
        token = sf.session.token().access_token

    logged = repr([(request.headers, request.body) for request in org.requests])
    assert token not in logged
    assert "test-secret" not in logged


def test_the_fixture_gives_each_test_an_org_as_new_with_the_project_s_objects(tmp_path: Path) -> None:
    (tmp_path / "test_users.py").write_text(USERS_TEST)
    (tmp_path / "objects.toml").write_text('[Flight__c.fields]\nCode__c = "string(10)"\n')
    (tmp_path / "pytest.ini").write_text("[pytest]\nfake_org_schema = objects.toml\n")
    installed = any(entry.value == PLUGIN for entry in entry_points(group="pytest11"))
    options = [] if installed else ["-p", PLUGIN]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *options], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_actions_are_functions_and_what_they_send_is_in_the_outbox() -> None:
    def greet(given: dict[str, Any]) -> dict[str, str]:
        if given["who"] == "nobody":
            raise ActionError("nobody is there")
        return {"text": f"Hello, {given['who']}"}

    mail = {"emailAddresses": "bo@example.com", "emailSubject": "Hi", "emailBody": "There"}
    with FakeOrg() as org, Salesforce(org.auth()) as sf:
        org.actions.register("apex", "Greeter", greet, inputs=[ActionValue("who", required=True)])
        done, failed = sf.rest.invoke_custom_action(
            "apex", "Greeter", body={"inputs": [{"who": "Bo"}, {"who": "nobody"}]}
        )
        sf.rest.invoke_standard_action("emailSimple", body={"inputs": [mail]})

        assert (done.is_success, failed.is_success) == (True, False)
        assert [(each.kind, each.content["to"]) for each in org.outbox] == [("email", ["bo@example.com"])]


def test_reports_are_added_in_python_and_run_by_the_client() -> None:
    with FakeOrg() as org, Salesforce(org.auth()) as sf:
        report_id = org.reports.add({"name": "Energy", "reportType": {"type": "Account"}, "detailColumns": ["Name"]})
        org.seed({"Account": [{"Name": "Acme"}]})

        found = sf.rest.run_report(report_id, include_details=True).to_dict()

        assert found["factMap"]["T!T"]["rows"][0]["dataCells"][0]["label"] == "Acme"
