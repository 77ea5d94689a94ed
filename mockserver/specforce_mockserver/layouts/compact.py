"""Compact layouts: Salesforce's own, since a fake org's objects have none that somebody made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.describe import described
from specforce_mockserver.layouts.items import item
from specforce_mockserver.layouts.pages import shown_fields

if TYPE_CHECKING:
    from specforce_mockserver.schema import SObjectType

Json = Any
SYSTEM: Final = "SYSTEM"
MAX_FIELDS: Final = 4


def compact_layout(sobject: SObjectType) -> Json:
    """The compact layout that an object uses: its name and a few fields more."""
    return {
        "actions": [],
        "fieldItems": summary_items(sobject),
        "id": None,
        "imageItems": [],
        "label": "System Default",
        "name": SYSTEM,
        "objectType": sobject.name,
    }


def summary_items(sobject: SObjectType) -> list[Json]:
    """Cells that sum up a record, to be read only: its name and a few fields more."""
    name = sobject.name_field
    others = [each for each in shown_fields(sobject) if each is not name and not each.compound and each.createable]
    fields = ([name] if name is not None else []) + others
    items = [item(sobject, each, place) for place, each in enumerate(fields[:MAX_FIELDS], 1)]
    return [{**each, "editableForNew": False, "editableForUpdate": False} for each in items]


def compact_layouts(sobject: SObjectType, version: str) -> Json:
    """The compact layouts that somebody made, of which there are none, and what record types use instead."""
    base = f"/services/data/v{version}/sobjects/{sobject.name}/describe/compactLayouts"
    return {
        "compactLayouts": [],
        "defaultCompactLayoutId": None,
        "recordTypeCompactLayoutMappings": [
            {
                "available": each["available"],
                "compactLayoutId": None,
                "compactLayoutName": SYSTEM,
                "recordTypeId": each["recordTypeId"],
                "recordTypeName": each["developerName"],
                "urls": {"compactLayout": f"{base}/primary"},
            }
            for each in described(sobject, version)["recordTypeInfos"]
        ],
    }
