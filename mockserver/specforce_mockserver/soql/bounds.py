"""Queries that have to be bounded: those for FIELDS(ALL) and FIELDS(CUSTOM), and of objects that want a filter.

Source: specs/reference/soql.md sections 1 and 5; the fields of the filter are those of the Object Reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .errors import MALFORMED_QUERY, Fault
from .terms import FIELDS
from .tree import And, Call, Compare, Condition, Member, MemberQuery, Path, Query, SelectField

if TYPE_CHECKING:
    from specforce_mockserver.schema import SObjectType

MAX_ROWS: Final = 200
_ID: Final = frozenset({"id"})
# The fields one of which a query of an object has to filter by.
REQUIRED_FILTERS: Final = {"ContentDocumentLink": frozenset({"id", "contentdocumentid", "linkedentityid"})}
REQUIRED_FILTER_TEXTS: Final = {
    "ContentDocumentLink": "requires a filter by a single Id on ContentDocumentId or LinkedEntityId using the equals "
    "operator or multiple Id's using the IN operator."
}
UNBOUNDED: Final = frozenset({"ALL", "CUSTOM"})


def unbounded_fields(query: Query) -> Call | None:
    """The FIELDS(ALL) or FIELDS(CUSTOM) of the field list, when there is one."""
    for item in query.items:
        call = item.expression if isinstance(item, SelectField) else None
        if isinstance(call, Call) and call.upper == FIELDS:
            argument = call.arguments[0] if call.arguments else None
            if isinstance(argument, Path) and argument.text.upper() in UNBOUNDED:
                return call
    return None


def check_fields_limit(query: Query) -> None:
    """Refuse FIELDS(ALL) and FIELDS(CUSTOM) without a LIMIT, or a list of Ids, of at most 200.

    Raises:
        Fault: MALFORMED_QUERY.
    """
    if unbounded_fields(query) is None:
        return
    if query.limit is not None and query.limit.number <= MAX_ROWS:
        return
    if query.limit is None and _filters_by(query.where, _ID, MAX_ROWS):
        return
    raise Fault(MALFORMED_QUERY, f"The SOQL FIELDS function must have a LIMIT of at most {MAX_ROWS}")


def check_required_filter(sobject: SObjectType, query: Query) -> None:
    """Refuse a query that reads an object whole which doesn't let itself be read so.

    Raises:
        Fault: MALFORMED_QUERY.
    """
    names = REQUIRED_FILTERS.get(sobject.name)
    if names is not None and not _filters_by(query.where, names):
        text = f"Implementation restriction: {sobject.name} {REQUIRED_FILTER_TEXTS[sobject.name]}"
        raise Fault(MALFORMED_QUERY, text)


def _filters_by(condition: Condition | None, names: frozenset[str], most: int | None = None) -> bool:
    """Whether the condition lets through only rows with one of some values (`most` of them) in one of the fields."""
    match condition:
        case And(terms):
            return any(_filters_by(each, names, most) for each in terms)
        case Compare(Path() as path, "="):
            return path.parts[-1].lower() in names
        case Member(Path() as path, "IN", values):
            return path.parts[-1].lower() in names and (most is None or len(values) <= most)
        case MemberQuery(Path() as path, negated=False):
            return path.parts[-1].lower() in names and most is None
        case _:
            return False
