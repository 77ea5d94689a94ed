"""One list view, and the query that it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.reports.columns import Column, resolve
from specforce_mockserver.reports.filters import bad, condition

if TYPE_CHECKING:
    from specforce_mockserver.schema import Schema, SObjectType

Json = Any
HIDDEN: Final = ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp")


@dataclass(frozen=True, slots=True)
class ListView:
    """A list view.

    Attributes:
        id: its Id.
        sobject: API name of its object.
        developer_name: API name.
        label: for people.
        columns: paths of the fields that it shows.
        filters: field, operator (as those of reports) and value of each; all have to fit.
        order: the path of the field that it is ordered by; None for none.
        descending: whether high values come first.
        scope: as `USING SCOPE` takes it; None for everything.
    """

    id: str
    sobject: str
    developer_name: str
    label: str
    columns: tuple[str, ...]
    filters: tuple[tuple[str, str, str], ...] = ()
    order: str | None = None
    descending: bool = False
    scope: str | None = None

    def listed(self, data_path: str) -> Json:
        """It in short."""
        url = f"{data_path}/sobjects/{self.sobject}/listviews/{self.id}"
        return {
            "describeUrl": f"{url}/describe",
            "developerName": self.developer_name,
            "id": self.id,
            "label": self.label,
            "resultsUrl": f"{url}/results",
            "soqlCompatible": True,
            "url": url,
        }


class Resolved:
    """A list view whose fields were found.

    Args:
        schema: of the org.
        view: the view.

    Raises:
        ApiError: 400, it names fields that aren't there.
    """

    def __init__(self, schema: Schema, view: ListView) -> None:
        self.view = view
        self._schema = schema
        self.sobject: SObjectType = schema[view.sobject]
        shown = dict.fromkeys(view.columns)
        hidden = [each for each in HIDDEN if each not in shown and self.sobject.field(each) is not None]
        self.shown = [self._column(each) for each in shown]
        self.hidden = [self._column(each) for each in hidden]
        self._order = None if view.order is None else self._column(view.order)
        self._where = [condition(self._column(name), operator, value) for name, operator, value in view.filters]

    def _column(self, path: str) -> Column:
        found = resolve(self._schema, self.sobject, path)
        if found is None:
            raise bad(f"{self.sobject.name} has no field {path}")
        return found

    @property
    def selected(self) -> list[Column]:
        """The columns that are queried, those that aren't shown at the end."""
        return [*self.shown, *self.hidden]

    @property
    def conditions(self) -> list[str]:
        """What its records have to fulfil, each as SOQL."""
        return list(self._where)

    @property
    def soql(self) -> str:
        """The query, without a limit."""
        view = self.view
        text = f"SELECT {', '.join(each.soql for each in self.selected)} FROM {self.sobject.name}"  # noqa: S608 - SOQL
        if view.scope:
            text += f" USING SCOPE {view.scope}"
        if self._where:
            text += f" WHERE {' AND '.join(self._where)}"
        keys = [f"{path} {direction} NULLS FIRST" for path, direction in self._keys()]
        return f"{text} ORDER BY {', '.join(keys)}"

    def _keys(self) -> list[tuple[str, str]]:
        first = [] if self._order is None else [(self._order.soql, "DESC" if self.view.descending else "ASC")]
        return [*first, ("Id", "ASC")]

    def described(self) -> Json:
        """It whole."""
        filters = [
            {"field": name, "operator": operator, "values": value.split(",")}
            for name, operator, value in self.view.filters
        ]
        where = {"conditions": filters, "conjunction": "and"} if len(filters) > 1 else next(iter(filters), None)
        return {
            "columns": self.described_columns(),
            "id": self.view.id,
            "orderBy": [
                {"fieldNameOrPath": path, "nullsPosition": "first", "sortDirection": _direction(direction)}
                for path, direction in self._keys()
            ],
            "query": self.soql,
            "relatedEntityId": None,
            "scope": self.view.scope,
            "scopeEntityId": None,
            "sobjectType": self.sobject.name,
            "whereCondition": where,
        }

    def described_columns(self) -> list[Json]:
        """Its columns, those that aren't shown at the end."""
        keys = {path: (place, direction) for place, (path, direction) in enumerate(self._keys())}
        return [self._described(each, keys.get(each.soql), hidden=each in self.hidden) for each in self.selected]

    def _described(self, column: Column, key: tuple[int, str] | None, *, hidden: bool) -> Json:
        sortable = column.field.sortable and not hidden
        return {
            "ascendingLabel": "A-Z" if sortable else None,
            "descendingLabel": "Z-A" if sortable else None,
            "fieldNameOrPath": column.soql,
            "hidden": hidden,
            "label": column.label,
            "selectListItem": column.soql,
            "sortDirection": None if key is None else _direction(key[1]),
            "sortIndex": None if key is None else key[0],
            "sortable": sortable,
            "type": column.field.type,
        }


def _direction(sql: str) -> str:
    return "ascending" if sql == "ASC" else "descending"
