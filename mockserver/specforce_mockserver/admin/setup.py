"""What administrators set up in an org beside records, and what the org sent out."""

from __future__ import annotations

from specforce_mockserver.admin.orders import Order, carries
from specforce_mockserver.calls import Answer, empty
from specforce_mockserver.processes.rules import add_rule
from specforce_mockserver.tooling.anonymous import plan_next


@carries("listReports")
def reports(order: Order) -> Answer:
    """The saved reports."""
    return Answer(order.org.reports.all())


@carries("addReports")
def add_reports(order: Order) -> Answer:
    """Save a report, or several."""
    library = order.org.reports
    return Answer([library.find(each) for each in [library.add(each) for each in order.bodies]], 201)


@carries("addDashboard")
def add_dashboard(order: Order) -> Answer:
    """Save a dashboard."""
    given = dict(order.body)
    return Answer({"id": order.org.dashboards.add(given.pop("name"), given.pop("components"), **given)}, 201)


@carries("addAction")
def add_action(order: Order) -> Answer:
    """Register an invocable action that always answers the same."""
    given = dict(order.body)
    action = order.org.actions.register_canned(given.pop("type"), given.pop("name"), **given)
    return Answer(action.described(), 201)


@carries("addQuickAction")
def add_quick_action(order: Order) -> Answer:
    """Add a quick action, or change one."""
    given = dict(order.body)
    return Answer(order.org.quick_actions.add(given.pop("name"), **given).described(order.org.schema), 201)


@carries("addListView")
def add_list_view(order: Order) -> Answer:
    """Add a list view."""
    given = dict(order.body)
    return Answer({"id": order.org.list_views.add(given.pop("sobject"), given.pop("label"), **given).id}, 201)


@carries("addWorkflowRule")
def add_workflow_rule(order: Order) -> Answer:
    """Set up a workflow rule."""
    return Answer(add_rule(order.org, order.body), 201)


@carries("planAnonymousApex")
def plan_anonymous_apex(order: Order) -> Answer:
    """Say what the next run of anonymous Apex is answered."""
    return Answer(plan_next(order.org, order.body), 201)


@carries("listOutbox")
def outbox(order: Order) -> Answer:
    """What the org sent."""
    return Answer([each.public() for each in order.org.outbox])


@carries("deleteOutbox")
def clear_outbox(order: Order) -> Answer:
    """Forget what was sent."""
    order.org.outbox.clear()
    return empty()
