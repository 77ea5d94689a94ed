"""E-mails and approvals over SOAP. An e-mail goes into the org's outbox and nowhere else.

Source: specs/reference/soap.md sections 5, 7 and 8; refusals of messages are [E].
"""

from __future__ import annotations

from typing import Any

from specforce_mockserver.calls import Answer, Call
from specforce_mockserver.outbox import Message
from specforce_mockserver.registry import provides
from specforce_mockserver.soap.delegation import ask, check_count, flag_of

MAX_MESSAGES = 10
_RECIPIENTS = ("toAddresses", "ccAddresses", "bccAddresses", "targetObjectId", "targetObjectIds")
_BODIES = ("plainTextBody", "htmlBody", "templateId", "templateName")


@provides("soap.sendEmail", writes=True)
def send_email(call: Call) -> Answer:
    """Put messages into the outbox."""
    messages = call.params["messages"]
    check_count(messages, MAX_MESSAGES, "EMAIL_BATCH_SIZE_LIMIT_EXCEEDED")
    return Answer([_sent(call, each) for each in messages])


@provides("soap.process", writes=True)
def process(call: Call) -> Answer:
    """Submit records for approval and decide on them, as the REST resource does."""
    requests = [_request(each) for each in call.params["actions"]]
    return Answer(ask(call, "processApprovals", body={"requests": requests}))


def _sent(call: Call, message: dict[str, Any]) -> dict[str, Any]:
    if not any(message.get(name) for name in _RECIPIENTS):
        return _refused("REQUIRED_FIELD_MISSING", "Add a recipient to send an email.", "toAddresses")
    if not any(message.get(name) for name in _BODIES):
        return _refused("REQUIRED_FIELD_MISSING", "Missing body, must provide at least one of text, html, template.")
    content = {name: value for name, value in message.items() if value not in (None, [], "")}
    call.org.outbox.add(Message("email", call.user_id, call.org.clock.stored_now(), content))
    return {"success": True}


def _refused(code: str, text: str, *fields: str) -> dict[str, Any]:
    error = {"fields": list(fields), "message": text, "statusCode": code, "targetObjectId": None}
    return {"errors": [error], "success": False}


def _request(action: dict[str, Any]) -> dict[str, Any]:
    """A request of the REST resource, without what isn't said."""
    request = {"comments": action.get("comments"), "nextApproverIds": action.get("nextApproverIds") or None}
    if "objectId" in action:
        request |= {
            "actionType": "Submit",
            "contextId": action["objectId"],
            "contextActorId": action.get("submitterId"),
            "processDefinitionNameOrId": action.get("processDefinitionNameOrId"),
            "skipEntryCriteria": flag_of(action.get("skipEntryCriteria")),
        }
    else:
        request |= {"actionType": action["action"], "contextId": action["workitemId"]}
    return {name: value for name, value in request.items() if value is not None}
