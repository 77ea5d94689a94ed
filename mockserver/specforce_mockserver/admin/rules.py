"""The data rules of an org beside its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.admin.orders import Order, carries
from specforce_mockserver.calls import Answer

if TYPE_CHECKING:
    from specforce_mockserver.schema import ValidationRule


@carries("listValidationRules")
def validation_rules(order: Order) -> Answer:
    """The validation rules of all objects, those of the schema included."""
    org = order.org
    listed = ((sobject.name, rule) for sobject in org.schema.values() for rule in org.validation_rules.of(sobject))
    return Answer([_public(name, rule) for name, rule in listed])


@carries("addValidationRule")
def add_validation_rule(order: Order) -> Answer:
    """Add a validation rule, in place of one of its name."""
    given = order.body
    rule = order.org.validation_rules.add(
        given["object"],
        given["fullName"],
        given["errorConditionFormula"],
        given["errorMessage"],
        error_display_field=given.get("errorDisplayField"),
    )
    return Answer(_public(given["object"], rule), 201)


@carries("addDuplicateRule")
def add_duplicate_rule(order: Order) -> Answer:
    """Add a duplicate rule, in place of one of its name."""
    given = dict(order.body)
    rule = order.org.duplicate_rules.add(
        given["object"],
        given["name"],
        given["fields"],
        action=given.get("action", "alert"),
        message=given.get("message"),
    )
    public = {"object": rule.sobject, "name": rule.name, "fields": list(rule.fields)}
    return Answer({**public, "action": rule.action, "message": rule.message}, 201)


@carries("addAssignmentRule")
def add_assignment_rule(order: Order) -> Answer:
    """Add an assignment rule."""
    given = order.body
    entries = [(each["formula"], each["ownerId"]) for each in given["ruleEntries"]]
    rule_id = order.org.assignment_rules.add(
        given["object"], given["fullName"], entries, active=given.get("active", True)
    )
    return Answer({"id": rule_id}, 201)


def _public(sobject: str, rule: ValidationRule) -> dict[str, Any]:
    return {
        "object": sobject,
        "fullName": rule.name,
        "errorConditionFormula": rule.formula,
        "errorMessage": rule.message,
        "errorDisplayField": rule.error_display_field,
    }
