"""The dashboards of one org: made, found, changed, copied, deleted. `org.dashboards` is the way in."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver import resource_records
from specforce_mockserver.ids import to_18
from specforce_mockserver.reports.filters import bad
from specforce_mockserver.reports.library import developer_name, unavailable

if TYPE_CHECKING:
    from specforce_mockserver.org import Org

Document = dict[str, Any]
KIND: Final = "dashboard"
KEY_PREFIX: Final = "01Z"
COMPONENT_PREFIX: Final = "01a"
OPTION_PREFIX: Final = "0IC"
MAX_FILTERS: Final = 3
MAX_COMPONENTS: Final = 20
MAX_LISTED: Final = 200
_SEEDED: Final = "seeded:dashboards"
_DEFAULT_REPORTS: Final = ("Opportunities_by_Stage", "Accounts_by_Industry")
_CHANGEABLE: Final = ("name", "description", "folderId")


class Dashboards:
    """The dashboards of one org.

    Args:
        org: whose they are.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._lock = threading.RLock()
        self._used: dict[str, None] = {}
        if org.counters.take(_SEEDED) == 1:
            default = [each for name in _DEFAULT_REPORTS if (each := org.reports.by_name(name)) is not None]
            if default:
                self.add("Company Overview", [each["id"] for each in default])

    def add(
        self,
        name: str,
        components: list[str | Document],
        *,
        filters: list[Document] | None = None,
        description: str | None = None,
        can_change_running_user: bool = False,
    ) -> str:
        """Save a new dashboard.

        Args:
            name: its name.
            components: Ids of saved reports; or tables with `reportId` and, where wanted, `header`, `title`, `footer`
                and `properties`. `properties.filterColumns` lists, filter by filter, `{"name": column}` of the report.
            filters: tables with `name` and `options`, each of which has `operation` and `value`; at most three.
            description: what it is for.
            can_change_running_user: whether it may be run as another user.

        Returns:
            Its Id.

        Raises:
            ApiError: a report that isn't there, or too many filters or components.
        """
        org = self._org
        if len(filters or ()) > MAX_FILTERS or not 1 <= len(components) <= MAX_COMPONENTS:
            raise bad(f"A dashboard has 1 to {MAX_COMPONENTS} components and at most {MAX_FILTERS} filters.")
        user = org.identity.admin_id
        with self._lock:
            document: Document = {
                "canChangeRunningUser": can_change_running_user,
                "chatterTopic": None,
                "components": [self._component(place, each) for place, each in enumerate(components)],
                "description": description,
                "developerName": developer_name(name, self.all()),
                "filters": [self._filter(each) for each in filters or ()],
                "folderId": user,
                "id": org.counters.new_id(KEY_PREFIX),
                "layout": {"columns": [{"components": list(range(len(components)))}]},
                "name": name,
                "runningUser": {"displayName": "Admin User", "id": user},
            }
            self._save(document)
        dashboard_id: str = document["id"]
        return dashboard_id

    def _component(self, place: int, given: str | Document) -> Document:
        table: Document = {"reportId": given} if isinstance(given, str) else given
        report = self._org.reports.find(table["reportId"])
        return {
            "componentData": place,
            "footer": table.get("footer"),
            "header": table.get("header", report["name"]),
            "id": self._org.counters.new_id(COMPONENT_PREFIX),
            "properties": table.get("properties") or {},
            "reportId": report["id"],
            "title": table.get("title"),
            "type": "Report",
        }

    def _filter(self, given: Document) -> Document:
        options = [
            {
                "alias": each.get("alias"),
                "endValue": each.get("endValue"),
                "id": self._org.counters.new_id(OPTION_PREFIX),
                "operation": each["operation"],
                "startValue": each.get("startValue"),
                "value": each.get("value"),
            }
            for each in given["options"]
        ]
        return {"name": given["name"], "options": options, "selectedOption": None}

    def find(self, text: str) -> Document:
        """A dashboard by its Id, in either length.

        Raises:
            ApiError: 404, there is none.
        """
        found = self._org.documents.get(KIND, to_18(text) or "")
        if found is None:
            raise unavailable()
        return found

    def all(self) -> list[Document]:
        """Every dashboard, in the order in which they were made."""
        return list(self._org.documents.all(KIND).values())

    def change(self, text: str, changes: Document) -> Document:
        """Save changes of name, description or folder; the dashboard is answered.

        Raises:
            ApiError: 404, there is no such dashboard.
        """
        with self._lock:
            document = {**self.find(text), **_changed(changes)}
            self._save(document)
        return document

    def copy(self, text: str, changes: Document) -> Document:
        """Save a copy; the copy is answered.

        Raises:
            ApiError: 404, there is no such dashboard.
        """
        with self._lock:
            source = {**self.find(text), **_changed(changes)}
            counters = self._org.counters
            document = {
                **source,
                "id": counters.new_id(KEY_PREFIX),
                "developerName": developer_name(source["name"], self.all()),
                "components": [{**each, "id": counters.new_id(COMPONENT_PREFIX)} for each in source["components"]],
                "filters": [self._filter(each) for each in source["filters"]],
            }
            self._save(document)
        return document

    def delete(self, text: str) -> str:
        """Delete a dashboard; its Id is answered.

        Raises:
            ApiError: 404, there is none.
        """
        dashboard_id: str = self.find(text)["id"]
        self._org.documents.delete(KIND, dashboard_id)
        resource_records.forget(self._org, resource_records.DASHBOARD, dashboard_id)
        return dashboard_id

    def use(self, dashboard_id: str) -> None:
        """Remember that somebody looked at a dashboard."""
        with self._lock:
            self._used.pop(dashboard_id, None)
            self._used[dashboard_id] = None

    def used(self) -> list[Document]:
        """The dashboards, those that were looked at last first."""
        found = {each["id"]: each for each in self.all()}
        with self._lock:
            order = [each for each in reversed(self._used) if each in found]
        rest = [each for each in found if each not in set(order)]
        return [found[each] for each in (*order, *rest)][:MAX_LISTED]

    def _save(self, document: Document) -> None:
        self._org.documents.put(KIND, document["id"], document)
        resource_records.keep_dashboard(self._org, document)
        self.use(document["id"])


def _changed(changes: Document) -> Document:
    """What of the changes is saved: a name can't be null."""
    kept: Document = {key: changes[key] for key in _CHANGEABLE if key in changes}
    if not kept.get("name"):
        kept.pop("name", None)
    return kept


def shown(document: Document, base: str) -> Document:
    """A dashboard's metadata, under the URL that dashboards have in a version."""
    attributes = {
        "dashboardId": document["id"],
        "dashboardName": document["name"],
        "statusUrl": f"{base}/{document['id']}/status",
        "type": "Dashboard",
    }
    return {"attributes": attributes, **document}
