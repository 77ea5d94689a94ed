"""`/__mock/...` for what administrators set up in an org beside records, and for what the org sent out.

GET, POST      /__mock/reports         saved reports; POST adds {"name", "reportType", ...} (reportMetadata), or a list
POST           /__mock/dashboards      {"name": "Sales", "components": ["00O..."], "filters": [...]}; answers the Id
POST           /__mock/actions         a custom invocable action that always answers the same:
                                       {"type": "apex", "name": "Greet", "inputs": {"who": "STRING"},
                                       "output": {"text": "Hello"}}, or "error": {"message", "statusCode"}
POST           /__mock/rules           a workflow rule: {"object": "Account", "name": "Greet", "actions": [
                                       {"type": "Task", "name": "Call", "subject": "Call them"}]}, or a
                                       "FieldUpdate" with "field" and "value"
POST           /__mock/anonymousApex   what the next executeAnonymous is answered: {"success": false,
                                       "exceptionMessage": "System.DmlException: ..."}
POST           /__mock/quickActions    {"name": "Account.NewThing", "target": "Thing__c", "kind", "fields", "values"}
POST           /__mock/listViews       {"sobject": "Account", "label": "Banks", "columns": ["Name"],
                                       "filters": [["Industry", "equals", "Banking"]], "order", "descending", "scope"}
GET, DELETE    /__mock/outbox          e-mails, feed posts and notifications that actions sent
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import Answer, empty
from specforce_mockserver.processes.rules import add_rule
from specforce_mockserver.tooling.anonymous import plan_next

if TYPE_CHECKING:
    from specforce_mockserver.org import Org

Handler = Callable[[list[str], Any], Answer]


def setup_handlers(org: Org) -> dict[tuple[str, str], Handler]:
    """What answers which method and resource."""

    def reports(_rest: list[str], _body: Any) -> Answer:
        return Answer(org.reports.all())

    def add_reports(_rest: list[str], body: Any) -> Answer:
        listed: list[Any] = [*body] if isinstance(body, list) else [body]
        ids = [org.reports.add(dict(each)) for each in listed]
        return Answer([org.reports.find(each) for each in ids], 201)

    def add_dashboard(_rest: list[str], body: Any) -> Answer:
        given = dict(body)
        return Answer({"id": org.dashboards.add(given.pop("name"), given.pop("components"), **given)}, 201)

    def add_action(_rest: list[str], body: Any) -> Answer:
        given = dict(body)
        return Answer(org.actions.register_canned(given.pop("type"), given.pop("name"), **given).described(), 201)

    def add_quick_action(_rest: list[str], body: Any) -> Answer:
        given = dict(body)
        return Answer(org.quick_actions.add(given.pop("name"), **given).described(org.schema), 201)

    def add_list_view(_rest: list[str], body: Any) -> Answer:
        given = dict(body)
        return Answer({"id": org.list_views.add(given.pop("sobject"), given.pop("label"), **given).id}, 201)

    def add_workflow_rule(_rest: list[str], body: Any) -> Answer:
        return Answer(add_rule(org, dict(body)), 201)

    def plan_anonymous_apex(_rest: list[str], body: Any) -> Answer:
        return Answer(plan_next(org, dict(body)), 201)

    def outbox(_rest: list[str], _body: Any) -> Answer:
        return Answer([each.public() for each in org.outbox])

    def clear_outbox(_rest: list[str], _body: Any) -> Answer:
        org.outbox.clear()
        return empty()

    return {
        ("GET", "reports"): reports,
        ("POST", "reports"): add_reports,
        ("POST", "dashboards"): add_dashboard,
        ("POST", "actions"): add_action,
        ("POST", "quickActions"): add_quick_action,
        ("POST", "listViews"): add_list_view,
        ("POST", "rules"): add_workflow_rule,
        ("POST", "anonymousApex"): plan_anonymous_apex,
        ("GET", "outbox"): outbox,
        ("DELETE", "outbox"): clear_outbox,
    }
