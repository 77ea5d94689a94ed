"""SOSL over REST, as a statement or in parameters.

Source: specs/reference/rest.md sections 8 and 9, soql.md section 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver import soql
from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.registry import provides
from specforce_mockserver.sosl.find import MAX_RECORDS, Search, searchable
from specforce_mockserver.sosl.history import SearchHistory
from specforce_mockserver.sosl.statement import NO_TERM, StatementError, Wanted, take_apart
from specforce_mockserver.sosl.terms import TermError, search_for

if TYPE_CHECKING:
    from specforce_mockserver.sosl.terms import Matches
    from specforce_mockserver.violations import Violation

PER_OBJECT = 250


def no_search(_call: Call, violation: Violation) -> ApiError | None:
    """What is said when `q` is missing or empty. [S]"""
    return ApiError(400, "MALFORMED_SEARCH", NO_TERM) if violation.name == "q" else None


@provides("search", blocking=True, on_violation=no_search)
def search(call: Call) -> Answer:
    """Run a statement."""
    try:
        statement = take_apart(call.params["q"])
    except StatementError as error:
        raise ApiError(400, "MALFORMED_SEARCH", str(error)) from error
    call.org.part(SearchHistory).add(statement.terms)
    wanted = statement.wanted
    if wanted is None:
        wanted = [Wanted(name) for name in searchable(call.org)]
    return Answer({"searchRecords": _found(call, _matches(statement.terms), statement.scope, wanted, statement.limit)})


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
            each["limit"] = int(limit)
        objects.append(each)
    return _parameterized(call, {**call.params, "sobjects": objects})


@provides("parameterizedSearchPost", blocking=True, on_violation=no_search)
def parameterized_search_post(call: Call) -> Answer:
    """Search by a JSON body."""
    return _parameterized(call, call.body)


def _parameterized(call: Call, asked: dict[str, Any]) -> Answer:
    objects: list[dict[str, Any]] = asked.get("sobjects") or [{"name": name} for name in searchable(call.org)]
    if asked.get("offset") and len(objects) != 1:
        raise ApiError(400, "MALFORMED_SEARCH", "offset is only allowed with exactly one sobject")
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
    matches = _matches(asked["q"], plain=True)
    call.org.part(SearchHistory).add(asked["q"])
    body: dict[str, Any] = {
        "searchRecords": _found(call, matches, asked.get("in", "ALL"), wanted, asked.get("overallLimit"))
    }
    if asked.get("metadata") == "LABELS":
        body["metadata"] = {"entityMetadata": [_labels(call, each) for each in wanted]}
    return Answer(body)


def _matches(terms: str, *, plain: bool = False) -> Matches:
    try:
        return search_for(terms, plain=plain)
    except TermError as error:
        raise ApiError(400, "MALFORMED_SEARCH", str(error)) from error


def _found(call: Call, matches: Matches, scope: str, wanted: list[Wanted], limit: int | None) -> list[Any]:
    """The records of all objects, object by object."""
    run = Search(call.org, matches, scope, api_version=call.api_version, user_id=call.user_id)
    overall = min(limit or MAX_RECORDS, MAX_RECORDS)
    found: list[Any] = []
    try:
        for each in wanted:
            most = MAX_RECORDS if each.where or each.order_by else min(MAX_RECORDS // len(wanted), PER_OBJECT)
            left = overall - len(found)
            found.extend(run.records(each, max(1, min(most, left)))[: max(0, left)])
    except soql.SoqlError as error:
        raise ApiError(400, error.code, error.message) from error
    return found


def _labels(call: Call, wanted: Wanted) -> dict[str, Any]:
    sobject = call.org.schema[wanted.sobject]
    fields = [field for name in wanted.fields if (field := sobject.field(name)) is not None]
    return {
        "entityName": sobject.name,
        "fieldMetadata": [{"label": field.label, "name": field.name} for field in fields],
    }
