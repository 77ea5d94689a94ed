"""What Bulk API 2.0 doesn't take though it is good SOQL.

Source: specs/reference/bulk_v2.md sections 5 and 7; the text for compound fields is recorded, the others follow it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .bounds import unbounded_fields
from .errors import API_ERROR, SoqlError
from .tree import Query, Subquery, TypeOf

if TYPE_CHECKING:
    from .query import CompiledQuery


def bulk_refusal(query: CompiledQuery) -> SoqlError | None:
    """The error with which creating a bulk query job is refused; None when the query can be run as one."""
    what = _unsupported(query.tree)
    if what is None and query.plan.kind != "records":
        what = "Aggregate functions"
    if what is None and any(leaf.compound and not leaf.expanded for leaf in query.plan.leaves):
        what = "Selecting compound data"
    if what is None and any(leaf.term.kind == "base64" for leaf in query.plan.leaves):
        what = "Selecting base64 data"
    return None if what is None else SoqlError(API_ERROR, f"{what} not supported in Bulk Query")


def _unsupported(tree: Query) -> str | None:
    """What the query uses that bulk lacks."""
    if any(isinstance(item, Subquery) for item in tree.items):
        return "Aggregate Relationships"
    if any(isinstance(item, TypeOf) for item in tree.items):
        return "TYPEOF"
    if tree.group_by is not None or tree.having is not None:
        return "GROUP BY"
    if tree.offset is not None:
        return "OFFSET"
    if unbounded_fields(tree) is not None:
        return "FIELDS(ALL) and FIELDS(CUSTOM)"
    return None
