"""SOSL over REST, as a statement or in parameters.

Source: specs/reference/rest.md sections 8 and 9, soql.md section 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver import soql
from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.registry import provides
from specforce_mockserver.sosl.find import MALFORMED_SEARCH, Search, searchable
from specforce_mockserver.sosl.history import SearchHistory
from specforce_mockserver.sosl.statement import MAX_DIGITS, StatementError, Wanted, take_apart
from specforce_mockserver.sosl.terms import NO_TERM, TermError, search_for

if TYPE_CHECKING:
    from specforce_mockserver.sosl.terms import Term
    from specforce_mockserver.violations import Violation

WRAPPED_SINCE: Final = 37.0


def no_search(_call: Call, violation: Violation) -> ApiError | None:
    """What is said when `q` is missing or empty. [S]"""
    return ApiError(400, MALFORMED_SEARCH, NO_TERM) if violation.name == "q" else None


@provides("search", blocking=True, on_violation=no_search)
def search(call: Call) -> Answer:
    """Run a statement."""
    try:
        statement = take_apart(call.params["q"])
    except StatementError as error:
        raise ApiError(400, MALFORMED_SEARCH, str(error)) from error
    call.org.part(SearchHistory).add(statement.terms)
    wanted = statement.wanted
    if wanted is None:
        wanted = [Wanted(name) for name in searchable(call.org)]
    term = _term(statement.terms)
    records = _found(call, term, statement.scope, wanted, statement.limit)
    if call.version < WRAPPED_SINCE:
        return Answer(records)
    return Answer({"searchRecords": records} | _metadata(call, wanted, labels=statement.labels))


@provides("parameterizedSearch", blocking=True, on_violation=no_search)
def parameterized_search(call: Call) -> Answer:
    """Search by query parameters; `{Object}.fields`, `.where`, `.limit` and `.orderBy` are each object's own."""
    own = {name.lower(): value for name, value in call.query}
    objects: list[dict[str, Any]] = []
    for name in call.params.get("sobject", []):
        each: dict[str, Any] = {"name": name}
        if (fields := own.get(f"{name.lower()}.fields")) is not None:
            each["fields"] = fields.split(",")
        if (where := own.get(f"{name.lower()}.where")) is not None:
            each["where"] = where
        if (order := own.get(f"{name.lower()}.orderby")) is not None:
            each["orderBy"] = order.split(",")
        if (limit := own.get(f"{name.lower()}.limit", "")).isdecimal():
            each["limit"] = int(limit[:MAX_DIGITS])
        objects.append(each)
    return _parameterized(call, {**call.params, "sobjects": objects})


@provides("parameterizedSearchPost", blocking=True, on_violation=no_search)
def parameterized_search_post(call: Call) -> Answer:
    """Search by a JSON body."""
    return _parameterized(call, call.body)


def _parameterized(call: Call, asked: dict[str, Any]) -> Answer:
    objects: list[dict[str, Any]] = asked.get("sobjects") or [{"name": name} for name in searchable(call.org)]
    if asked.get("offset") and len(objects) != 1:
        raise ApiError(400, MALFORMED_SEARCH, "offset is only allowed with exactly one sobject")
    wanted = [
        Wanted(
            each["name"],
            each.get("fields") or asked.get("fields") or ["Id"],
            each.get("where"),
            ", ".join(each.get("orderBy") or ()) or None,
            each.get("limit") or asked.get("defaultLimit"),
            asked.get("offset"),
        )
        for each in objects
    ]
    term = _term(asked["q"], plain=True)
    call.org.part(SearchHistory).add(asked["q"])
    body: dict[str, Any] = {
        "searchRecords": _found(call, term, asked.get("in", "ALL"), wanted, asked.get("overallLimit"))
    }
    return Answer(body | _metadata(call, wanted, labels=asked.get("metadata") == "LABELS"))


def _term(text: str, *, plain: bool = False) -> Term:
    try:
        return search_for(text, plain=plain)
    except TermError as error:
        raise ApiError(400, MALFORMED_SEARCH, str(error)) from error


def _found(call: Call, term: Term, scope: str, wanted: list[Wanted], limit: int | None) -> list[Any]:
    """The records of all objects, object by object."""
    run = Search(call.org, term, scope, api_version=call.api_version, user_id=call.user_id)
    try:
        return run.all_records(wanted, limit)
    except soql.SoqlError as error:
        raise ApiError(400, error.code, error.message) from error
    except (StatementError, TermError) as error:
        raise ApiError(400, MALFORMED_SEARCH, str(error)) from error


def _metadata(call: Call, wanted: list[Wanted], *, labels: bool) -> dict[str, Any]:
    """The labels of what was asked for, where they are asked for too."""
    return {"metadata": {"entityMetadata": [_labels(call, each) for each in wanted]}} if labels else {}


def _labels(call: Call, wanted: Wanted) -> dict[str, Any]:
    sobject = call.org.schema[wanted.sobject]
    fields = [field for name in wanted.fields if (field := sobject.field(name)) is not None]
    return {
        "entityName": sobject.name,
        "fieldMetadata": [{"label": field.label, "name": field.name} for field in fields],
    }
