"""The pieces of layouts: cells, rows and sections of fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_mockserver.schema import Field, SObjectType

Json = Any


def item(sobject: SObjectType, field: Field, tab_order: int) -> Json:
    """A cell that shows one field; of a compound field, its parts too."""
    component: Json = {
        "details": field.document,
        "displayLines": 1,
        "tabOrder": tab_order,
        "type": "Field",
        "value": field.name,
    }
    parts = sobject.components(field) if field.compound else ()
    if parts:
        components = [
            {"details": each.document, "displayLines": 1, "tabOrder": tab_order, "type": "Field", "value": each.name}
            for each in parts
        ]
        component |= {"components": components, "fieldType": field.type}
    writable = parts or (field,)
    return {
        "editableForNew": any(each.createable for each in writable),
        "editableForUpdate": any(each.updateable for each in writable),
        "label": field.label,
        "layoutComponents": [component],
        "placeholder": False,
        "required": any(each.required for each in writable),
    }


def section(
    sobject: SObjectType, heading: str | None, fields: Sequence[Field], *, columns: int, layout_id: str | None
) -> Json:
    """A section that shows fields row by row; a place at the end that nothing fills is a placeholder."""
    items: list[Json] = [item(sobject, field, place) for place, field in enumerate(fields, 1)]
    rows = [items[start : start + columns] for start in range(0, len(items), columns)]
    for row in rows:
        row.extend(_placeholder() for _ in range(columns - len(row)))
    return {
        "collapsed": False,
        "columns": columns,
        "heading": heading,
        "layoutRows": [{"layoutItems": row, "numItems": len(row)} for row in rows],
        "layoutSectionId": None,
        "parentLayoutId": layout_id,
        "rows": len(rows),
        "tabOrder": "LeftToRight",
        "useCollapsibleSection": heading is not None,
        "useHeading": heading is not None,
    }


def button(name: str, label: str) -> Json:
    """A standard button."""
    nothing = ("behavior", "colors", "content", "contentSource", "encoding", "height", "icons", "url", "width")
    switches = ("menubar", "overridden", "resizeable", "scrollbars", "showsLocation", "showsStatus", "toolbar")
    return {
        **dict.fromkeys(nothing),
        **dict.fromkeys(switches, False),
        "custom": False,
        "label": label,
        "name": name,
        "windowPosition": None,
    }


def _placeholder() -> Json:
    return {
        "editableForNew": False,
        "editableForUpdate": False,
        "label": "",
        "layoutComponents": [],
        "placeholder": True,
        "required": False,
    }
