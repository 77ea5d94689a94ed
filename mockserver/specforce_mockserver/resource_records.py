"""Records of what has resources of its own: reports, dashboards and list views, as SOQL shows them.

The resources' documents are the truth; a record follows each change of its document. The libraries fill themselves when
they are first used, so a query that names one of these objects uses its library first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.records.lookup import quoted
from specforce_mockserver.records.put import put_record

if TYPE_CHECKING:
    from specforce_mockserver.list_views.view import ListView
    from specforce_mockserver.org import Org

Document = dict[str, Any]
REPORT: Final = "Report"
DASHBOARD: Final = "Dashboard"
LIST_VIEW: Final = "ListView"
FOLDER_PREFIX: Final = "00l"
_LIBRARIES: Final = {REPORT.lower(): "reports", DASHBOARD.lower(): "dashboards", LIST_VIEW.lower(): "list_views"}
_NAMED: Final = re.compile(rf"\b({'|'.join(_LIBRARIES)})\b", re.IGNORECASE)


def appear(org: Org, soql: str) -> None:
    """Let the records be there that a query may ask for."""
    for name in {found.lower() for found in _NAMED.findall(soql)}:
        getattr(org, _LIBRARIES[name])


def keep_report(org: Org, document: Document) -> None:
    """Write the record of a report, new or changed."""
    _keep(
        org,
        REPORT,
        document["id"],
        Name=document["name"],
        DeveloperName=document["developerName"],
        Description=document.get("description"),
        Format=document["reportFormat"].title(),
        OwnerId=document["folderId"],
        FolderName=_folder_name(org, document["folderId"]),
    )


def keep_dashboard(org: Org, document: Document) -> None:
    """Write the record of a dashboard, new or changed."""
    _keep(
        org,
        DASHBOARD,
        document["id"],
        Title=document["name"],
        DeveloperName=document["developerName"],
        Description=document.get("description"),
        FolderId=document["folderId"],
        FolderName=_folder_name(org, document["folderId"]),
        RunningUserId=document["runningUser"]["id"],
        Type="LoggedInUser" if document["canChangeRunningUser"] else "SpecifiedUser",
        LeftSize="Medium",
        RightSize="Medium",
        BackgroundDirection="TopToBottom",
    )


def keep_list_view(org: Org, view: ListView) -> None:
    """Write the record of a list view, new or changed."""
    _keep(
        org,
        LIST_VIEW,
        view.id,
        Name=view.label,
        DeveloperName=view.developer_name,
        SobjectType=view.sobject,
        IsSoqlCompatible=1,
    )


def forget(org: Org, sobject_name: str, record_id: str) -> None:
    """Take a record out whose document is gone."""
    if sobject_name in org.schema:
        with org.database.write() as writer:
            writer.execute(f"DELETE FROM {quoted(sobject_name)} WHERE Id = ?", (record_id,))  # noqa: S608 - a constant


def _keep(org: Org, sobject_name: str, record_id: str, **values: Any) -> None:
    sobject = org.schema.type(sobject_name)
    if sobject is None:
        return
    now = org.clock.stored_now()
    changed = {name: value for name, value in values.items() if sobject.field(name) is not None}
    changed |= {"LastModifiedDate": now, "SystemModstamp": now}
    assigned = ", ".join(f"{quoted(name)} = ?" for name in changed)
    statement = f"UPDATE {quoted(sobject.name)} SET {assigned} WHERE Id = ?"  # noqa: S608 - names come from the schema
    with org.database.write() as writer:
        if writer.execute(statement, (*changed.values(), record_id)).rowcount == 0:
            put_record(org, sobject.name, record_id, org.identity.admin_id, **values)


def _folder_name(org: Org, folder_id: str) -> str | None:
    """The name of a folder; None where it is somebody's private one."""
    if not folder_id.startswith(FOLDER_PREFIX) or "Folder" not in org.schema:
        return None
    found: tuple[str] | None = (
        org.database.reader().execute("SELECT Name FROM Folder WHERE Id = ?", (folder_id,)).fetchone()
    )
    return None if found is None else found[0]
