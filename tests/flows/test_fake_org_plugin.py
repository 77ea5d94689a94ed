"""The pytest plugin as a project uses it: fixtures, marks, several orgs, tests side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from specforce import Salesforce

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce.testing import FakeOrg

pytest_plugins = ("pytester",)
SCHEMA = '[Flight__c.fields]\nCode__c = "string(10)"\n'


@pytest.fixture
def run(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Run pytest on a module in a project and a process of its own: what it imports first is gone with it."""
    pytester.makeini("[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n")
    pytester.makefile(".toml", objects=SCHEMA)

    def run_it(module: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(module)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)

    return run_it


def test_a_mark_says_what_the_org_of_a_test_is_like(run: Callable[..., pytest.RunResult]) -> None:
    done = run(
        """
import pytest
from specforce import Salesforce
from specforce import Retry
from specforce.errors import ApiError

pytestmark = pytest.mark.fake_org(users=["ann@example.com"])

@pytest.mark.fake_org(schema="objects.toml", clock="manual", settings={"organization_name": "Zoo"})
def test_its_own(fake_org):
    with Salesforce(fake_org.auth("ann@example.com")) as sf:
        assert sf.query("SELECT COUNT() FROM Flight__c").total_size == 0
        assert sf.query("SELECT Name FROM Organization").all()[0]["Name"] == "Zoo"
    assert fake_org.org.clock.kind == "manual"

@pytest.mark.fake_org(records={"Account": [{"Name": "Acme"}]}, faults=[{"operation": "query", "status": 500}])
def test_prepared(fake_org):
    with Salesforce(fake_org.auth(), retry=Retry(attempts=1)) as sf:
        with pytest.raises(ApiError):
            sf.query("SELECT Name FROM Account").all()
        assert [each["Name"] for each in sf.query("SELECT Name FROM Account").all()] == ["Acme"]

def test_as_new(fake_org):
    with Salesforce(fake_org.auth("ann@example.com")) as sf:
        assert sf.query("SELECT COUNT() FROM Account").total_size == 0
"""
    )

    done.assert_outcomes(passed=3)


def test_a_factory_makes_orgs_that_share_nothing(run: Callable[..., pytest.RunResult]) -> None:
    done = run(
        """
from specforce import Salesforce

def test_copying(fake_org, fake_org_factory):
    source = fake_org_factory(records={"Account": [{"Name": "Acme"}]})
    target = fake_org_factory(schema=["objects.toml"], clock="real")
    assert len({fake_org.url, source.url, target.url}) == 3
    with Salesforce(source.auth()) as one, Salesforce(target.auth()) as two, Salesforce(fake_org.auth()) as three:
        assert [sf.query("SELECT COUNT() FROM Account").total_size for sf in (one, two, three)] == [1, 0, 0]
        two.sobject("Flight__c").create({"Code__c": "X"})
"""
    )

    done.assert_outcomes(passed=1)


def test_a_mark_says_how_an_org_is_reached_and_orgs_beside_it_end_with_the_test(
    run: Callable[..., pytest.RunResult],
) -> None:
    done = run(
        """
import pytest
from specforce import Salesforce
from specforce.auth import ClientCredentials

@pytest.mark.fake_org(tls=True, proxy=True)
def test_its_own(fake_org):
    login = ClientCredentials("test-client", "test-secret", login_url="https://acme.my.salesforce.com")
    with Salesforce(login, proxy=fake_org.proxy_url, verify=fake_org.ca_bundle) as sf:
        assert sf.query("SELECT COUNT() FROM Account").total_size == 0
    assert fake_org.url.startswith("https://")

@pytest.mark.parametrize("again", [1, 2])
def test_beside(fake_org, again):
    with Salesforce(fake_org.another("beta").auth()) as sf:
        sf.sobject("Account").create({"Name": "Acme"})
        assert sf.query("SELECT COUNT() FROM Account").total_size == 1
"""
    )

    done.assert_outcomes(passed=3)


def test_tests_run_side_by_side(run: Callable[..., pytest.RunResult]) -> None:
    done = run(
        """
import pytest
from specforce import Salesforce

@pytest.mark.parametrize("number", range(12))
def test_alone(fake_org, number):
    with Salesforce(fake_org.auth()) as sf:
        assert sf.query("SELECT COUNT() FROM Account").total_size == 0
        sf.sobject("Account").create({"Name": str(number)})
        assert [each["Name"] for each in sf.query("SELECT Name FROM Account").all()] == [str(number)]
""",
        "-n",
        "2",
    )

    done.assert_outcomes(passed=12)


WRONG = {
    'clok="manual"': "*the mark fake_org has no clok: it has schema, clock, settings, tls, proxy, users, *",
    'settings={"name": "Zoo"}': "*the settings of fake_org:*",
    'clock="wall"': "*a clock is real, auto or manual, not 'wall'",
    '"manual"': "*takes keywords only",
    'records={"Account": [{}]}': "*REQUIRED_FIELD_MISSING*",
}


def test_a_wrong_mark_is_told(run: Callable[..., pytest.RunResult]) -> None:
    tests = (
        f"@pytest.mark.fake_org({mark})\ndef test_{number}(fake_org):\n    pass" for number, mark in enumerate(WRONG)
    )

    done = run("import pytest\n\n" + "\n\n".join(tests))

    done.assert_outcomes(errors=len(WRONG))
    done.stdout.fnmatch_lines_random([f"E {told}" for told in WRONG.values()])


def test_the_mark_is_described(run: Callable[..., pytest.RunResult]) -> None:
    run("", "--markers").stdout.fnmatch_lines(["@pytest.mark.fake_org([*], schema=None, clock=None*"])


def test_users_log_in_as_themselves(org: FakeOrg) -> None:
    user_id = org.add_user("ann@example.com", password="abcdefg1", LastName="Ann")

    with Salesforce(org.auth("ann@example.com")) as sf:
        account_id = sf.sobject("Account").create({"Name": "Acme"}).id
        assert sf.sobject("Account").get(account_id)["CreatedById"] == user_id
    with pytest.raises(ValueError, match="no active user"):
        org.auth("bo@example.com")
    with pytest.raises(ValueError, match="DUPLICATE"):
        org.add_user("ann@example.com")
    with pytest.raises(ValueError, match="at least 8 characters"):
        org.add_user("cy@example.com", password="short")


def test_a_snapshot_brings_back_the_records(org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": "Kept"}]})
    kept = org.snapshot()
    org.seed({"Account": [{"Name": "Later"}]})

    org.restore(kept)

    with Salesforce(org.auth()) as sf:
        assert [each["Name"] for each in sf.query("SELECT Name FROM Account").all()] == ["Kept"]


def test_requests_are_found_by_what_they_are(org: FakeOrg) -> None:
    with Salesforce(org.auth()) as sf:
        sf.sobject("Account").create({"Name": "Acme"})
        sf.query("SELECT Id FROM Account").all()

    assert [each.operation for each in org.find_requests("*Record")] == ["createRecord"]
    assert [each.status for each in org.find_requests(method="GET", path="*/query*")] == [200]
    assert org.find_requests(status=500) == []
