"""What is at the other end of a relationship: a parent to read, change or delete, children to read.

Source: specs/reference/rest_resources.md section 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver import rows
from specforce_mockserver.calls import Answer, ApiError, Call, empty, not_found
from specforce_mockserver.providers.describes import sobject_of
from specforce_mockserver.providers.queries import compiled, first_page
from specforce_mockserver.providers.sobject_rows import delete, read
from specforce_mockserver.records.lookup import rows_by_id
from specforce_mockserver.registry import provides

if TYPE_CHECKING:
    from specforce_mockserver.schema import ChildRelationship, SObjectType

FOR_CHILDREN = "HEAD,GET"


@provides("getRelatedRecords", blocking=True)
def get_related_records(call: Call) -> Answer:
    """Read the parent, or the first page of the children."""
    sobject, record_id = _addressed(call)
    children = sobject.child_relationship(call.params["relationship"])
    if children is None:
        return Answer(read(call, *_parent(call, sobject, record_id)))
    return _children(call, children, record_id)


@provides("updateRelatedRecord", writes=True)
def update_related_record(call: Call) -> Answer:
    """Change the named fields of the parent."""
    with call.org.database.write():
        parent, parent_id = _parent(call, *_addressed(call))
        rows.refuse_in_body(call, "Id")
        batch = rows.one_row(call, parent, {"Id": parent_id})
        rows.saved(call, call.org.records.update(batch, user_id=call.user_id, options=call.saving)[0])
    return empty()


@provides("deleteRelatedRecord", writes=True)
def delete_related_record(call: Call) -> Answer:
    """Put the parent into the recycle bin."""
    with call.org.database.write():
        delete(call, *_parent(call, *_addressed(call)))
    return empty()


def _addressed(call: Call) -> tuple[SObjectType, str]:
    """The record that the path names."""
    sobject = sobject_of(call)
    return sobject, rows.addressed(call, sobject, call.params["record_id"])


def _parent(call: Call, sobject: SObjectType, record_id: str) -> tuple[SObjectType, str]:
    """The parent that the path names.

    Raises:
        ApiError: 404, there is no such relationship, or nothing at its end; 405, the path leads to children.
    """
    name = call.params["relationship"]
    if sobject.child_relationship(name) is not None:
        message = f"HTTP Method '{call.method}' not allowed. Allowed are {FOR_CHILDREN}"
        raise ApiError(405, "METHOD_NOT_ALLOWED", message, headers={"Allow": FOR_CHILDREN})
    field = sobject.by_relationship(name)
    if field is None:
        raise not_found()
    reader = call.org.database.reader()
    parent_id: str = rows_by_id(reader, sobject, [record_id], (field.name,))[record_id][0] or ""
    parent = call.org.schema.by_id(parent_id)
    if parent is None:
        raise not_found()
    (deleted,) = rows_by_id(reader, parent, [parent_id], ("IsDeleted",)).get(parent_id, (True,))
    if deleted:
        raise not_found()
    return parent, parent_id


def _children(call: Call, relationship: ChildRelationship, record_id: str) -> Answer:
    """The children, found by a query: the named fields of them, or all."""
    child = call.org.schema[relationship.child_sobject]
    names: list[str] = call.params.get("fields") or [each.name for each in child.fields]
    text = f"SELECT {', '.join(names)} FROM {child.name} WHERE {relationship.field} = '{record_id}'"  # noqa: S608 - SOQL
    return first_page(call, compiled(call, text))
