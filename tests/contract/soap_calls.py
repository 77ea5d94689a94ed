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
    operations.describe_data_category_groups(["KnowledgeArticleVersion"]),
    operations.describe_data_category_group_structures([{}], False),
    operations.describe_data_category_mappings(),
    operations.describe_knowledge_settings(),
    operations.describe_app_menu(models.AppMenuType.APP_SWITCHER),
    operations.describe_global_theme(),
    operations.describe_theme(["Lead"]),
    operations.describe_layout("Lead", "x", [ID]),
    operations.describe_softphone_layout(),
    operations.describe_search_layouts(["Lead"]),
    operations.describe_searchable_entities(True),
    operations.describe_search_scope_order(),
    operations.describe_compact_layouts("Lead", [ID]),
    operations.describe_path_assistants("Lead", record_type_ids=[ID]),
    operations.describe_approval_layout("Lead", ["x"]),
    operations.describe_soql_list_views({"x": [{"y": True}, {"y": None}]}),
    operations.execute_list_view({"x": 1}),
    operations.describe_sobject_list_views("Lead", False, "x", 10, 0),
    operations.describe_tabs(),
    operations.describe_all_tabs(),
    operations.describe_primary_compact_layouts(["Lead"]),
    operations.invalidate_sessions(["x"]),
    operations.change_own_password("x", "y"),
    operations.delete_by_example([RECORD]),
    operations.send_email_message([ID]),
    operations.render_email_template([{"x": "y"}]),
    operations.render_stored_email_template(models.RenderStoredEmailTemplateRequest(template_id=ID, who_id=ID)),
    operations.perform_quick_actions([models.PerformQuickActionRequest(quick_action_name="x", records=[RECORD])]),
    operations.describe_quick_actions(["Lead.x"]),
    operations.describe_quick_actions_for_record_type(["Lead.x"], ID),
    operations.describe_available_quick_actions("Lead"),
    operations.retrieve_quick_action_templates(["Lead.x"], ID),
    operations.retrieve_mass_quick_action_templates("Lead.x", [ID]),
    operations.describe_visual_force(True),
    operations.find_duplicates([RECORD]),
    operations.find_duplicates_by_ids([ID]),
    operations.describe_nouns(["Lead"], True, False),
]
