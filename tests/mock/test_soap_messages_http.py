"""E-mails and approvals over SOAP, raw HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mock.soap_client import create, post, results, text

if TYPE_CHECKING:
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
