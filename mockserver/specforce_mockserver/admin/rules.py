"""The data rules of an org beside its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.admin.orders import Order, carries
from specforce_mockserver.calls import Answer, empty

if TYPE_CHECKING:
    from specforce_mockserver.permissions.access import UserAccess
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


@carries("listPermissions")
def permissions(order: Order) -> Answer:
    """The rights of users that aren't administrators."""
    return Answer([_rights(each) for each in order.org.permissions.listed()])


@carries("setPermissions")
def set_permissions(order: Order) -> Answer:
    """Say what a user may do, and who shares records."""
    given = dict(order.body)
    permissions = order.org.permissions
    for sobject, model in given.pop("sharing", {}).items():
        permissions.share(sobject, model)
    access = permissions.set(
        given["user"],
        objects=given.get("objects"),
        fields=given.get("fields"),
        view_all_data=given.get("viewAllData", False),
        modify_all_data=given.get("modifyAllData", False),
        api_enabled=given.get("apiEnabled", True),
    )
    return Answer(_rights(access), 201)


@carries("deletePermissions")
def clear_permissions(order: Order) -> Answer:
    """Make everybody an administrator again."""
    order.org.permissions.clear()
    return empty()


def _rights(access: UserAccess) -> dict[str, Any]:
    return {
        "userId": access.user_id,
        "objects": {name: sorted(rights) for name, rights in access.objects.items()},
        "fields": dict(access.fields),
        "viewAllData": access.view_all_data,
        "modifyAllData": access.modify_all_data,
        "apiEnabled": access.api_enabled,
    }


def _public(sobject: str, rule: ValidationRule) -> dict[str, Any]:
    return {
        "object": sobject,
        "fullName": rule.name,
        "errorConditionFormula": rule.formula,
        "errorMessage": rule.message,
        "errorDisplayField": rule.error_display_field,
    }
