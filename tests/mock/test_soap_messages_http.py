"""E-mails and approvals over SOAP, raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mock.reference import row
from tests.mock.soap_client import OWN, create, post, results, text

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from specforce_mockserver.org import Org
    from tests.mock.raw_org import RawOrg


def test_an_email_goes_into_the_outbox(raw: RawOrg, org: Org) -> None:
    message = "<plainTextBody>Hi</plainTextBody><toAddresses>a@example.com</toAddresses>"
    kind = 'xsi:type="SingleEmailMessage"'
    subject = "<subject>S</subject>"
    good, bad = results(
        post(raw, f"<sendEmail><messages {kind}>{subject}{message}</messages><messages {kind}/></sendEmail>")
    )

    assert (text(good, "success"), text(bad, "success")) == ("true", "false")
    (sent,) = org.outbox
    assert (sent.content["subject"], sent.content["plainTextBody"]) == ("S", "Hi")


def test_a_record_is_submitted_for_approval_and_decided_on(raw: RawOrg) -> None:
    process = {"Name": "Big deals", "DeveloperName": "Big_deals", "TableEnumOrId": "Account"}
    raw.mock("POST", "seed", json={"ProcessDefinition": [process]})
    account = create(raw, "Account", Name="A")
    submit = f'<comments>please</comments><objectId>{account}</objectId><submitterId xsi:nil="true"/>'
    submit += '<processDefinitionNameOrId xsi:nil="true"/><skipEntryCriteria xsi:nil="true"/>'
    (pending,) = results(post(raw, f'<process><actions xsi:type="ProcessSubmitRequest">{submit}</actions></process>'))
    assert (text(pending, "success"), text(pending, "instanceStatus")) == ("true", "Pending")

    decide = f"<action>Approve</action><workitemId>{text(pending, 'newWorkitemIds')}</workitemId>"
    decide = f'<actions xsi:type="ProcessWorkitemRequest"><comments xsi:nil="true"/>{decide}</actions>'
    (decided,) = results(post(raw, f"<process>{decide}</process>"))
    assert (text(decided, "entityId"), text(decided, "instanceStatus")) == (account, "Approved")


RENDER = (
    "<renderEmailTemplate><renderRequests><templateBodies>{text}</templateBodies><whatId>{what}</whatId>"
    "</renderRequests></renderEmailTemplate>"
)


def rendered(raw: RawOrg, text_of_template: str, what: str) -> ET.Element:
    return results(post(raw, RENDER.format(text=text_of_template, what=what)))[0]


@row("soap.md#7", "| renderEmailTemplate |")
def test_merge_fields_are_filled_in_and_unknown_ones_are_refused(raw: RawOrg, org: Org) -> None:
    account = create(raw, "Account", Name="Ek & Co")

    filled = rendered(raw, "{!Account.Name}, {!User.Username} of {!Organization.Name}{!Lead.Name}", account)
    assert filled.findtext(f"{OWN}bodyResults/{OWN}mergedBody") == "Ek & Co, user@example.com of Acme"
    refused = rendered(raw, "{!Account.Nope}", account)
    assert refused.findtext(f"{OWN}bodyResults/{OWN}errors/{OWN}statusCode") == "EMAIL_TEMPLATE_MERGEFIELD_ERROR"
    assert text(rendered(raw, "x", "001000000000001AAA"), "success") == "false"


def test_merge_fields_show_nothing_that_the_sender_may_not_see(raw: RawOrg, org: Org) -> None:
    account = create(raw, "Account", Name="A", Phone="1")
    org.permissions.set(org.identity.admin_id, fields={"Account.Phone": "hidden"})
    hidden = rendered(raw, "{!Account.Phone}", account)
    assert hidden.findtext(f"{OWN}bodyResults/{OWN}success") == "false"

    org.permissions.set(org.identity.admin_id, objects={"Account": []})
    assert text(rendered(raw, "{!Account.Name}", account), "success") == "false"


@row("soap.md#7", "| sendEmailMessage |")
def test_a_draft_is_sent_once_into_the_outbox(raw: RawOrg, org: Org) -> None:
    draft = create(raw, "EmailMessage", Status="5", Subject="S", ToAddress="a@example.com")
    send = f"<sendEmailMessage><ids>{draft}</ids></sendEmailMessage>"

    first, again = (results(post(raw, send))[0] for _ in range(2))

    assert (text(first, "success"), text(again, "success")) == ("true", "false")
    (sent,) = org.outbox
    assert (sent.content["Subject"], sent.content["ToAddress"]) == ("S", "a@example.com")
    assert raw.get(f"/sobjects/EmailMessage/{draft}")["Status"] == "3"
