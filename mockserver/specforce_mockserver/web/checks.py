"""Parameters and bodies held against the spec, and breaches of it put into Salesforce's words.

A provider's `on_violation` has the first word; what it leaves is answered as the REST API does. Path parameters
aren't checked: what is wrong with an Id or a name, only the provider can say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jsonschema_rs import ValidationErrorKind

from specforce_mockserver.calls import ApiError
from specforce_mockserver.jackson import locate
from specforce_mockserver.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specforce_mockserver.operations import OperationSpec, Parameter

_INTEGER = re.compile(r"-?\d{1,18}\Z", re.ASCII)
_TYPE_NAMES = {"integer": "int", "number": "double", "object": "complexvalue", "array": "complexvalue"}


def query_arguments(
    operation: OperationSpec, given: list[tuple[str, str]], version: float
) -> tuple[dict[str, Any], list[Violation]]:
    """The values of an operation's query parameters, typed, and what is wrong with them.

    A parameter that the request's API version doesn't have yet is passed over.
    """
    values: dict[str, Any] = {}
    violations: list[Violation] = []
    for parameter in operation.parameters:
        if version < parameter.since:
            continue
        texts = [value for name, value in given if name == parameter.name]
        if not texts:
            if parameter.required:
                message = f"{parameter.name} is required"
                violations.append(Violation("query", parameter.name, "required", None, message))
            continue
        value = _read(parameter, texts)
        problem = next(iter(parameter.validator.iter_errors(value)), None)
        if problem is None:
            values[parameter.name] = value
        else:
            keyword = str(problem.schema_path[-1])
            violations.append(Violation("query", parameter.name, keyword, value, problem.message))
    return values, violations


def _read(parameter: Parameter, texts: list[str]) -> Any:
    """A value as its schema types it; a text that can't be read stays a text, which the schema then refuses."""
    if parameter.kind == "array":
        return texts if parameter.explode and len(texts) > 1 else [each.strip() for each in texts[0].split(",")]
    text = texts[0]
    if parameter.kind == "integer" and _INTEGER.match(text):
        return int(text)
    if parameter.kind == "boolean" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    return text


def body_violations(operation: OperationSpec, body: Any) -> Iterator[Violation]:
    """What the spec doesn't allow in a JSON or form body."""
    for problem in operation.body_validator.iter_errors(body):
        path = tuple(problem.instance_path)
        kind = problem.kind
        wanted = kind.types[0] if isinstance(kind, ValidationErrorKind.Type) else "string"
        keyword = str(problem.schema_path[-1])
        yield Violation("body", _name(kind, path), keyword, problem.instance, problem.message, path, wanted)


def _name(kind: ValidationErrorKind, path: tuple[str | int, ...]) -> str:
    """The parameter's or property's name that a breach is about."""
    if isinstance(kind, ValidationErrorKind.Required):
        return kind.property
    if isinstance(kind, ValidationErrorKind.AdditionalProperties):
        return kind.unexpected[0]
    return str(path[-1]) if path else ""


def usual_error(violation: Violation, raw: bytes) -> ApiError:
    """A breach in the words of the REST API."""
    if violation.where == "query":
        if violation.keyword == "required":
            return ApiError(400, "MISSING_ARGUMENT", f"Missing required parameter: {violation.name}")
        return ApiError(400, "INVALID_FIELD", f"Invalid value for parameter {violation.name}: {violation.value}")
    if violation.keyword == "additionalProperties":
        where = locate(raw, (*violation.path, violation.name))
        return ApiError(400, "JSON_PARSER_ERROR", f'Unrecognized field "{violation.name}" at {where}')
    if not violation.path and violation.keyword == "type":
        token = token_of(violation.value)
        return ApiError(
            400, "JSON_PARSER_ERROR", f"Can not deserialize SObject out of {token} token at {locate(raw, ())}"
        )
    where = locate(raw, violation.path)
    wanted = _TYPE_NAMES.get(violation.wanted, violation.wanted)
    message = (
        f"Cannot deserialize instance of {wanted} from {token_of(violation.value)} value {violation.value} "
        f"or request may be missing a required field at {where}"
    )
    return ApiError(400, "JSON_PARSER_ERROR", message)


def token_of(value: Any) -> str:
    """Jackson's name of the token that a value begins with."""
    if value is None:
        return "VALUE_NULL"
    if isinstance(value, bool):
        return "VALUE_TRUE" if value else "VALUE_FALSE"
    if isinstance(value, int):
        return "VALUE_NUMBER_INT"
    if isinstance(value, float):
        return "VALUE_NUMBER_FLOAT"
    if isinstance(value, str):
        return "VALUE_STRING"
    return "START_ARRAY" if isinstance(value, list) else "START_OBJECT"
