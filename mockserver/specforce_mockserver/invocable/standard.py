"""The standard actions that a fake org performs: what they send is in the org's outbox.

Which inputs there are, and their types, follows Salesforce's list of standard actions [E].
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.ids import to_18
from specforce_mockserver.invocable.action import Action, ActionError, ActionValue
from specforce_mockserver.outbox import Kind, Message
from specforce_mockserver.records.lookup import rows_by_id

if TYPE_CHECKING:
    from specforce_mockserver.invocable.action import Invocation, Values
    from specforce_mockserver.org import Org

_ADDRESS: Final = re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,]+\Z")
FEED_ITEM_PREFIX: Final = "0D5"


def _send(invocation: Invocation, kind: Kind, **content: Any) -> None:
    org = invocation.org
    org.outbox.add(Message(kind, invocation.user_id, org.clock.stored_now(), content))


def _chatter_post(invocation: Invocation) -> Values:
    """Post to the feed of a user, group or record."""
    values, org = invocation.values, invocation.org
    subject = _subject(org, str(values["subjectNameOrId"]), invocation.user_id)
    feed_item_id = org.counters.new_id(FEED_ITEM_PREFIX)
    _send(invocation, "feedItem", id=feed_item_id, subjectId=subject, text=values["text"])
    return {"feedItemId": feed_item_id}


def _subject(org: Org, text: str, user_id: str) -> str:
    """The record that a feed belongs to, by Id, or a user or group by name.

    Raises:
        ActionError: there is none.
    """
    if text == "me":
        return user_id
    record_id = to_18(text)
    sobject = org.schema.by_id(record_id) if record_id is not None else None
    if record_id is not None and sobject is not None:
        found = rows_by_id(org.database.reader(), sobject, (record_id,), ("IsDeleted",)).get(record_id)
        if found is not None and not found[0]:
            return record_id
    connection = org.database.reader()
    for query in ("SELECT Id FROM User WHERE Username = ?", 'SELECT Id FROM "Group" WHERE Name = ?'):
        row: tuple[str] | None = connection.execute(query, (text,)).fetchone()
        if row is not None:
            return row[0]
    message = f"subjectNameOrId: no user, group or record is {text}"
    raise ActionError(message, fields=("subjectNameOrId",))


def _email_simple(invocation: Invocation) -> None:
    """Send an e-mail."""
    values = invocation.values
    listed = [*(values.get("emailAddressesArray") or ()), *str(values.get("emailAddresses") or "").split(",")]
    addresses = [each.strip() for each in listed if each and each.strip()]
    if not addresses:
        message = "Missing required input parameter: emailAddresses"
        raise ActionError(message, fields=("emailAddresses",))
    for each in addresses:
        if not _ADDRESS.match(each):
            message = f"emailAddresses: invalid email address: {each}"
            raise ActionError(message, "INVALID_EMAIL_ADDRESS", ("emailAddresses",))
    sender = values.get("senderAddress") or invocation.org.settings.username
    _send(
        invocation,
        "email",
        to=addresses,
        subject=values["emailSubject"],
        body=values["emailBody"],
        **{"from": sender},
    )


def _custom_notification(invocation: Invocation) -> None:
    """Send a notification."""
    values = invocation.values
    content = {name: values[name] for name in ("title", "body", "recipientIds", "customNotifTypeId")}
    _send(invocation, "notification", **content, targetId=values.get("targetId"))


STANDARD_ACTIONS: Final[tuple[Action, ...]] = (
    Action(
        "standard",
        "chatterPost",
        "Post to Chatter",
        _chatter_post,
        (
            ActionValue("text", "TEXTAREA", "Message", "The text of the post.", required=True),
            ActionValue("subjectNameOrId", "STRING", "Target", "A username, a group's name or an Id.", required=True),
            ActionValue("type", "STRING", "Target Type", "User or Group, where the target is a name."),
            ActionValue("visibility", "STRING", "Visibility", "allUsers or internalUsers."),
            ActionValue("communityId", "STRING", "Experience Cloud Site ID", "The site to post to."),
        ),
        (ActionValue("feedItemId", "REFERENCE", "Feed Item ID", "The Id of the post."),),
        "Post a message to a feed.",
    ),
    Action(
        "standard",
        "emailSimple",
        "Send Email",
        _email_simple,
        (
            ActionValue("emailAddresses", "STRING", "Recipient Addresses (comma-separated)", "At most five addresses."),
            ActionValue("emailAddressesArray", "STRING", "Recipient Addresses (collection)", many=True),
            ActionValue("emailSubject", "STRING", "Subject", required=True),
            ActionValue("emailBody", "TEXTAREA", "Body", required=True),
            ActionValue("senderType", "STRING", "Sender Type", "CurrentUser or OrgWideEmailAddress."),
            ActionValue("senderAddress", "STRING", "Sender Address"),
            ActionValue("sendRichBody", "BOOLEAN", "Rich-Text-Formatted Body"),
            ActionValue("useLineBreaks", "BOOLEAN", "Use Line Breaks"),
        ),
        description="Send an e-mail.",
    ),
    Action(
        "standard",
        "customNotificationAction",
        "Send Custom Notification",
        _custom_notification,
        (
            ActionValue("customNotifTypeId", "STRING", "Custom Notification Type ID", required=True),
            ActionValue("recipientIds", "STRING", "Recipient IDs", required=True, many=True),
            ActionValue("title", "STRING", "Notification Title", required=True),
            ActionValue("body", "TEXTAREA", "Notification Body", required=True),
            ActionValue("targetId", "STRING", "Target ID"),
            ActionValue("senderId", "STRING", "Sender ID"),
        ),
        description="Send a notification to users.",
    ),
)
