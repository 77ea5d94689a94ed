"""One quick action: what it makes or changes, the fields that it asks for, the values that it sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from specforce_mockserver.layouts.items import section
from specforce_mockserver.layouts.pages import layout_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specforce_mockserver.schema import Schema

Json = Any
Kind = Literal["Create", "Update", "LogACall"]


@dataclass(frozen=True, slots=True)
class QuickAction:
    """A quick action.

    Attributes:
        name: API name; an object's own has the object before a dot.
        label: for people.
        kind: `Create`, `Update` or `LogACall`, which creates a task.
        target: the object whose records it makes or changes.
        context: the object that it starts from; None for a global one.
        parent_field: the new record's field that takes the record it started from; None where there is none.
        fields: what it asks for.
        values: what it sets unless told otherwise.
    """

    name: str
    label: str
    kind: Kind
    target: str
    context: str | None = None
    parent_field: str | None = None
    fields: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def short_name(self) -> str:
        """Its name without the object."""
        return self.name.rpartition(".")[2]

    def urls(self, version: str) -> dict[str, str]:
        """Its resources."""
        mount = f"/services/data/v{version}"
        base = f"{mount}/sobjects/{self.context}/quickActions" if self.context else f"{mount}/quickActions"
        url = f"{base}/{self.name}"
        urls = {"defaultValues": f"{url}/defaultValues", "quickAction": url, "describe": f"{url}/describe"}
        if self.context:
            urls["defaultValuesTemplate"] = f"{url}/defaultValues/{{ID}}"
        return urls

    def listed(self, version: str) -> Json:
        """It in short."""
        return {
            "actionEnumOrId": self.short_name,
            "label": self.label,
            "name": self.name,
            "type": self.kind,
            "urls": self.urls(version),
        }

    def described(self, schema: Schema) -> Json:
        """It whole."""
        target = schema[self.target]
        fields = [found for name in self.fields if (found := target.field(name)) is not None]
        return {
            "accessLevelRequired": None,
            "actionEnumOrId": self.short_name,
            "canvasApplicationId": None,
            "canvasApplicationName": None,
            "colors": [],
            "contextSobjectType": self.context,
            "defaultValues": [
                {"defaultValue": None if value is None else str(value), "field": name}
                for name, value in self.values.items()
            ],
            "flowDevName": None,
            "flowRecordIdVar": None,
            "height": None,
            "iconName": None,
            "iconUrl": None,
            "icons": [],
            "label": self.label,
            "layout": section(target, None, fields, columns=1, layout_id=layout_id(schema, target)),
            "lightningComponentBundleId": None,
            "lightningComponentBundleName": None,
            "lightningComponentQualifiedName": None,
            "miniIconUrl": None,
            "name": self.name,
            "showQuickActionLcHeader": False,
            "showQuickActionVfHeader": False,
            "targetParentField": self.parent_field,
            "targetRecordTypeId": None,
            "targetSobjectType": self.target,
            "type": self.kind,
            "visualforcePageName": None,
            "visualforcePageUrl": None,
            "width": None,
        }
