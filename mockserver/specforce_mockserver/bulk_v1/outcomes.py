"""What became of a batch's records, in the order of the batch, in the job's format.

Source: reference/bulk_v1.md section 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from specforce_mockserver.bulk.results import error_text
from specforce_mockserver.bulk_v1.info import NAMESPACE
from specforce_mockserver.xml_documents import Element, to_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from specforce_mockserver.bulk_v1.job import BatchJob
    from specforce_mockserver.records import RowError, RowResult


def write_outcomes(path: Path, job: BatchJob, results: Sequence[RowResult]) -> None:
    """Write the results of a load's batch."""
    match job.content_type:
        case "CSV":
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = job.dialect.writer(file)
                writer.writerow(("Id", "Success", "Created", "Error"))
                writer.writerows(map(_cells, results))
        case "JSON":
            path.write_bytes(msgspec.json.encode([_object(each) for each in results]))
        case "XML":
            path.write_bytes(to_bytes(Element(NAMESPACE, "results", children=[_element(each) for each in results])))


def _cells(result: RowResult) -> Sequence[str]:
    error = "" if result.error is None else error_text(result.error)
    return result.id or "", _word(result.success), _word(result.created), error


def _object(result: RowResult) -> dict[str, Any]:
    errors = [] if result.error is None else [_error_object(result.error)]
    return {"success": result.success, "created": result.created, "id": result.id, "errors": errors}


def _error_object(error: RowError) -> dict[str, Any]:
    return {
        "message": error.message,
        "fields": list(error.fields or ()),
        "statusCode": error.code,
        "extendedErrorDetails": None,
    }


def _element(result: RowResult) -> Element:
    children = [] if result.error is None else [_error_element(result.error)]
    if result.id is not None:
        children.append(Element(NAMESPACE, "id", result.id))
    children += [
        Element(NAMESPACE, "success", _word(result.success)),
        Element(NAMESPACE, "created", _word(result.created)),
    ]
    return Element(NAMESPACE, "result", children=children)


def _error_element(error: RowError) -> Element:
    fields = [Element(NAMESPACE, "fields", each) for each in error.fields or ()]
    told = [Element(NAMESPACE, "message", error.message), Element(NAMESPACE, "statusCode", error.code)]
    return Element(NAMESPACE, "errors", children=[*fields, *told])


def _word(value: bool) -> str:
    return "true" if value else "false"
