"""What the reference connector's own tests assert and its documents promise, where no other test shows it."""

from __future__ import annotations

import inspect
import warnings
from typing import TYPE_CHECKING, Any

import pytest

import specforce
from specforce.auth import RefreshToken, RetirementWarning, StaticToken, UsernamePassword
from specforce.errors import InputError, NotFound, SpecError
from specforce_specs import VERSIONS, apis
from tests.covers import covers

if TYPE_CHECKING:
    from collections.abc import Callable

    from specforce.testing import FakeOrg
    from tests.halves import Half


@covers("T7")
def test_a_search_finds_what_was_made(half: Half, org: FakeOrg) -> None:
    org.seed({"Account": [{"Name": "Acme Rockets"}], "Contact": [{"LastName": "Acme"}]})

    hits = half.run(half.login(org.auth()).search("FIND {Acme} IN ALL FIELDS RETURNING Account(Id, Name), Contact(Id)"))

    assert len(list(hits)) == 2


@covers("T9")
def test_metadata_is_there(half: Half, org: FakeOrg) -> None:
    rest = half.login(org.auth()).rest

    everything = half.run(rest.describe_global())
    names = {sobject.name for sobject in everything.sobjects}
    assert {"Account", "Contact", "PlatformAction"} <= names
    for name in ("Account", "PlatformAction"):
        assert half.run(rest.get_sobject_basic_info(name)).object_describe.name == name
    assert half.run(rest.describe_sobject("PlatformAction")).createable is False
    assert half.run(rest.list_versions())


@covers("T16")
def test_the_resources_of_a_version_are_there(half: Half, org: FakeOrg) -> None:
    resources = half.run(half.login(org.auth(), api_version="v59").rest.list_resources())

    for name in ("sobjects", "search", "query", "licensing", "connect", "tooling", "chatter", "recent"):
        assert resources[name].startswith("/services/data/v59.0/")


@covers("C5")
@pytest.mark.parametrize("version", ["59", "59.0", "v59", "v59.0", 59, 59.0])
def test_the_resources_of_any_version_are_there(half: Half, org: FakeOrg, version: str | float) -> None:
    sf = half.login(org.auth(), api_version="60.0")

    assert half.run(sf.resources(version))["query"] == "/services/data/v59.0/query"
    assert half.run(sf.resources())["query"] == "/services/data/v60.0/query"


def test_a_client_too_old_for_the_list_of_resources_still_reads_a_newer_version_s(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth(), api_version="30.0")

    assert half.run(sf.resources("67"))["query"] == "/services/data/v67.0/query"
    with pytest.raises(SpecError, match=r"since API version 31\.0"):
        half.run(sf.resources())


@pytest.mark.parametrize("version", ["", "59.1", "../59", "latest"])
def test_the_resources_of_no_version_are_refused_before_anything_is_sent(
    half: Half, org: FakeOrg, version: str
) -> None:
    with pytest.raises(InputError, match="isn't an API version"):
        half.run(half.login(org.auth()).resources(version))

    assert not org.requests


def test_a_version_that_the_org_lacks_has_no_resources(half: Half, org: FakeOrg) -> None:
    with pytest.raises(NotFound):
        half.run(half.login(org.auth()).resources("v99.0"))


def test_the_user_is_told_by_get_and_by_post(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())

    by_post = half.run(sf.auth.post_user_info())

    assert by_post.preferred_username == "user@example.com"
    assert by_post == half.run(sf.auth.get_user_info())


@covers("T18")
@pytest.mark.parametrize("url", ["", "  "])
def test_an_empty_address_is_refused_before_anything_is_sent(half: Half, url: str) -> None:
    with pytest.raises(InputError, match="instance_url"):
        half.client(StaticToken("token"), instance_url=url)


@covers("B3")
def test_an_open_job_is_aborted_and_deleted(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    job = half.run(sf.bulk.ingest_job("Contact", operation="insert"))
    half.run(job.upload(b"LastName\nAda\n"))

    assert half.run(job.abort()).state == "Aborted"
    half.run(job.delete())

    with pytest.raises(NotFound):
        half.run(sf.bulk_v2.get_ingest_job(job.id))


@covers("C17")
def test_listing_query_jobs_lists_query_jobs(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    half.run(sf.bulk.ingest_job("Contact", operation="insert"))
    made = half.run(sf.bulk_v2.create_query_job(body={"operation": "query", "query": "SELECT Id FROM User"}))

    listed = half.run(sf.bulk_v2.list_query_jobs()).records

    assert [job.id for job in listed] == [made.id]


@covers("C21")
def test_the_default_version_is_the_newest_that_the_specs_cover() -> None:
    default = inspect.signature(specforce.Salesforce).parameters["api_version"].default

    assert default == VERSIONS.default == VERSIONS.newest


@covers("C22")
def test_http_1_1_is_the_default() -> None:
    parameters: Any = inspect.signature(specforce.Salesforce).parameters

    assert parameters["http2"].default is False


@covers("C24")
def test_an_operation_is_in_one_place() -> None:
    ids = [operation for api in apis() for operation in api.operation_ids]

    assert len(ids) == len(set(ids))


@covers("C9", "T11")
def test_a_password_is_looked_at_set_and_reset(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    user_id = half.run(sf.query("SELECT Id FROM User WHERE Username = 'user@example.com'").first())["Id"]

    assert half.run(sf.rest.get_user_password(user_id)).is_expired is False
    half.run(sf.rest.set_user_password(user_id, body={"NewPassword": "a longer one 1"}))
    made = half.run(sf.rest.reset_user_password(user_id)).new_password

    assert isinstance(made, str)
    assert made


@covers("C8", "T12")
def test_quick_actions_of_an_object_and_of_the_org(half: Half, org: FakeOrg) -> None:
    rest = half.login(org.auth()).rest

    everywhere = half.run(rest.list_quick_actions())
    of_accounts = half.run(rest.list_sobject_quick_actions("Account"))

    assert everywhere
    assert of_accounts
    assert [each.name for each in everywhere] != [each.name for each in of_accounts]


@covers("T12")
def test_reports_are_listed_run_and_their_results_fetched(half: Half, org: FakeOrg) -> None:
    sf = half.login(org.auth())
    org.seed({"Account": [{"Name": "Acme", "Industry": "Energy"}]})

    listed = half.run(sf.rest.list_reports())
    report = sf.report(next(each.id for each in listed if each.name == "Accounts by Industry"))
    at_once = half.run(report.run())
    started = half.run(report.run_async())
    later = half.run(half.run(started.wait()).result())

    assert [each.id for each in half.run(report.runs())] == [started.id]
    assert [row.values_by_name() for row in at_once.rows()] == [row.values_by_name() for row in later.rows()]


@covers("C6", "C7", "W1")
@pytest.mark.parametrize("action", ["standard/emailSimple", "/standard/emailSimple"])
def test_an_action_is_invoked_by_a_post_with_its_inputs(half: Half, org: FakeOrg, action: str) -> None:
    sf = half.login(org.auth())

    (result,) = half.run(
        sf.invoke(action, {"emailAddresses": "a@example.com", "emailSubject": "Hello", "emailBody": "x"})
    )

    assert result.is_success
    assert [request.method for request in org.requests if "/actions/" in request.path] == ["POST"]


@covers("T13")
def test_a_batch_of_two_reads_has_no_errors(half: Half, org: FakeOrg) -> None:
    batch = half.login(org.auth()).batch(halt_on_error=True)
    reads = [batch.request("GET", f"/sobjects/{name}/describe") for name in ("Account", "Contact")]

    answers = half.run(batch.send())

    assert [answers[each]["name"] for each in reads] == ["Account", "Contact"]


@covers("T14")
def test_a_named_layout_is_read(half: Half, org: FakeOrg) -> None:
    assert half.run(half.login(org.auth()).rest.get_named_layout("User", "UserAlt"))


@covers("C2")
@pytest.mark.parametrize("login", ["client credentials", "refresh token", "password", "bearer"])
def test_every_api_takes_every_login(half: Half, org: FakeOrg, login: str) -> None:
    org.apex.route("GET", "/ping", lambda: "pong")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RetirementWarning)
        logins: dict[str, Callable[[], Any]] = {
            "client credentials": org.auth,
            "refresh token": lambda: RefreshToken(
                "test-client", "test-refresh-token", "test-secret", login_url=org.url
            ),
            "password": lambda: UsernamePassword(
                "user@example.com", "password", "test-client", "test-secret", "token", login_url=org.url
            ),
            "bearer": lambda: StaticToken(
                half.run(half.login(org.auth()).session.token()).access_token, instance_url=org.url
            ),
        }
        auth = logins[login]()
    sf = half.login(auth)

    assert half.run(sf.rest.get_limits())
    assert half.run(sf.bulk_v2.list_ingest_jobs()).done
    assert half.run(half.run(sf.bulk_v1.job("Contact", operation="insert")).abort()).state == "Aborted"
    assert half.run(sf.apex.get("/ping")) == "pong"
    assert half.run(sf.soap.get_user_info()).user_name == "user@example.com"
    assert half.run(sf.tooling.query(q="SELECT Id FROM ApexClass")).done
