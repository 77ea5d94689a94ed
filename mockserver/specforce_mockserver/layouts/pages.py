"""Page layouts: one per object, for all of its record types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.describe import described
from specforce_mockserver.ids import ids_from
from specforce_mockserver.layouts.items import button, section
from specforce_mockserver.schema import COMPOUND_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specforce_mockserver.quick_actions.action import QuickAction
    from specforce_mockserver.schema import ChildRelationship, Field, Schema, SObjectType

Json = Any
LAYOUT_PREFIX: Final = "00h"
LONG_TEXT: Final = 255
LIST_COLUMNS: Final = 4
LIST_ROWS: Final = 5
_AUDIT: Final = ("CreatedById", "CreatedDate", "LastModifiedById", "LastModifiedDate")
_HIDDEN: Final = frozenset(
    {*_AUDIT, "Id", "IsDeleted", "SystemModstamp", "LastViewedDate", "LastReferencedDate", "LastActivityDate"}
)
_BUTTONS: Final = ("Edit", "Delete", "Clone")
_RULES: Final = frozenset({"Case", "Lead"})


def layout_id(schema: Schema, sobject: SObjectType) -> str:
    """The Id of an object's page layout."""
    return ids_from(LAYOUT_PREFIX, sorted(schema).index(sobject.name) + 1, 1)[0]


def layouts(schema: Schema, sobject: SObjectType, version: str, actions: Sequence[QuickAction]) -> Json:
    """The page layouts of an object with the record types that use them."""
    types = [each for each in described(sobject, version)["recordTypeInfos"] if each["active"]]
    several = len(types) > 1
    own_id = layout_id(schema, sobject)
    return {
        "layouts": [] if several else [layout(schema, sobject, version, actions)],
        "recordTypeMappings": [{**each, "layoutId": own_id, "picklistsForRecordType": None} for each in types],
        "recordTypeSelectorRequired": [several],
    }


def layout(schema: Schema, sobject: SObjectType, version: str, actions: Sequence[QuickAction]) -> Json:
    """The page layout of an object."""
    own_id = layout_id(schema, sobject)
    detail = [
        section(sobject, heading, fields, columns=columns, layout_id=own_id)
        for heading, fields, columns in _sections(sobject, editing=False)
    ]
    edit = [
        section(sobject, heading, fields, columns=columns, layout_id=own_id)
        for heading, fields, columns in _sections(sobject, editing=True)
    ]
    return {
        "buttonLayoutSection": {"detailButtons": [button(each, each) for each in _BUTTONS]},
        "detailLayoutSections": detail,
        "editLayoutSections": edit,
        "feedView": None,
        "highlightsPanelLayoutSection": None,
        "id": own_id,
        "multirowEditLayoutSections": edit[:1],
        "offlineLinks": [],
        "quickActionList": action_list(actions, version),
        "relatedContent": {"relatedContentItems": []},
        "relatedLists": [_related_list(schema, each) for each in sobject.child_relationships if _listed(schema, each)],
        "saveOptions": [_assignment_rule()] if sobject.name in _RULES else [],
    }


def global_layouts(actions: Sequence[QuickAction], version: str) -> Json:
    """The global publisher layout: quick actions, and nothing else."""
    lists = ("detailLayoutSections", "editLayoutSections", "multirowEditLayoutSections", "offlineLinks")
    nothing = ("buttonLayoutSection", "feedView", "highlightsPanelLayoutSection", "id", "relatedContent")
    only: Json = {
        **dict.fromkeys(nothing),
        **{name: list[Json]() for name in (*lists, "relatedLists", "saveOptions")},
        "quickActionList": action_list(actions, version),
    }
    return {"layouts": [only], "recordTypeMappings": [], "recordTypeSelectorRequired": [False]}


def action_list(actions: Sequence[QuickAction], version: str) -> Json:
    """The quick actions of a page."""
    items: list[Json] = [
        {
            "accessLevelRequired": None,
            "colors": [],
            "iconUrl": None,
            "icons": [],
            "label": each.label,
            "miniIconUrl": "",
            "quickActionName": each.name,
            "targetSobjectType": each.target,
            "type": each.kind,
            "urls": each.urls(version),
        }
        for each in actions
    ]
    return {"quickActionListItems": items}


def shown_fields(sobject: SObjectType) -> list[Field]:
    """The fields of a page, without those that are parts of others."""
    return [
        each
        for each in sobject.fields
        if each.name not in _HIDDEN and each.type != "base64" and (each.compound_field_name or each.name) == each.name
    ]


def _sections(sobject: SObjectType, *, editing: bool) -> Iterator[tuple[str, list[Field], int]]:
    """Heading, fields and columns of each section that has fields."""
    fields = shown_fields(sobject)
    if editing:
        fields = [each for each in fields if each.createable or each.updateable or each.compound]
    long = [each for each in fields if each.type == "textarea" and each.length > LONG_TEXT]
    places = [each for each in fields if each.type in COMPOUND_TYPES]
    rest = [each for each in fields if each not in long and each not in places]
    audit = [] if editing else [found for name in _AUDIT if (found := sobject.field(name)) is not None]
    sections = (
        (f"{sobject.label} Information", rest, 2),
        ("Address Information", places, 2),
        ("Description Information", long, 1),
        ("System Information", audit, 2),
    )
    return (each for each in sections if each[1])


def _listed(schema: Schema, relationship: ChildRelationship) -> bool:
    return relationship.relationship_name is not None and relationship.child_sobject in schema


def _related_list(schema: Schema, relationship: ChildRelationship) -> Json:
    child = schema.definition(relationship.child_sobject)
    plain = [each for each in shown_fields(child) if not each.compound]
    name = child.name_field
    fields = [each for each in plain if each.type != "reference" and each is not name]
    shown = [*([name] if name else []), *fields] or plain or child.columns[:1]
    order = shown[0]
    return {
        "accessLevelRequiredForCreate": None,
        "buttons": [button("New", "New")],
        "columns": [
            {
                "field": f"{child.name}.{each.name}",
                "fieldApiName": each.name,
                "format": each.type if each.type in {"date", "datetime"} else None,
                "label": each.label,
                "lookupId": "Id" if each.name_field else None,
                "name": each.name,
            }
            for each in shown[:LIST_COLUMNS]
        ],
        "custom": child.custom,
        "field": relationship.field,
        "label": child.label_plural,
        "limitRows": LIST_ROWS,
        "name": relationship.relationship_name,
        "sobject": child.name,
        "sort": [{"ascending": True, "column": order.name}],
    }


def _assignment_rule() -> Json:
    return {
        "defaultValue": True,
        "isDisplayed": True,
        "label": "Assign using active assignment rule",
        "name": "useDefaultRule",
        "restHeaderName": "Sforce-Auto-Assign",
        "soapHeaderName": "AssignmentRuleHeader",
    }
