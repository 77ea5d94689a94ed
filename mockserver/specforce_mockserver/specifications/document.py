"""The document: paths of the objects that were asked for, and the schemas that those need."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from specforce_mockserver.specifications.schemas import SHARED, record_schema, schema_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specforce_mockserver.schema import Schema, SObjectType

Json = Any
MOUNT: Final = "/services/data"
_LOGINS: Final[list[Json]] = [{"bearerAuth": []}, {"oAuth2": []}]
_JSON: Final = "application/json"
_ERRORS: Final = {"type": "array", "items": {"$ref": "#/components/schemas/ErrorInfo"}}


def document(schema: Schema, resources: Sequence[str], *, base_url: str, version: str) -> Json:
    """The OpenAPI document of the resources that fit the patterns; without paths when none does.

    Args:
        schema: of the org.
        resources: patterns of paths, `/services/data/v67.0/sobjects/Account/*`, or `*`.
        base_url: of the org.
        version: API version of the paths.
    """
    paths: dict[str, Json] = {}
    schemas: dict[str, Json] = {}
    for sobject in schema.by_name():
        found = {path: item for path, item in _paths(sobject, version) if _fits(path, resources)}
        if found:
            paths |= found
            schemas[schema_name(sobject)] = record_schema(sobject)
    return {
        "openapi": "3.0.1",
        "info": {"title": "sObject API", "version": version},
        "servers": [{"url": f"{base_url}{MOUNT}"}],
        "security": _LOGINS,
        "paths": paths,
        "components": {"schemas": schemas | (SHARED if schemas else {}), "securitySchemes": _security(base_url)},
    }


def _fits(path: str, resources: Sequence[str]) -> bool:
    """Whether a pattern names a path: with its slash at the end, `…/Account/*` names `…/Account` too."""
    whole = f"{MOUNT}{path}"
    return any(fnmatchcase(whole, each) or fnmatchcase(f"{whole}/", each) for each in resources)


def _paths(sobject: SObjectType, version: str) -> Iterator[tuple[str, Json]]:
    name = sobject.name
    base = f"/v{version}/sobjects/{name}"
    record = {"$ref": f"#/components/schemas/{schema_name(sobject)}"}
    found, saved = _answer("200", record), _answer("201", {"$ref": "#/components/schemas/SaveResult"})
    whole: Json = {}
    if sobject.createable:
        whole["post"] = _operation(f"create{name}", name, saved, body=record)
    if whole:
        yield base, whole
    yield f"{base}/{{id}}", _row(sobject, name, found, record, [_parameter("id")])
    for field in sobject.columns:
        if field.external_id:
            known = f"{name}By{field.name}"
            parameters = [_parameter("value")]
            item = _row(sobject, known, found, record, parameters)
            upserted = {**saved, **_answer("200", {"$ref": "#/components/schemas/SaveResult"})}
            if sobject.updateable:
                item["patch"] = _operation(f"upsert{known}", name, upserted, body=record, parameters=parameters)
            yield f"{base}/{field.name}/{{value}}", item


def _row(sobject: SObjectType, known: str, found: Json, record: Json, parameters: list[Json]) -> Json:
    """What can be done with one record."""
    item: Json = {"get": _operation(f"get{known}", sobject.name, found, parameters=parameters)}
    done: Json = {"204": {"description": "Done."}}
    if sobject.updateable:
        item["patch"] = _operation(f"update{known}", sobject.name, done, body=record, parameters=parameters)
    if sobject.deletable:
        item["delete"] = _operation(f"delete{known}", sobject.name, done, parameters=parameters)
    return item


def _operation(
    operation_id: str, tag: str, answers: Json, *, body: Json = None, parameters: Sequence[Json] = ()
) -> Json:
    operation: Json = {
        "operationId": operation_id,
        "tags": [tag],
        "responses": {**answers, **_answer("400", _ERRORS), **_answer("404", _ERRORS)},
    }
    if parameters:
        operation["parameters"] = list(parameters)
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": body}}}
    return operation


def _answer(status: str, schema: Json) -> Json:
    return {status: {"description": "An error." if status >= "4" else "Done.", "content": {_JSON: {"schema": schema}}}}


def _parameter(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _security(base_url: str) -> Json:
    token_url = f"{base_url}/services/oauth2/token"
    return {
        "bearerAuth": {"type": "http", "scheme": "bearer"},
        "oAuth2": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": {}}}},
        "openIDConnectDiscovery": {
            "type": "openIdConnect",
            "openIdConnectUrl": f"{base_url}/.well-known/openid-configuration",
        },
    }
