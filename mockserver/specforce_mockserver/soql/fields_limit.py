"""FIELDS(ALL) and FIELDS(CUSTOM) want a bounded query. Source: specs/reference/soql.md section 1."""

from __future__ import annotations

from typing import Final

from .errors import MALFORMED_QUERY, Fault
from .terms import FIELDS
from .tree import And, Call, Compare, Condition, Member, Path, Query, SelectField

MAX_ROWS: Final = 200
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
    if query.limit is None and query.where is not None and _names_few_ids(query.where):
        return
    raise Fault(MALFORMED_QUERY, f"The SOQL FIELDS function must have a LIMIT of at most {MAX_ROWS}")


def _names_few_ids(condition: Condition) -> bool:
    """Whether the condition lets through no more rows than a short list of Ids."""
    match condition:
        case And(terms):
            return any(_names_few_ids(each) for each in terms)
        case Compare(Path(text), "="):
            return text.lower() == "id"
        case Member(Path(text), "IN", values):
            return text.lower() == "id" and len(values) <= MAX_ROWS
        case _:
            return False
