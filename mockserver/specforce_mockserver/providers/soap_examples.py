"""deleteByExample: records that have all values of an example are deleted.

Source: specs/reference/soap.md sections 7 and 8; that an example has to say something is [E].
"""

from __future__ import annotations

from typing import Any, Final

from specforce_mockserver.calls import Answer, ApiError, Call
from specforce_mockserver.composite.records import error_json
from specforce_mockserver.providers.queries import compiled
from specforce_mockserver.registry import provides
from specforce_mockserver.schema import INTEGER_TYPES, NUMBER_TYPES
from specforce_mockserver.soap.delegation import check_count, failed

Json = dict[str, Any]
MAX_EXAMPLES: Final = 200
PAGE: Final = 2_000
_BARE: Final = INTEGER_TYPES | NUMBER_TYPES | {"boolean", "date", "datetime", "time"}


@provides("soap.deleteByExample", writes=True)
def delete_by_example(call: Call) -> Answer:
    """Delete what is like each example, which says how many that were."""
    examples = call.params["sObjects"]
    check_count(examples, MAX_EXAMPLES)
    return Answer([_deleted(call, each) for each in examples])


def _deleted(call: Call, example: Json) -> Json:
    sobject = call.org.schema[example["attributes"]["type"]]
    try:
        with call.org.database.write():
            ids = _like(call, sobject.name, example)
            results = call.org.records.delete(sobject, ids, user_id=call.user_id)
    except ApiError as error:
        return {"entity": example, **failed(error), "rowCount": 0}
    errors = [error_json(each.error) for each in results if each.error is not None]
    return {"entity": example, "errors": errors, "rowCount": len(results) - len(errors), "success": not errors}


def _like(call: Call, name: str, example: Json) -> list[str]:
    """The Ids of the records of an object that have an example's values."""
    sobject = call.org.schema[name]
    conditions: list[str] = []
    for key, value in example.items():
        field = sobject.field(key)
        if key != "attributes":
            conditions.append(f"{key} = {_literal(value, bare=field is not None and field.type in _BARE)}")
    if not conditions:
        raise ApiError(500, "REQUIRED_FIELD_MISSING", "An example must have at least one field")
    query = compiled(call, f"SELECT Id FROM {name} WHERE {' AND '.join(conditions)}")  # noqa: S608 - SOQL
    with call.org.database.reading() as connection:
        result = query.run(connection, page_size=PAGE)
        found = list(result.records)
        while len(found) < result.total_size:
            found += result.page(connection, offset=len(found), size=PAGE)
    return [each["Id"] for each in found]


def _literal(value: Any, *, bare: bool) -> str:
    if value is None:
        return "null"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if bare else "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
