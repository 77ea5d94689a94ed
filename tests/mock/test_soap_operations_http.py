"""Every SOAP operation over raw HTTP: messages have the elements that the reference's rows say, in their order."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from specforce_mockserver.clock import stored
from specforce_mockserver.org import Org
from specforce_mockserver.schema_files import schema_of_text
from tests.mock.raw_org import SCHEMA, serving
from tests.mock.soap_client import PARTNER, create, post, results
from tests.mock.soap_rows import Judge, holding, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mock.raw_org import RawOrg

NIL = ' xsi:nil="true"/>'
CALLS: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "soap_calls.toml").read_text("utf-8"))
SHOWN = sorted({name for call in CALLS.values() for name in call.get("shows", "").split()})
ENUMERATIONS = sorted(name for name in SHOWN if name not in table("8"))
TYPES = sorted(name for name in SHOWN if name in table("8"))


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Org, RawOrg]]:
    org = Org(schema_of_text(SCHEMA))
    with serving(org) as raw:
        yield org, raw


@pytest.fixture
def world(server: tuple[Org, RawOrg]) -> dict[str, str]:
    """Records for the calls to be about, their Ids by the names that the calls use."""
    org, raw = server
    org.reset()
    raw.login()
    account, other, gone = (create(raw, "Account", Name=name) for name in "ABC")
    results(post(raw, f"<delete><ids>{gone}</ids></delete>"))
    contact = create(raw, "Contact", LastName="Needle", AccountId=account)
    process = {"Name": "Big deals", "DeveloperName": "Big_deals", "TableEnumOrId": "Account"}
    raw.mock("POST", "seed", json={"ProcessDefinition": [process]})
    (pending,) = raw.json(
        "POST", "/process/approvals", json={"requests": [{"actionType": "Submit", "contextId": other}]}
    )
    things = [{"attributes": {"type": "Thing__c"}}] * 200
    for part in (things, things[:1]):
        raw.json("POST", "/composite/sobjects", json={"records": part})
    page = raw.query("SELECT Id FROM Thing__c", headers={"Sforce-Query-Options": "batchSize=200"})
    return {
        "account": account,
        "other": other,
        "gone": gone,
        "contact": contact,
        "lead": create(raw, "Lead", LastName="Ek", Company="Ek AB"),
        "template": raw.create(
            "EmailTemplate",
            Name="T",
            DeveloperName="T",
            FolderId=org.identity.admin_id,
            TemplateType="text",
            Subject="Hi",
            Body="Dear {!Contact.LastName}",
        ),
        "draft": raw.create("EmailMessage", Status="5", Subject="D", ToAddress="a@example.com"),
        "item": pending["newWorkitemIds"][0],
        "locator": page["nextRecordsUrl"].rpartition("/")[2],
        "user": org.identity.admin_id,
        "start": stored(org.clock.now() - 86_400),
        "end": stored(org.clock.now() + 86_400),
        "nil": NIL,
    }


@holding("7", CALLS)
@holding("8", TYPES)
@holding("9", ENUMERATIONS)
@pytest.mark.parametrize("operation", CALLS)
def test_messages_have_the_elements_of_their_rows(
    server: tuple[Org, RawOrg], world: dict[str, str], operation: str
) -> None:
    raw, judge = server[1], Judge()
    body = f"<{operation}>{CALLS[operation]['body'].format(**world)}</{operation}>"
    namespaces = f'xmlns="{PARTNER}" xmlns:o="urn:o" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    judge.request(operation, ET.fromstring(f"<x {namespaces}>{body}</x>")[0])

    answer = post(raw, body, path=f"/services/Soap/u/{'64.0' if operation == 'login' else '67.0'}")

    response = ET.Element("response")
    response.extend(results(answer))
    judge.response(operation, response)
    assert set(CALLS[operation].get("shows", "").split()) <= judge.seen


def test_every_operation_of_the_reference_is_called() -> None:
    assert CALLS.keys() == table("7").keys() - {"Operation"}
