"""zeep, unmodified and with our WSDL, talks to the fake org; and it reads what our client sends.

It knows nothing of ours but the WSDL, so it judges both sides by it: names, namespaces, types, the order of elements.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from specforce.testing import FakeOrg
from tests.contract.soap_calls import CALLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_api.runtime.operation import Operation

WSDL = Path(__file__).parents[2] / "specs" / "wsdl" / "partner.wsdl"
BINDING = "{urn:partner.soap.sforce.com}SoapBinding"
OWN = "{urn:partner.soap.sforce.com}"
RECORDS = "{urn:sobject.partner.soap.sforce.com}"

zeep: Any = import_module("zeep")
etree: Any = import_module("lxml.etree")


@pytest.fixture(scope="module")
def org() -> Iterator[FakeOrg]:
    with FakeOrg() as org:
        yield org


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    client = zeep.Client(str(WSDL))
    yield client
    client.transport.session.close()


@pytest.fixture(scope="module")
def session(org: FakeOrg, client: Any) -> dict[str, str]:
    """The header of a session that zeep logged in."""
    login = client.create_service(BINDING, f"{org.url}/services/Soap/u/64.0")
    found = login.login(username="user@example.com", password="passwordtoken")
    assert found.serverUrl.startswith(org.url)
    assert found.userInfo.userName == "user@example.com"
    return {"sessionId": found.sessionId}


@pytest.fixture(scope="module")
def service(org: FakeOrg, client: Any) -> Any:
    return client.create_service(BINDING, f"{org.url}/services/Soap/u/67.0")


def record(client: Any, kind: str, **fields: str) -> Any:
    """A record as zeep writes one: fields beyond the schema as elements."""
    rest = []
    for name, value in fields.items():
        element = etree.Element(f"{RECORDS}{name}")
        element.text = value
        rest.append(element)
    return client.get_type(f"{RECORDS}sObject")(type=kind, _value_1=rest)


def test_zeep_creates_queries_and_deletes(client: Any, service: Any, session: dict[str, str]) -> None:
    rows = [record(client, "Account", Name=f"A{n}") for n in range(200)]
    headers = {"SessionHeader": session, "AllOrNoneHeader": {"allOrNone": True}}
    saved = service.create(sObjects=rows, _soapheaders=headers).body.result
    assert all(result.success for result in saved)
    service.create(sObjects=rows[:50], _soapheaders=headers)

    options = {"SessionHeader": session, "QueryOptions": {"batchSize": 200}}
    page = service.query(queryString="SELECT Id, Name FROM Account", _soapheaders=options).body.result
    assert (page.size, page.done, len(page.records)) == (250, False, 200)
    more = service.queryMore(queryLocator=page.queryLocator, _soapheaders=options).body.result
    assert (more.done, len(more.records)) == (True, 50)

    ids = [result.id for result in saved[:2]]
    assert [
        result.success for result in service.delete(ids=ids, _soapheaders={"SessionHeader": session}).body.result
    ] == [
        True,
        True,
    ]


def test_zeep_converts_a_lead(client: Any, service: Any, session: dict[str, str]) -> None:
    headers = {"SessionHeader": session}
    lead = record(client, "Lead", LastName="Ek", Company="Ek & Co")
    lead_id = service.create(sObjects=[lead], _soapheaders=headers).body.result[0].id
    wanted = {
        "leadId": lead_id,
        "convertedStatus": "Closed - Converted",
        "doNotCreateOpportunity": False,
        "overwriteLeadSource": False,
        "sendNotificationEmail": False,
    }
    (result,) = service.convertLead(leadConverts=[wanted], _soapheaders=headers).body.result

    assert result.success
    assert result.accountId.startswith("001")


def test_zeep_describes_and_asks(client: Any, service: Any, session: dict[str, str]) -> None:
    headers = {"SessionHeader": session}

    assert service.describeSObject(sObjectType="Lead", _soapheaders=headers).body.result.fields
    assert service.describeGlobal(_soapheaders=headers).body.result.sobjects
    assert service.getUserInfo(_soapheaders=headers).body.result.userName == "user@example.com"
    assert service.getServerTimestamp(_soapheaders=headers).body.result.timestamp


def test_zeep_describes_layouts_tabs_and_quick_actions(service: Any, session: dict[str, str]) -> None:
    headers = {"SessionHeader": session}

    layouts = service.describeLayout(sObjectType="Lead", layoutName=None, _soapheaders=headers).body.result.layouts
    assert layouts[0].detailLayoutSections[0].layoutRows[0].layoutItems
    assert service.describeAllTabs(_soapheaders=headers).body.result[0].label == "Home"
    listed = service.describeAvailableQuickActions(contextType="Account", _soapheaders=headers).body.result
    names = [action.name for action in listed]
    described = service.describeQuickActions(quickActions=names, _soapheaders=headers).body.result
    assert [action.name for action in described] == names


def test_zeep_is_told_of_faults(service: Any) -> None:
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service.getUserInfo(_soapheaders={"SessionHeader": {"sessionId": "no"}})
    assert caught.value.code == "sf:INVALID_SESSION_ID"


def test_every_operation_is_judged(client: Any) -> None:
    declared = {f"soap.{name}" for name in client.wsdl.bindings[BINDING].all()}

    assert {call.info.operation_id for call in CALLS} == declared


@pytest.mark.parametrize("call", [pytest.param(call, id=call.info.operation_id) for call in CALLS])
def test_zeep_reads_what_our_client_sends(client: Any, call: Operation[Any]) -> None:
    body = call.body_with("token")
    assert isinstance(body, bytes)
    envelope = "{http://schemas.xmlsoap.org/soap/envelope/}"
    root = etree.fromstring(body)

    for element in (*root.iterfind(f"{envelope}Header/*"), *root.iterfind(f"{envelope}Body/*")):
        parsed = client.get_element(element.tag).parse(element, client.wsdl.types)
        assert parsed is not None or not len(element)
