"""Answers held against the spec: the fast twin of Prism, switched on in the fake org's own tests."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from specforce_mockserver.operations import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema_rs import Validator

    from specforce_mockserver.operations import OperationSpec


def broken_promises(
    operation: OperationSpec, status: int, headers: Mapping[str, str], body: Any, *, has_body: bool
) -> Iterator[str]:
    """What an answer has that the spec doesn't promise, or lacks that it does."""
    promised = operation.response(status)
    where = f"{operation.id} {status}"
    if promised is None:
        yield f"{where}: the spec has no such status"
        return
    content: Mapping[str, Any] = promised.get("content", {})
    has_body = has_body and operation.method != "HEAD"
    media_type = headers.get("content-type", "").partition(";")[0].strip()
    if has_body and media_type not in content and "*/*" not in content:
        yield f"{where}: {media_type or 'no media type'}, not {', '.join(content) or 'an empty body'}"
    elif has_body and media_type == "application/json" and not _is_raw(content.get(media_type, {})):
        for problem in _validator(operation, status, media_type).iter_errors(body):
            yield f"{where} at {list(problem.instance_path)}: {problem.message}"


def _is_raw(media: Mapping[str, Any]) -> bool:
    """Whether the spec says nothing of what is in the body."""
    return bool(media.get("schema", {}).get("format") == "binary")


@cache
def _validator(operation: OperationSpec, status: int, media_type: str) -> Validator:
    promised = operation.response(status) or {}
    return compiled(operation.document, promised["content"][media_type].get("schema", {}))
