"""Dependent requests in a row, as `composite` and each graph of `graph` have them.

With `all_or_none` the first failure undoes what was done, and everything else answers PROCESSING_HALTED.
Source: specs/reference/rest.md sections 10.1 and 10.3.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import NOTHING, ApiError, Subanswer, Subrequest
from specforce_mockserver.composite.references import REFERENCE_ID, References, illegal_reference_id
from specforce_mockserver.jackson import locate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specforce_mockserver.calls import Call, Permit
    from specforce_mockserver.operations import OperationSpec
    from specforce_mockserver.violations import Violation

Json = Any
FAMILY = frozenset({"composite", "compositeBatch", "compositeGraph", "compositeTree"})
COLLECTIONS = frozenset(
    {"createRecords", "updateRecords", "deleteRecords", "upsertRecords", "retrieveRecords", "retrieveRecordsPost"}
)
ILLEGAL_NAMES_REFUSED_SINCE = 52.0
_OWN_HEADERS = frozenset({"accept", "authorization", "content-type"})
_ROLLED_BACK = [
    {
        "errorCode": "PROCESSING_HALTED",
        "message": "The transaction was rolled back since another operation in the same transaction failed.",
    }
]


class _UndoneError(Exception):
    """Undoes the transaction of an all-or-none call."""


def permit_rest(operation: OperationSpec) -> None:
    """Let through what a subrequest may be: any JSON operation of the REST API but the composite family itself.

    Raises:
        ApiError: 400, it isn't one. [E]
    """
    if operation.api != "rest" or operation.id in FAMILY or operation.body_kind not in {"none", "json"}:
        raise not_in_composite(operation)


def malformed(call: Call, violation: Violation) -> ApiError | None:
    """What is said of a request that lacks a key, or holds too many or too few entries; the usual words otherwise."""
    if violation.keyword in {"maxItems", "minItems"}:
        much = "many" if violation.keyword == "maxItems" else "few"
        return ApiError(400, "LIMIT_EXCEEDED", f"{violation.name} holds too {much} entries: {len(violation.value)}")
    if violation.keyword == "required":
        where = locate(call.raw_body, violation.path)
        return ApiError(400, "JSON_PARSER_ERROR", f'Missing required field "{violation.name}" at {where}')
    return None


def not_in_composite(operation: OperationSpec) -> ApiError:
    """An operation that subrequests can't be. [E]"""
    return ApiError(400, "INVALID_INPUT", f"{operation.method} {operation.template} is not supported in a subrequest")


def check_names(call: Call, subrequests: Sequence[Mapping[str, Json]]) -> None:
    """Refuse the whole request where names of subrequests aren't unique or aren't names.

    Raises:
        ApiError: 400 JSON_PARSER_ERROR; the text for repeated names is [E].
    """
    names = Counter(str(each["referenceId"]) for each in subrequests)
    for name, times in names.items():
        if call.version >= ILLEGAL_NAMES_REFUSED_SINCE and not REFERENCE_ID.match(name):
            raise ApiError(400, "JSON_PARSER_ERROR", illegal_reference_id(name))
        if times > 1:
            raise ApiError(400, "JSON_PARSER_ERROR", f"Duplicate referenceId '{name}': each must be unique")


def run(
    call: Call, subrequests: Sequence[Mapping[str, Json]], permit: Permit, *, all_or_none: bool
) -> tuple[list[Json], bool]:
    """Run subrequests one after the other.

    Args:
        call: the request that holds them.
        subrequests: as the spec has them, with names that were checked.
        permit: refuses operations that have no place here.
        all_or_none: whether one failure undoes all.

    Returns:
        Their answers as the spec has them, and whether none failed.
    """
    answer_all = _all_or_none if all_or_none else _one_by_one
    answers = list(answer_all(call, subrequests, permit))
    listed = [_listed(each["referenceId"], answer) for each, answer in zip(subrequests, answers, strict=True)]
    return listed, not any(_failed(each) for each in answers)


def _one_by_one(call: Call, subrequests: Sequence[Mapping[str, Json]], permit: Permit) -> Iterator[Subanswer]:
    """The answers, each of which later requests can refer to."""
    references = References(call.version)
    for each in subrequests:
        answer = _answer(call, each, references, permit)
        references.add(each["referenceId"], answer.body)
        yield answer


def _all_or_none(call: Call, subrequests: Sequence[Mapping[str, Json]], permit: Permit) -> list[Subanswer]:
    """The answers in one transaction; the first failure ends and undoes it."""
    answers: list[Subanswer] = []
    try:
        with call.org.database.write():
            for answer in _one_by_one(call, subrequests, permit):
                answers.append(answer)
                _undo_if_failed(answer)
    except _UndoneError:
        halted = Subanswer(None, 400, {}, _ROLLED_BACK)
        return [halted] * (len(answers) - 1) + [answers[-1]] + [halted] * (len(subrequests) - len(answers))
    return answers


def _undo_if_failed(answer: Subanswer) -> None:
    if _failed(answer):
        raise _UndoneError


def _answer(call: Call, subrequest: Mapping[str, Json], references: References, permit: Permit) -> Subanswer:
    """The answer to one subrequest, or why it wasn't run."""
    try:
        headers = _headers(subrequest)
        body = NOTHING if subrequest.get("body") is None else references.in_body(subrequest["body"])
        request = Subrequest(subrequest["method"], references.in_url(subrequest["url"]), headers, body)
    except ApiError as error:
        return Subanswer(None, error.status, {}, [{"errorCode": error.code, "message": error.message}])
    return call.run(request, permit)


def _headers(subrequest: Mapping[str, Json]) -> Mapping[str, str]:
    """The headers of a subrequest.

    Raises:
        ApiError: 400, one that it can't have; code and text are [E].
    """
    headers: Mapping[str, str] = subrequest.get("httpHeaders") or {}
    if not _OWN_HEADERS.isdisjoint(name.lower() for name in headers):
        raise ApiError(400, "INVALID_INPUT", f"A subrequest can't have the headers {', '.join(sorted(_OWN_HEADERS))}")
    return headers


def _failed(answer: Subanswer) -> bool:
    """Whether an answer undoes an all-or-none call: by its status, or by a refused row of a collection."""
    if answer.status >= 400:
        return True
    rows: list[Mapping[str, Json] | None] = answer.body if answer.operation_id in COLLECTIONS else []
    return any(row is not None and row.get("success") is False for row in rows)


def _listed(reference_id: str, answer: Subanswer) -> Json:
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": reference_id,
    }
