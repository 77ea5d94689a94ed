"""E-mail templates rendered over SOAP, and drafts that are sent.

Source: specs/reference/soap.md sections 7 and 8. The elements of `renderEmailTemplate` are [E].
"""

from __future__ import annotations

from typing import Any, Final

from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.ids import to_18
from specforce_mockserver.outbox import Message
from specforce_mockserver.records.lookup import rows_by_id
from specforce_mockserver.records.write import set_where_id
from specforce_mockserver.registry import provides
from specforce_mockserver.rows import seen
from specforce_mockserver.soap.delegation import check_count, failed, first, flag_of, opened
from specforce_mockserver.soap.templates import MergeFields

Json = dict[str, Any]
MAX_RENDERED: Final = 10
TEMPLATE: Final = "EmailTemplate"
DRAFT: Final = "EmailMessage"
_MESSAGE_FIELDS: Final = (
    "Status", "Subject", "TextBody", "HtmlBody", "ToAddress", "CcAddress", "BccAddress", "FromAddress",
)  # fmt: skip
_DRAFT_STATUS, _SENT_STATUS = "5", "3"


@provides("soap.renderEmailTemplate")
def render_email_template(call: Call) -> Answer:
    """Texts with their merge fields filled in."""
    requests = call.params["renderRequests"]
    check_count(requests, MAX_RENDERED)
    return Answer([_rendered(call, opened(each)) for each in requests])


@provides("soap.renderStoredEmailTemplate")
def render_stored_email_template(call: Call) -> Answer:
    """A template of the org as the message that comes of it."""
    request = call.params["request"]
    try:
        template = _record(call, TEMPLATE, request["templateId"], ("Subject", "Body", "HtmlValue"))
        fields = MergeFields(call, request.get("whoId"), request.get("whatId"))
        message = {
            "subject": fields.merge(template["Subject"] or ""),
            "htmlBody": fields.merge(template["HtmlValue"], as_html=True) if template["HtmlValue"] else None,
            "plainTextBody": fields.merge(template["Body"] or ""),
            "targetObjectId": request.get("whoId"),
            "templateId": template["Id"],
            "whatId": request.get("whatId"),
        }
    except ApiError as error:
        return Answer([failed(error)])
    return Answer([{"renderedEmail": message, "success": True}])


@provides("soap.sendEmailMessage", writes=True)
def send_email_message(call: Call) -> Answer:
    """Send drafts: they go into the outbox, and are drafts no more."""
    ids = call.params["ids"]
    check_count(ids, MAX_RENDERED, "EMAIL_BATCH_SIZE_LIMIT_EXCEEDED")
    return Answer([_sent(call, each) for each in ids])


def _rendered(call: Call, request: dict[str, list[Any]]) -> Json:
    try:
        fields = MergeFields(call, first(request, "whoId"), first(request, "whatId"))
    except ApiError as error:
        return failed(error)
    as_html = flag_of(first(request, "escapeHtmlInMergeFields"))
    bodies = [_body(fields, text or "", as_html=as_html) for text in request.get("templateBodies", ())]
    return {"bodyResults": bodies, "success": all(each["success"] for each in bodies)}


def _body(fields: MergeFields, text: str, *, as_html: bool) -> Json:
    try:
        return {"mergedBody": fields.merge(text, as_html=as_html), "success": True}
    except ApiError as error:
        return {**failed(error), "mergedBody": None}


def _sent(call: Call, text: str) -> Json:
    try:
        with call.org.database.write() as writer:
            draft = _draft(call, text)
            set_where_id(writer, call.org.schema[DRAFT], [draft["Id"]], {"Status": _SENT_STATUS})
    except ApiError as error:
        return failed(error)
    content = {name: value for name, value in draft.items() if value is not None and name != "Status"}
    call.org.outbox.add(Message("email", call.user_id, call.org.clock.stored_now(), content))
    return {"success": True}


def _draft(call: Call, text: str) -> Json:
    """A message that wasn't sent yet.

    Raises:
        ApiError: there is none such.
    """
    found = _record(call, DRAFT, text, _MESSAGE_FIELDS)
    if found["Status"] != _DRAFT_STATUS:
        raise ApiError(500, "INVALID_STATUS", "Only drafts can be sent")
    return found


def _record(call: Call, kind: str, text: str, names: tuple[str, ...]) -> Json:
    """Fields of a live record of an object; those that the org's object doesn't have are null.

    Raises:
        ApiError: there is no such record.
    """
    record_id = to_18(text) or ""
    sobject = call.org.schema.type(kind)
    known = [] if sobject is None else [each for each in names if sobject.field(each) is not None]
    if sobject is not None:
        found = rows_by_id(call.org.database.reader(), sobject, [record_id], ("IsDeleted", *known)).get(record_id)
        if found is not None and not found[0] and seen(call, sobject, [record_id]):
            return {**dict.fromkeys(names), **dict(zip(known, found[1:], strict=True)), "Id": record_id}
    raise ApiError(500, "INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {text}")
