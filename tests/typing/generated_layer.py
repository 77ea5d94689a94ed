"""What an editor knows of the generated layer: checked by mypy and pyright, never run."""

# pyright: reportUnnecessaryTypeIgnoreComment=true
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_type

from specforce_api import AsyncClient, Client
from specforce_api.auth import AuthApi
from specforce_api.auth.models import TokenResponse
from specforce_api.bulk_v2 import AsyncBulkV2Api, BulkV2Api
from specforce_api.bulk_v2.models import CreateIngestJobRequest, IngestJobInfo, JobState, ResultPages
from specforce_api.rest import AsyncRestApi, RestApi, operations
from specforce_api.rest.models import Limit, Limits, SObject, UpsertResult, Version
from specforce_api.runtime.operation import AsyncSender, Operation, Sender, StreamBody
from specforce_api.runtime.types import Unset
from specforce_api.runtime.waiters import WAITERS

sync_client = Client("https://org.example", "token")
async_client = AsyncClient("https://org.example", "token")
sender: Sender = sync_client
async_sender: AsyncSender = async_client

rest = RestApi(sync_client)
assert_type(rest.get_limits(), Limits)
assert_type(rest.get_limits()["DailyApiRequests"], Limit)
assert_type(rest.list_versions(), list[Version])
assert_type(rest.get_record("Account", "001", fields=["Id"]), SObject | None)
assert_type(rest.upsert_record("Account", "Code__c", "x", body={"Name": "x"}), UpsertResult | None)
assert_type(rest.delete_record("Account", "001"), None)

assert_type(operations.get_limits(), Operation[Limits])
assert_type(sync_client.send(operations.get_limits()), Limits)
assert_type(AuthApi(sync_client).request_token(body={"grant_type": "client_credentials"}), TokenResponse)

bulk = BulkV2Api(sync_client)
job = bulk.get_ingest_job("750")
assert_type(job, IngestJobInfo)
assert_type(job.state, JobState)
assert_type(job.created_date, datetime)
assert_type(bulk.upload_ingest_job_data("750", body=b"Id\n"), None)
assert_type(bulk.upload_ingest_job_data("750", body=StreamBody(lambda: iter([b""]))), None)
assert_type(bulk.get_ingest_failed_results("750"), bytes)
assert_type(bulk.list_query_job_result_pages("750"), ResultPages)
assert_type(WAITERS["ingest_job"].abort_body, Mapping[str, str])


def kept(request: CreateIngestJobRequest) -> dict[str, Any]:
    """Unset is told apart from null, and what the spec doesn't know is kept."""
    assert_type(request.external_id_field_name, str | Unset)
    return request.additional_properties


async def asynchronous() -> None:
    """The asynchronous classes say the same."""
    assert_type(await AsyncRestApi(async_client).get_limits(), Limits)
    assert_type(await async_client.send(operations.list_versions()), list[Version])
    await AsyncBulkV2Api(async_client).upload_ingest_job_data("750", body=b"")


rest.get_record("Account", "001", ["Id"])  # type: ignore[call-arg]
rest.upsert_record("Account", "Code__c", "x")  # type: ignore[call-arg]
bulk.upload_ingest_job_data("750", body="Id\n")  # type: ignore[arg-type]
AsyncRestApi(sync_client)  # type: ignore[arg-type]
