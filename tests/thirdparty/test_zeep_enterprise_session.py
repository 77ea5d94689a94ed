"""zeep, unmodified, with the WSDLs that the fake org hands out: it judges what the org says of its own objects."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from specforce.testing import FakeOrg

if TYPE_CHECKING:
    from collections.abc import Iterator

zeep: Any = import_module("zeep")
requests: Any = import_module("requests")
RECORDS = "{urn:sobject.enterprise.soap.sforce.com}"


@pytest.fixture(scope="module")
def org() -> Iterator[FakeOrg]:
    with FakeOrg() as org:
        yield org


def client_of(org: FakeOrg, name: str) -> Any:
    """zeep, with a WSDL that it fetched itself."""
    credentials = {"grant_type": "client_credentials", "client_id": "test-client", "client_secret": "test-secret"}
    with requests.Session() as session:
        token = session.post(f"{org.url}/services/oauth2/token", data=credentials).json()["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"
        return zeep.Client(
            f"{org.url}/services/wsdl/{name}",
            transport=zeep.Transport(session=session),
            settings=zeep.Settings(strict=True),
        )


@pytest.fixture(scope="module")
def client(org: FakeOrg) -> Iterator[Any]:
    client = client_of(org, "enterprise")
    yield client
    client.transport.session.close()


@pytest.fixture(scope="module")
def headers(org: FakeOrg, client: Any) -> dict[str, dict[str, str]]:
    """Those of a session that zeep logged in, at the endpoint of a version that has logins."""
    service = client.create_service("{urn:enterprise.soap.sforce.com}SoapBinding", f"{org.url}/services/Soap/c/64.0")
    found = service.login(username="user@example.com", password="passwordtoken")
    assert "/services/Soap/c/64.0/" in found.serverUrl
    return {"SessionHeader": {"sessionId": found.sessionId}}


def typed(client: Any, kind: str, **fields: object) -> Any:
    return client.get_type(f"{RECORDS}{kind}")(**fields)


def test_typed_records_are_created_changed_queried_and_deleted(client: Any, headers: Any) -> None:
    service = client.service
    account = typed(client, "Account", Name="A & B", NumberOfEmployees=7)
    deal = typed(client, "Opportunity", Name="D", StageName="Prospecting", CloseDate=date(2026, 3, 1), Amount=1.5)
    saved = service.create(sObjects=[account, deal], _soapheaders=headers).body.result
    assert [each.success for each in saved] == [True, True], saved
    account_id, deal_id = (each.id for each in saved)
    changes = [typed(client, "Opportunity", Id=deal_id, AccountId=account_id, fieldsToNull=["Amount"])]
    assert service.update(sObjects=changes, _soapheaders=headers).body.result[0].success
    again = typed(client, "Account", Id=account_id, Phone="1")
    (upserted,) = service.upsert(externalIDFieldName="Id", sObjects=[again], _soapheaders=headers).body.result
    assert (upserted.success, upserted.created) == (True, False)

    query = (
        "SELECT Id, Name, CloseDate, Amount, CreatedDate, Account.Name, Account.NumberOfEmployees, "
        "Account.BillingAddress FROM Opportunity"
    )
    (found,) = service.query(queryString=query, _soapheaders=headers).body.result.records
    assert type(found).__name__ == "Opportunity"
    assert (found.Name, found.CloseDate, found.Amount) == ("D", date(2026, 3, 1), None)
    assert (found.Account.Name, found.Account.NumberOfEmployees) == ("A & B", 7)
    assert found.CreatedDate.utcoffset() is not None

    children = "SELECT Name, (SELECT Id FROM Opportunities) FROM Account"
    (parent,) = service.query(queryString=children, _soapheaders=headers).body.result.records
    assert [each.Id for each in parent.Opportunities.records] == [deal_id]

    read = service.retrieve(fieldList="Id,Phone", sObjectType="Account", ids=[account_id], _soapheaders=headers)
    assert read.body.result[0].Phone == "1"
    assert service.delete(ids=[deal_id], _soapheaders=headers).body.result[0].success


def test_the_objects_of_the_wsdl_are_those_of_describe(client: Any, headers: Any) -> None:
    described = client.service.describeSObject(sObjectType="Contact", _soapheaders=headers).body.result

    declared = {name for name, _element in client.get_type(f"{RECORDS}Contact").elements}
    assert {field.name for field in described.fields} <= declared
    everything = client.service.describeGlobal(_soapheaders=headers).body.result.sobjects
    assert all(client.get_type(f"{RECORDS}{each.name}") is not None for each in everything)


def test_groups_and_conversions_work_at_the_enterprise_endpoint(client: Any, headers: Any) -> None:
    lead = typed(client, "Lead", LastName="Ek", Company="Ek & Co")
    lead_id = client.service.create(sObjects=[lead], _soapheaders=headers).body.result[0].id
    query = "SELECT Company c, COUNT(Id) n FROM Lead GROUP BY Company"
    (group,) = client.service.query(queryString=query, _soapheaders=headers).body.result.records
    assert type(group).__name__ == "AggregateResult"

    flags = dict.fromkeys(("doNotCreateOpportunity", "overwriteLeadSource", "sendNotificationEmail"), False)
    wanted = {"leadId": lead_id, "convertedStatus": "Closed - Converted", **flags}
    assert client.service.convertLead(leadConverts=[wanted], _soapheaders=headers).body.result[0].success


def test_the_partner_wsdl_that_the_org_hands_out_works_too(org: FakeOrg, headers: Any) -> None:
    client = client_of(org, "partner")
    found = client.service.query(queryString="SELECT Id FROM User", _soapheaders=headers).body.result
    assert found.size == len(found.records)
    client.transport.session.close()
