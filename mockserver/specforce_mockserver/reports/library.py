"""The saved reports of one org: made, found, changed, deleted. `org.reports` is the way in."""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver import resource_records
from specforce_mockserver.calls import ApiError
from specforce_mockserver.ids import to_18
from specforce_mockserver.reports.definition import Definition, define
from specforce_mockserver.reports.filters import bad

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specforce_mockserver.org import Org
    from specforce_mockserver.schema import Schema

Document = dict[str, Any]
KIND: Final = "report"
KEY_PREFIX: Final = "00O"
MAX_LISTED: Final = 200
MAX_NAME: Final = 40
_SEEDED: Final = "seeded:reports"
_FIXED: Final = ("id", "developerName", "reportType")
_NO_API_NAME = re.compile(r"[^A-Za-z0-9]+")

DEFAULT_REPORTS: Final[tuple[Document, ...]] = (
    {
        "name": "All Contacts",
        "reportType": {"type": "Contact"},
        "detailColumns": ["Name", "Account.Name", "Email", "Phone"],
    },
    {
        "name": "Accounts by Industry",
        "reportFormat": "SUMMARY",
        "reportType": {"type": "Account"},
        "detailColumns": ["Name", "Industry", "AnnualRevenue"],
        "groupingsDown": [{"name": "Industry", "sortOrder": "Asc", "dateGranularity": "None", "sortAggregate": None}],
        "aggregates": ["s!AnnualRevenue", "RowCount"],
    },
    {
        "name": "Opportunities by Stage",
        "reportFormat": "SUMMARY",
        "reportType": {"type": "Opportunity"},
        "detailColumns": ["Name", "Account.Name", "Amount", "CloseDate"],
        "groupingsDown": [{"name": "StageName", "sortOrder": "Asc", "dateGranularity": "None", "sortAggregate": None}],
        "aggregates": ["s!Amount", "RowCount"],
    },
)


class Reports:
    """The saved reports of one org.

    Args:
        org: whose they are.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._lock = threading.RLock()
        self._viewed: dict[str, int] = {}
        if org.counters.take(_SEEDED) == 1:
            for each in DEFAULT_REPORTS:
                with suppress(ApiError):  # the org's own schema lacks the object or a field of it
                    self.add(each)
            for own in org.schema.reports:
                self.add(dict(own))

    def add(self, metadata: Document, *, owner_id: str | None = None) -> str:
        """Save a new report.

        Args:
            metadata: its `reportMetadata`: `name` and `reportType` at least. Its columns are fields of the object that
                its type names, `Amount` or `Account.Name`.
            owner_id: whose private folder it goes to, unless `folderId` says otherwise; the administrator's, unless
                given.

        Returns:
            Its Id.

        Raises:
            ApiError: the metadata isn't valid.
        """
        name = _name(metadata)
        folder = metadata.get("folderId") or owner_id or self._org.identity.admin_id
        with self._lock:
            document = {
                **metadata,
                "id": self._org.counters.new_id(KEY_PREFIX),
                "name": name,
                "developerName": developer_name(metadata.get("developerName") or name, self.all()),
                "folderId": folder,
            }
            report_id: str = document["id"]
            self._save(report_id, define(self._org.schema, document).metadata)
        return report_id

    def find(self, text: str) -> Document:
        """A report's metadata by its Id, in either length.

        Raises:
            ApiError: 404, there is none [P].
        """
        found = self._org.documents.get(KIND, to_18(text) or "")
        if found is None:
            raise unavailable()
        return found

    def by_name(self, developer_name: str) -> Document | None:
        """A report's metadata by its developer name; None when there is none."""
        return next((each for each in self.all() if each["developerName"] == developer_name), None)

    def all(self) -> list[Document]:
        """Every report, in the order in which they were made."""
        return list(self._org.documents.all(KIND).values())

    def define(self, metadata: Document, changes: Document | None = None) -> Definition:
        """A report, checked, as it is or with what differs this once.

        Raises:
            ApiError: it isn't valid.
        """
        kept: Document = {key: metadata[key] for key in _FIXED}
        return define(self._org.schema, {**metadata, **(changes or {}), **kept})

    def change(self, text: str, changes: Document) -> str:
        """Save changes to a report; its Id is answered.

        Raises:
            ApiError: there is no such report, or it wouldn't be valid any more.
        """
        with self._lock:
            metadata = self.find(text)
            if "name" in changes:
                _name(changes)
            if changes.get("folderId", "") is None:
                changes = {**changes, "folderId": metadata["folderId"]}
            report_id: str = metadata["id"]
            self._save(report_id, self.define(metadata, changes).metadata)
        return report_id

    def copy(self, text: str, changes: Document, *, owner_id: str) -> str:
        """Save a copy under another name; its Id is answered.

        Raises:
            ApiError: there is no such report, or the copy isn't valid.
        """
        source = self.find(text)
        given = {**source, "folderId": None, "developerName": None, **changes, "reportType": source["reportType"]}
        given["name"] = _name(changes)
        return self.add(given, owner_id=owner_id)

    def delete(self, text: str) -> str:
        """Delete a report; its Id is answered.

        Raises:
            ApiError: there is no such report.
        """
        report_id: str = self.find(text)["id"]
        self._org.documents.delete(KIND, report_id)
        resource_records.forget(self._org, resource_records.REPORT, report_id)
        return report_id

    def _save(self, report_id: str, metadata: Document) -> None:
        self._org.documents.put(KIND, report_id, metadata)
        resource_records.keep_report(self._org, metadata)
        self.view(report_id)

    def view(self, report_id: str) -> None:
        """Remember that somebody looked at a report."""
        with self._lock:
            self._viewed.pop(report_id, None)
            self._viewed[report_id] = len(self._viewed)

    def viewed(self) -> list[Document]:
        """The reports that were looked at last, latest first; those that nobody looked at since come last."""
        found = {each["id"]: each for each in self.all()}
        with self._lock:
            order = [each for each in reversed(self._viewed) if each in found]
        order += [each for each in found if each not in set(order)]
        return [found[each] for each in order[:MAX_LISTED]]


def developer_name(wanted: str, others: Iterable[Document]) -> str:
    """An API name that none of the others has."""
    stem = _NO_API_NAME.sub("_", wanted).strip("_") or "Unnamed"
    taken = {each["developerName"].lower() for each in others}
    name, number = stem, 0
    while name.lower() in taken:
        number += 1
        name = f"{stem}{number}"
    return name


def unavailable() -> ApiError:
    """There is no such report, run or dashboard. [P]"""
    return ApiError(404, "NOT_FOUND", "The data you\N{RIGHT SINGLE QUOTATION MARK}re trying to access is unavailable.")


def check_new(schema: Schema, metadata: Document) -> None:
    """Refuse a report that couldn't be saved.

    Raises:
        ApiError: the metadata isn't valid.
    """
    _name(metadata)
    define(schema, metadata)


def _name(metadata: Document) -> str:
    name = metadata.get("name")
    if not isinstance(name, str) or not name.strip():
        raise bad("Specify a report name.")
    if len(name) > MAX_NAME:
        raise bad(f"The report name can't have more than {MAX_NAME} characters.")
    return name
