"""Callers without a session: no operation of any API serves them. Raw HTTP, driven by the tables of the specs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import specforce_specs
from tests.mock.hostile import OPERATIONS, Stranger
from tests.mock.reference import row

if TYPE_CHECKING:
    from specforce_mockserver.operations import OperationSpec
    from tests.mock.raw_org import RawOrg

SECURED = [each for each in OPERATIONS.values() if each.secured]
# What Salesforce says to a caller without a session where it isn't 401: identity services 403, and Bulk API 1.0, which
# has no such status, 400 (specs/reference/auth.md#3, bulk_v1.md#6).
NO_SESSION = {"getUserInfo": 403, "postUserInfo": 403, "getIdentity": 403}
ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{}"><e:Body>{}</e:Body></e:Envelope>'


def refusal_of(operation: OperationSpec) -> int:
    """The status for a caller without a session."""
    return 400 if operation.api == "bulk_v1" else NO_SESSION.get(operation.id, 401)


@row("errors_and_limits.md#3", "| INVALID_SESSION_ID | 401 |")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer x", "X-SFDC-Session": "x"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic dGVzdA=="},
        {"Authorization": "Bearer " + "x" * 5000, "X-SFDC-Session": "00D!\xe9"},
    ],
    ids=["nothing", "a wrong token", "an empty token", "another scheme", "a long token"],
)
def test_no_operation_is_served_without_a_session(raw: RawOrg, headers: dict[str, str]) -> None:
    with Stranger(raw.url, headers) as caller:
        seen = [caller.call(each, body=b"{}" if each.body_kind != "none" else None) for each in SECURED]

    wrong = [one for one, wanted in zip(seen, SECURED, strict=True) if one.status != refusal_of(wanted)]
    assert [(each.operation, each.status, each.body[:80]) for each in wrong] == []
    assert all(b"InvalidSessionId" in each.body for each in seen if each.status == 400)
    assert len(SECURED) > 150


def test_a_session_that_was_ended_serves_nothing_more(raw: RawOrg) -> None:
    headers = {"Authorization": f"Bearer {raw.token}", "X-SFDC-Session": raw.token}
    raw.mock("DELETE", "sessions")

    with Stranger(raw.url, headers) as caller:
        statuses = [caller.call(each).status for each in SECURED]

    assert statuses == [refusal_of(each) for each in SECURED]


@pytest.mark.parametrize("endpoint", ["u", "c"])
def test_no_operation_of_soap_is_served_without_a_session(raw: RawOrg, endpoint: str) -> None:
    namespace = {"u": "urn:partner.soap.sforce.com", "c": "urn:enterprise.soap.sforce.com"}[endpoint]
    names = [each.removeprefix("soap.") for each in specforce_specs.wsdl("soap")["operations"]]
    headers = {"Content-Type": "text/xml", "SOAPAction": '""'}

    def refused(name: str) -> bool:
        envelope = ENVELOPE.format(namespace, f"<{name}/>")
        answer = raw.http.post(f"/services/Soap/{endpoint}/67.0", content=envelope, headers=headers)
        return answer.status_code == 500 and "INVALID_SESSION_ID" in answer.text

    assert [name for name in names if not refused(name)] == ["login"]
