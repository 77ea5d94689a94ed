"""Bulk API 1.0 over a bad network: nothing is sent twice, nothing is believed that isn't whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from specforce.errors import (
    ApiError,
    ConnectionCut,
    DecodeError,
    InvalidSession,
    JobTimeout,
    ServerUnavailable,
    TransportError,
)
from tests.flows.bulk_org import exported
from tests.halves import ScriptedServer

if TYPE_CHECKING:
    from pathlib import Path

    from specforce.testing import FakeOrg
    from specforce_mockserver.faults import FaultKind
    from tests.halves import Half

BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><jobInfo><id>&z;</id></jobInfo>'


@pytest.fixture
def sf(org: FakeOrg, half: Half) -> Any:
    """A client of the half."""
    return half.login(org.auth(), timeout_s=10)


def asked(org: FakeOrg, operation: str) -> int:
    """How often an operation was asked for."""
    return sum(request.operation == operation for request in org.requests)


def count(half: Half, sf: Any) -> int:
    """How many Accounts the org has."""
    return int(half.run(sf.query("SELECT COUNT() FROM Account").total_size()))


def names(half: Half, sf: Any) -> list[str]:
    """The names of the org's Accounts."""
    return sorted(each["Name"] for each in half.items(sf.bulk_v1.query("SELECT Name FROM Account").dicts()))


@pytest.mark.parametrize("content_type", ["CSV", "JSON"])
def test_a_session_that_ends_mid_job_is_renewed_once_and_the_request_repeated(
    org: FakeOrg, half: Half, sf: Any, content_type: str
) -> None:
    job = half.run(sf.bulk_v1.job("Account", operation="insert", content_type=content_type))
    org.expire_tokens()
    batch = half.run(job.add_batch([{"Name": "A"}]))
    org.expire_tokens()
    half.run(batch.wait())
    org.expire_tokens()

    assert [each.success for each in half.run(batch.results())] == [True]
    assert asked(org, "requestToken") == 4


def test_a_session_that_is_refused_again_is_told(org: FakeOrg, half: Half, sf: Any) -> None:
    org.faults.add("createJob", status=400, error_code="InvalidSessionId", message="Invalid session id", times=None)

    with pytest.raises(InvalidSession):
        half.run(sf.bulk_v1.job("Account", operation="insert"))
    assert asked(org, "createJob") == 2


@pytest.mark.parametrize("kind", ["drop_after", "cut"])
@pytest.mark.parametrize("content_type", ["CSV", "JSON", "XML"])
def test_a_batch_whose_answer_got_lost_is_found_and_not_sent_again(
    org: FakeOrg, half: Half, sf: Any, content_type: str, kind: FaultKind
) -> None:
    job = half.run(sf.bulk_v1.job("Account", operation="insert", content_type=content_type))
    half.run(job.add_batch([{"Name": "first"}]))
    org.faults.add(f"addBatch{content_type.capitalize()}", kind=kind)
    batch = half.run(job.add_batch([{"Name": "second"}]))
    half.run(job.close())
    half.run(job.wait())

    assert [each.values["Name"] for each in half.run(batch.results())] == ["second"]
    assert names(half, sf) == ["first", "second"]


@pytest.mark.parametrize("kind", ["drop_before", "status"])
def test_a_batch_that_never_arrived_is_sent_again(org: FakeOrg, half: Half, sf: Any, kind: FaultKind) -> None:
    job = half.run(sf.bulk_v1.job("Account", operation="insert"))
    org.faults.add("addBatchCsv", kind=kind, status=503)
    batch = half.run(job.add_batch([{"Name": "A"}]))
    half.run(batch.wait())

    assert asked(org, "addBatchCsv") == 2
    assert names(half, sf) == ["A"]


def test_a_batch_that_nobody_takes_is_an_error(org: FakeOrg, half: Half, sf: Any) -> None:
    job = half.run(sf.bulk_v1.job("Account", operation="insert"))
    org.faults.add("addBatchCsv", status=503, times=None)

    with pytest.raises(ServerUnavailable):
        half.run(job.add_batch([{"Name": "A"}]))
    assert half.run(job.batches()) == []


def test_a_batch_that_may_have_arrived_is_not_sent_again_where_nobody_can_tell(
    org: FakeOrg, half: Half, sf: Any
) -> None:
    job = half.run(sf.bulk_v1.job("Account", operation="insert"))
    org.faults.add("addBatchCsv", kind="drop_after")
    org.faults.add("listBatchesXml", status=503, times=None)

    with pytest.raises(TransportError) as caught:
        half.run(job.add_batch([{"Name": "A"}]))
    assert caught.value.__notes__ == [
        f"job {job.id} may have the batch or not: look at batches() before you add it again"
    ]
    assert asked(org, "addBatchCsv") == 1


def test_a_query_whose_batch_is_refused_leaves_no_open_job(org: FakeOrg, half: Half, sf: Any) -> None:
    org.faults.add("addBatchCsv", status=400, error_code="InvalidBatch", message="no")

    with pytest.raises(ApiError, match="no"):
        half.items(sf.bulk_v1.query("SELECT Name FROM Account").dicts())
    assert asked(org, "updateJob") == 1


def test_a_query_that_several_ask_for_is_one_job(org: FakeOrg, half: Half, sf: Any) -> None:
    query = sf.bulk_v1.query("SELECT Name FROM Account")

    first, second = half.together([query.job, query.job])

    assert first is second
    assert asked(org, "createJob") == 1


def test_a_result_that_is_cut_is_fetched_again_whole(org: FakeOrg, half: Half, sf: Any, tmp_path: Path) -> None:
    org.seed({"Account": [{"Name": f"Acme {number}"} for number in range(50)]})
    org.faults.add("getQueryResult", kind="cut", after_bytes=100)

    assert half.run(sf.bulk_v1.query("SELECT Name FROM Account").to_csv(tmp_path / "out.csv")) == 50
    assert len(exported(tmp_path / "out.csv")) == 51
    assert asked(org, "getQueryResult") == 2


def test_a_result_that_stays_cut_is_an_error(org: FakeOrg, half: Half, sf: Any) -> None:
    org.seed({"Account": [{"Name": f"Acme {number}"} for number in range(50)]})
    org.faults.add("getQueryResult", kind="cut", after_bytes=100, times=None)

    with pytest.raises(ConnectionCut):
        half.items(sf.bulk_v1.query("SELECT Name FROM Account").dicts())


@pytest.mark.parametrize("content_type", ["CSV", "JSON", "XML"])
def test_a_result_that_ends_early_in_good_http_is_told(org: FakeOrg, half: Half, sf: Any, content_type: str) -> None:
    org.seed({"Account": [{"Name": f"Acme {number}"} for number in range(50)]})
    org.faults.add("getQueryResult", kind="truncate", after_bytes=400, times=None)

    with pytest.raises((DecodeError, ConnectionCut), match=r"ends within|well-formed|end inside"):
        half.items(sf.bulk_v1.query("SELECT Name FROM Account", content_type=content_type).dicts())


def test_polls_that_fail_dont_end_the_wait(org: FakeOrg, half: Half, sf: Any) -> None:
    job = half.run(sf.bulk_v1.job("Account", operation="insert"))
    batch = half.run(job.add_batch([{"Name": "A"}]))
    org.faults.add("getBatchXml", status=503, times=3)

    assert half.run(batch.wait()).state.value == "Completed"


def test_a_close_whose_answer_got_lost_has_happened(org: FakeOrg, half: Half, sf: Any) -> None:
    job = half.run(sf.bulk_v1.job("Account", operation="insert"))
    org.faults.add("updateJob", kind="drop_after")

    assert half.run(job.close()).state.value == "Closed"
    assert asked(org, "updateJob") == 1


def test_a_batch_that_isnt_done_in_time_goes_on(org: FakeOrg, half: Half, sf: Any) -> None:
    org.plan_job(stuck=True)
    job = half.run(sf.bulk_v1.job("Account", operation="insert"))
    batch = half.run(job.add_batch([{"Name": "A"}]))

    with pytest.raises(JobTimeout, match="isn't done after 60 s, it is InProgress; it goes on"):
        half.run(batch.wait(timeout_s=60))


@pytest.mark.parametrize("body", [BOMB, b"<jobInfo><id>1", b"", b"<html/>", b"<jobInfo/>"])
def test_a_document_that_isnt_a_job_is_a_decode_error(half: Half, body: bytes) -> None:
    server = ScriptedServer(httpx.Response(200, content=body, headers={"content-type": "application/xml"}))
    sf = half.connect(server)

    with pytest.raises(DecodeError):
        half.run(sf.bulk_v1.attach_job("750xx000000001hAAA"))


def test_the_token_goes_out_as_the_session_header_and_in_no_other(half: Half) -> None:
    server = ScriptedServer(httpx.Response(200, content=b"<jobInfo/>", headers={"content-type": "application/xml"}))
    sf = half.connect(server)

    with pytest.raises(DecodeError):
        half.run(sf.bulk_v1.attach_job("750xx000000001hAAA"))

    (request,) = server.requests
    assert request.url.path == "/services/async/67.0/job/750xx000000001hAAA"
    assert request.headers["x-sfdc-session"] == "00Dxx!token-1"
    assert "authorization" not in request.headers
