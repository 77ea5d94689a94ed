"""One call of each SOAP operation, which the contract suite has zeep judge by the WSDL.

zeep reads what our client sends, and talks to the fake org itself: tests/thirdparty/test_zeep_session.py.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from specforce_api.runtime.record_ids import long_id
from specforce_api.soap import models, operations

if TYPE_CHECKING:
    from specforce_api.runtime.operation import Operation

ID = long_id("00QSf0000000001")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
RECORD = {"type": "Lead", "Id": ID, "LastName": "Ek", "Fax": None}
CALLS: list[Operation[Any]] = [
    operations.login("user", "password"),
    operations.logout(),
    operations.create([RECORD], all_or_none=True, assignment_rule=models.AssignmentRuleHeader(use_default_rule=True)),
    operations.update([RECORD], update_mru=True),
    operations.upsert("Id", [RECORD]),
    operations.delete([ID]),
    operations.undelete([ID]),
    operations.empty_recycle_bin([ID]),
    operations.merge([models.MergeRequest(master_record=RECORD, record_to_merge_ids=[ID])]),
    operations.convert_lead([models.LeadConvert(lead_id=ID, converted_status="x", account_id=ID)]),
    operations.retrieve("Id", "Lead", [ID]),
    operations.query("SELECT Id FROM Lead", batch_size=200),
    operations.query_all("SELECT Id FROM Lead"),
    operations.query_more("locator"),
    operations.search("FIND {x}"),
    operations.describe_sobject("Lead"),
    operations.describe_sobjects(["Lead"]),
    operations.describe_global(),
    operations.get_deleted("Lead", NOW, NOW),
    operations.get_updated("Lead", NOW, NOW),
    operations.get_server_timestamp(),
    operations.get_user_info(),
    operations.set_password(ID, "x"),
    operations.reset_password(ID),
    operations.send_email([models.SingleEmailMessage(subject="x", to_addresses="a@example.com", plain_text_body="x")]),
    operations.process([models.ProcessSubmitRequest(object_id=ID)]),
]
