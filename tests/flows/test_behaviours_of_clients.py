"""What the reference connector's own tests assert and its documents promise, where no other test shows it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

import specforce
from specforce.auth import StaticToken
from specforce.errors import InputError, NotFound
from specforce_specs import VERSIONS, apis
from tests.covers import covers

if TYPE_CHECKING:
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
