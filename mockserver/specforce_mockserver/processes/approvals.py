"""Approvals: a record is submitted, waits with one approver, and is approved or rejected.

A process is a `ProcessDefinition` record; its runs, steps and work items are records too, so queries see them.
Processes here have one step. A record that waits is locked for users whose rights are limited. Source:
specs/reference/rest.md section 11; codes and texts of refusals are [E].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import ApiError
from specforce_mockserver.ids import to_18
from specforce_mockserver.processes.criteria import meets_criteria
from specforce_mockserver.records.lookup import rows_by_id
from specforce_mockserver.records.put import put_record
from specforce_mockserver.records.write import remove, set_where_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.org import Org
    from specforce_mockserver.schema import SObjectType

DEFINITION = "ProcessDefinition"
INSTANCE = "ProcessInstance"
STEP = "ProcessInstanceStep"
WORK_ITEM = "ProcessInstanceWorkitem"
_DONE = {"Approve": "Approved", "Reject": "Rejected"}
_IN_PROCESS = "This record is currently in an approval process. A record can be in only one approval process at a time."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run by one request."""

    record_id: str
    instance_id: str
    status: str
    actor_ids: Sequence[str] = ()
    work_item_ids: Sequence[str] = ()


def processes(org: Org) -> list[dict[str, Any]]:
    """The active processes, in the order in which a record is tried on them."""
    names = ("Id", "Name", "DeveloperName", "Description", "TableEnumOrId")
    statement = f"SELECT {', '.join(names)} FROM {DEFINITION} WHERE State = 'Active' ORDER BY rowid"  # noqa: S608
    return [dict(zip(names, each, strict=True)) for each in org.database.reader().execute(statement)]


def act(org: Org, request: Mapping[str, Any], user_id: str) -> Outcome:
    """Do what one request asks for; the caller holds the org's `database.write()`.

    Raises:
        ApiError: 400, it can't be done.
    """
    if request["actionType"] == "Submit":
        return _submit(org, request, user_id)
    return _decide(org, request, user_id)


def _submit(org: Org, request: Mapping[str, Any], user_id: str) -> Outcome:
    sobject, record_id = _live_record(org, request["contextId"])
    process = _process_for(org, sobject, record_id, request)
    if _pending(org, record_id) is not None:
        raise ApiError(400, "ALREADY_IN_PROCESS", _IN_PROCESS)
    submitter = _user(org, request["contextActorId"]) if "contextActorId" in request else user_id
    approvers: Sequence[str] = request.get("nextApproverIds") or ()
    approver = _user(org, approvers[0]) if approvers else _manager(org, submitter)
    instance_id, item_id = org.counters.new_id("04g"), org.counters.new_id("04i")
    values = {"ProcessDefinitionId": process["Id"], "TargetObjectId": record_id, "Status": "Pending"}
    put_record(org, INSTANCE, instance_id, user_id, **values, LastActorId=submitter, SubmittedById=submitter)
    _add_step(org, instance_id, "Started", asked=submitter, actor=submitter, comments=request.get("comments"))
    actors = {"OriginalActorId": approver, "ActorId": approver}
    put_record(org, WORK_ITEM, item_id, user_id, ProcessInstanceId=instance_id, **actors)
    return Outcome(record_id, instance_id, "Pending", [approver], [item_id])


def _decide(org: Org, request: Mapping[str, Any], user_id: str) -> Outcome:
    item_id = _work_item(org, request["contextId"])
    sobject = org.schema[WORK_ITEM]
    reader = org.database.reader()
    instance_id, actor = rows_by_id(reader, sobject, [item_id], ("ProcessInstanceId", "ActorId"))[item_id]
    (record_id,) = rows_by_id(reader, org.schema[INSTANCE], [instance_id], ("TargetObjectId",))[instance_id]
    status = _DONE[request["actionType"]]
    remove(org.database.writer, sobject, [item_id])
    _add_step(org, instance_id, status, asked=actor, actor=user_id, comments=request.get("comments"))
    now = org.clock.stored_now()
    changes = {"Status": status, "CompletedDate": now, "LastActorId": user_id, "SystemModstamp": now}
    set_where_id(org.database.writer, org.schema[INSTANCE], [instance_id], changes)
    return Outcome(record_id, instance_id, status)


def _add_step(org: Org, instance_id: str, status: str, *, asked: str, actor: str, comments: str | None) -> None:
    """Note who did what."""
    values = {"StepStatus": status, "OriginalActorId": asked, "ActorId": actor, "Comments": comments}
    put_record(org, STEP, org.counters.new_id("04h"), actor, ProcessInstanceId=instance_id, **values)


def _live_record(org: Org, text: str) -> tuple[SObjectType, str]:
    record_id = to_18(text)
    sobject = org.schema.by_id(record_id) if record_id is not None else None
    if record_id is None or sobject is None:
        raise ApiError(400, "MALFORMED_ID", f"malformed id {text}")
    found = rows_by_id(org.database.reader(), sobject, [record_id], ("IsDeleted",)).get(record_id)
    if found is None or found[0]:
        raise _unknown()
    return sobject, record_id


def _process_for(org: Org, sobject: SObjectType, record_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """The process that a record goes through: the one that is named by its name or Id, else the first that takes it.

    A request that names one may say that its entry criteria don't matter.
    """
    wanted: str | None = request.get("processDefinitionNameOrId")
    skips = wanted is not None and bool(request.get("skipEntryCriteria"))
    for each in processes(org):
        named = wanted is None or wanted in {each["DeveloperName"], each["Id"], each["Id"][:15]}
        if not named or each["TableEnumOrId"].lower() != sobject.name.lower():
            continue
        if skips or meets_criteria(org, each, sobject, record_id):
            return each
    raise ApiError(400, "NO_APPLICABLE_PROCESS", "No applicable approval process was found.")


def _pending(org: Org, record_id: str) -> str | None:
    """The work item that a record waits with."""
    row = org.database.reader().execute(
        f"SELECT w.Id FROM {WORK_ITEM} w JOIN {INSTANCE} i ON i.Id = w.ProcessInstanceId "  # noqa: S608 - constants
        "WHERE i.TargetObjectId = ? AND i.Status = 'Pending'",
        (record_id,),
    )
    found: tuple[str] | None = row.fetchone()
    return None if found is None else found[0]


def _work_item(org: Org, text: str) -> str:
    """The work item that an Id names, its own or its record's."""
    record_id = to_18(text)
    if record_id is None:
        raise ApiError(400, "MALFORMED_ID", f"malformed id {text}")
    own = rows_by_id(org.database.reader(), org.schema[WORK_ITEM], [record_id], ())
    found = record_id if own else _pending(org, record_id)
    if found is None:
        raise _unknown()
    return found


def _user(org: Org, text: str) -> str:
    sobject, user_id = _live_record(org, text)
    if sobject.name != "User":
        raise _unknown()
    return user_id


def _manager(org: Org, user_id: str) -> str:
    """Who approves where nobody is named: the user's manager, else the administrator."""
    (manager,) = rows_by_id(org.database.reader(), org.schema["User"], [user_id], ("ManagerId",))[user_id]
    return manager or org.identity.admin_id


def _unknown() -> ApiError:
    return ApiError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
