"""Records with their children, as the tree that one request creates, and the new ids put back into its form. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from specforce._outgoing import for_create
from specforce._records import plain_record
from specforce_api.runtime.errors import ApiError, ErrorDetail, InputError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specforce_api.rest.models import TreeResult

MAX_RECORDS = 200
MAX_DEPTH = 5
MAX_TYPES = 5


@dataclass(frozen=True, slots=True)
class TreeNode:
    """One new record.

    Attributes:
        id: its id.
        children: by relationship, in their order.
    """

    id: str
    children: Mapping[str, list[TreeNode]] = field(default_factory=dict[str, "list[TreeNode]"])


@dataclass(slots=True)
class Branch:
    """One record of a tree before it is sent: its fields, and lists of children by relationship."""

    sobject: str
    path: str
    depth: int
    fields: dict[str, Any]
    children: dict[str, list[dict[str, Any]]]


def branch(sobject: str, record: object, path: str, depth: int) -> Branch:
    """Tell a record's fields from its children: lists of records, also as `{"records": [...]}`.

    Raises:
        InputError: too deep, an Id, or a value that can't be sent.
    """
    if depth > MAX_DEPTH:
        raise InputError(f"{path}: a tree has {MAX_DEPTH} levels at most")
    fields: dict[str, Any] = {}
    children: dict[str, list[dict[str, Any]]] = {}
    for name, value in plain_record(record).items():
        inner: object = cast("Mapping[str, Any]", value).get("records") if isinstance(value, Mapping) else value
        if isinstance(inner, list):
            children[name] = [plain_record(each) for each in cast("list[object]", inner)]
        else:
            fields[name] = value
    try:
        return Branch(sobject, path, depth, for_create(fields), children)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


class Tree:
    """A tree as it is put together: every record gets a name, by which the answer tells of it."""

    def __init__(self) -> None:
        self._paths: dict[str, str] = {}
        self._types: set[str] = set()

    def record(self, found: Branch) -> dict[str, Any]:
        """One record as it is sent, without its children.

        Raises:
            InputError: too many records, or of too many objects.
        """
        name = f"r{len(self._paths)}"
        self._paths[name] = found.path
        self._types.add(found.sobject.lower())
        if len(self._paths) > MAX_RECORDS:
            raise InputError(f"a tree has {MAX_RECORDS} records at most, and this has more")
        if len(self._types) > MAX_TYPES:
            raise InputError(f"a tree has records of {MAX_TYPES} objects at most: {', '.join(sorted(self._types))}")
        return {"attributes": {"type": found.sobject, "referenceId": name}, **found.fields}

    def failed(self, error: ApiError, results: TreeResult) -> ApiError:
        """The error with the records' places in it, in place of their names."""
        details = [
            ErrorDetail(
                each.status_code,
                f"{self._paths.get(result.reference_id, '?')}: {each.message}",
                tuple(each.fields or ()),
            )
            for result in results.results
            for each in result.errors or ()
        ]
        return type(error)(
            error.message,
            status=error.status,
            errors=details or error.errors,
            operation_id=error.operation_id,
            request_id=error.request_id,
            headers=error.headers,
            body=error.body,
        )

    def nodes(self, records: Sequence[Mapping[str, Any]], results: TreeResult) -> list[TreeNode]:
        """The new records in the form of the tree.

        Raises:
            IntegrityError: the answer doesn't have an id for each.
        """
        ids = {result.reference_id: result.id for result in results.results if isinstance(result.id, str)}
        if ids.keys() != self._paths.keys():
            raise IntegrityError(
                f"{len(self._paths)} records were sent and {len(ids)} answered",
                expected=len(self._paths),
                actual=len(ids),
            )
        return [_node(record, ids) for record in records]


def _node(record: Mapping[str, Any], ids: Mapping[str, str]) -> TreeNode:
    children: dict[str, list[TreeNode]] = {}
    for name, value in record.items():
        below: Any = cast("Mapping[str, Any]", value).get("records") if isinstance(value, Mapping) else None
        if below is not None:
            children[name] = [_node(child, ids) for child in below]
    return TreeNode(ids[record["attributes"]["referenceId"]], children)
