"""The list views of one org: those that every object has, and those that were added. `org.list_views` is the way in."""

from __future__ import annotations

import re
import threading
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver import resource_records
from specforce_mockserver.calls import not_found
from specforce_mockserver.ids import ids_from, to_18
from specforce_mockserver.layouts.pages import shown_fields
from specforce_mockserver.list_views.view import ListView, Resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specforce_mockserver.org import Org
    from specforce_mockserver.schema import Schema, SObjectType

KIND: Final = "listView"
KEY_PREFIX: Final = "00B"
FIRST_ADDED: Final = 100_000
SHOWN: Final = 4
_SEEDED: Final = "seeded:list views"
_NO_API_NAME = re.compile(r"[^A-Za-z0-9]+")


class ListViews:
    """The list views of one org.

    Args:
        org: whose they are.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._standard = list(_standard_views(org.schema))
        self._used: dict[str, None] = {}
        self._lock = threading.Lock()
        if org.counters.take(_SEEDED) == 1:
            for each in self._standard:
                resource_records.keep_list_view(org, each)

    def add(
        self,
        sobject: str,
        label: str,
        *,
        columns: Sequence[str],
        filters: Sequence[Sequence[str]] = (),
        developer_name: str | None = None,
        order: str | None = None,
        descending: bool = False,
        scope: str | None = None,
    ) -> ListView:
        """Add a list view.

        Args:
            sobject: its object.
            label: for people.
            columns: paths of the fields that it shows, `Name` or `Owner.Name`.
            filters: field, operator and value of each, `("Industry", "equals", "Banking,Energy")`; operators are those
                of report filters. All have to fit.
            developer_name: API name; made of the label unless given.
            order: the path of the field that it is ordered by.
            descending: whether high values come first.
            scope: `mine` or another scope of SOQL; everything unless given.

        Raises:
            ValueError: there is no such object.
            ApiError: a field that the object doesn't have, a filter that makes no sense.
        """
        found = self._org.schema.type(sobject)
        if found is None:
            message = f"there is no object {sobject}"
            raise ValueError(message)
        view = ListView(
            ids_from(KEY_PREFIX, FIRST_ADDED + self._org.counters.take("list view"), 1)[0],
            found.name,
            developer_name or _NO_API_NAME.sub("_", label).strip("_"),
            label,
            tuple(columns),
            tuple((name, operator, value) for name, operator, value in filters),
            order,
            descending,
            scope,
        )
        Resolved(self._org.schema, view)
        self._org.documents.put(KIND, view.id, asdict(view))
        resource_records.keep_list_view(self._org, view)
        return view

    def of(self, sobject: SObjectType) -> list[ListView]:
        """The views of an object, by label."""
        found = [each for each in self._all() if each.sobject == sobject.name]
        return sorted(found, key=lambda each: each.label.lower())

    def _all(self) -> list[ListView]:
        added = self._org.documents.all(KIND).values()
        return [*self._standard, *map(_from_document, added)]

    def by_id(self, view_id: str) -> ListView:
        """A view of any object by its 18-character Id.

        Raises:
            ApiError: 404, there is none.
        """
        for each in self._all():
            if each.id == view_id:
                return each
        raise not_found()

    def find(self, sobject: SObjectType, text: str) -> ListView:
        """A view of an object by its Id, in either length.

        Raises:
            ApiError: 404, there is none.
        """
        found = self.by_id(to_18(text) or "")
        if found.sobject != sobject.name:
            raise not_found()
        return found

    def use(self, view: ListView) -> None:
        """Remember that somebody ran a view."""
        with self._lock:
            self._used.pop(view.id, None)
            self._used[view.id] = None

    def recent(self, sobject: SObjectType) -> list[ListView]:
        """The views of an object that were run, latest first."""
        found = {each.id: each for each in self.of(sobject)}
        with self._lock:
            return [found[each] for each in reversed(self._used) if each in found]


def _from_document(document: dict[str, Any]) -> ListView:
    filters = tuple((name, operator, value) for name, operator, value in document["filters"])
    return replace(ListView(**document), columns=tuple(document["columns"]), filters=filters)


def _standard_views(schema: Schema) -> Iterator[ListView]:
    """All records, the user's own where records have owners, those made this week."""
    for place, sobject in enumerate(schema.by_name()):
        name = sobject.name
        if not sobject.queryable or sobject.name_field is None or not sobject.name_field.sortable:
            continue
        ids = ids_from(KEY_PREFIX, place * 10 + 1, 3)
        columns = _columns(sobject)
        order = sobject.name_field.name
        plural = sobject.label_plural
        bare = _NO_API_NAME.sub("", plural)
        yield ListView(ids[0], name, f"All{bare}", f"All {plural}", columns, order=order)
        if sobject.field("OwnerId") is not None:
            yield ListView(ids[1], name, f"My{bare}", f"My {plural}", columns, order=order, scope="mine")
        if sobject.field("CreatedDate") is not None:
            this_week = (("CreatedDate", "equals", "THIS_WEEK"),)
            yield ListView(ids[2], name, "NewThisWeek", "New This Week", columns, this_week, order)


def _columns(sobject: SObjectType) -> tuple[str, ...]:
    name = sobject.name_field
    others = [each for each in shown_fields(sobject) if each is not name and not each.compound and each.sortable]
    plain = [each for each in others if each.createable and each.type not in {"reference", "anyType"}]
    return tuple(each.name for each in [*([name] if name else []), *plain[: SHOWN - 1]])
