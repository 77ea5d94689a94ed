"""What became of a batch's records, read from CSV, JSON and XML into one shape, and joined to what was sent.

Source: reference/bulk_v1.md section 4.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import msgspec

from specforce.bulk.cells import read_batch
from specforce.bulk.results import row_error
from specforce.bulk_v1.encoding import ENCODINGS
from specforce_api.runtime.errors import DecodeError, IntegrityError
from specforce_api.runtime.xml import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce.bulk_v1.options import ContentType
    from specforce_api.runtime.xml import Node

_HEADER: Final = ["id", "success", "created", "error"]


@dataclass(frozen=True, slots=True)
class RecordError:
    """Why a record was refused.

    Attributes:
        code: Salesforce's statusCode, such as `REQUIRED_FIELD_MISSING`.
        message: Salesforce's words.
        fields: API names of the fields that it blames.
    """

    code: str
    message: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordResult:
    """What became of one record.

    Attributes:
        id: the record's id; None where it isn't known.
        success: whether it was saved.
        created: whether it is new.
        errors: why it wasn't saved; empty for one that was.
        number: its place in the batch, from 1.
        values: the record as it was sent: texts from CSV and XML, values from JSON; None where it wasn't asked for.
    """

    id: str | None
    success: bool
    created: bool
    errors: tuple[RecordError, ...] = ()
    number: int = 0
    values: Mapping[str, Any] | None = field(default=None, repr=False)


def read_results(content: bytes, content_type: ContentType) -> list[RecordResult]:
    """The results of a load's batch, in its order.

    Raises:
        DecodeError: it isn't a result of this content type.
    """
    read = {"CSV": _from_csv, "JSON": _from_json, "XML": _from_xml}[content_type]
    return [replace(result, number=number) for number, result in enumerate(read(content), 1)]


def sent_rows(content: bytes, content_type: ContentType) -> list[dict[str, Any]]:
    """The records that a batch was given.

    Raises:
        DecodeError: it isn't of this content type.
    """
    if content_type == "CSV":
        try:
            return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        except (UnicodeDecodeError, csv.Error) as error:
            raise DecodeError(f"a batch's request can't be read: {error}") from None
    try:
        return ENCODINGS[content_type].rows(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DecodeError(f"a batch's request can't be read: {error}") from None


def joined(results: Sequence[RecordResult], rows: Sequence[Mapping[str, Any]], batch_id: str) -> list[RecordResult]:
    """Results with the records that they are of.

    Raises:
        IntegrityError: there are more of the one than of the other.
    """
    check_count(batch_id, len(results), len(rows), "it was sent")
    return [replace(result, values=row) for result, row in zip(results, rows, strict=True)]


def check_count(batch_id: str, found: int, expected: int | None, what: str) -> None:
    """Hold the number of a batch's results to another.

    Raises:
        IntegrityError: they differ.
    """
    if expected is not None and found != expected:
        raise IntegrityError(
            f"batch {batch_id} has {found} results, {what} {expected} records", expected=expected, actual=found
        )


def _from_csv(content: bytes) -> list[RecordResult]:
    rows = [row for row in read_batch(content.removeprefix(b"\xef\xbb\xbf"), ",") if row]
    if not rows or [cell.lower() for cell in rows[0]] != _HEADER:
        raise DecodeError(f"a batch's results begin with {rows[:1]!r}, not with {_HEADER}", body=_start(content))
    return [_of_cells(row) for row in rows[1:]]


def _of_cells(row: list[str]) -> RecordResult:
    if len(row) != len(_HEADER):
        raise DecodeError(f"a row of a batch's results has {len(row)} cells: {row!r}")
    record_id, success, created, error = row
    found = row_error(error) if error else None
    errors = () if found is None else (RecordError(found.code, found.message, found.fields),)
    return RecordResult(record_id or None, _true(success), _true(created), errors)


class _JsonError(msgspec.Struct):
    """An error in JSON."""

    statusCode: str = ""  # noqa: N815 - Salesforce's name
    message: str | None = None
    fields: list[str] | None = None


class _JsonResult(msgspec.Struct):
    """A result in JSON."""

    success: bool
    created: bool = False
    id: str | None = None
    errors: list[_JsonError] = []


def _from_json(content: bytes) -> list[RecordResult]:
    try:
        found = msgspec.json.decode(content, type=list[_JsonResult])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DecodeError(f"a batch's results can't be read: {error}", body=_start(content)) from None
    return [
        RecordResult(
            each.id,
            each.success,
            each.created,
            tuple(RecordError(one.statusCode, one.message or "", tuple(one.fields or ())) for one in each.errors),
        )
        for each in found
    ]


def _from_xml(content: bytes) -> list[RecordResult]:
    root = parse(content)
    if root.name != "results":
        raise DecodeError(f"a batch's results begin with the element {root.name}", body=_start(content))
    return [_of_node(node) for node in root.all("result")]


def _of_node(node: Node) -> RecordResult:
    success = node.value("success")
    if success is None:
        raise DecodeError("a result doesn't say whether it is a success")
    errors = tuple(
        RecordError(
            error.value("statusCode") or "",
            error.value("message") or "",
            tuple(each.text for each in error.all("fields") if each.text),
        )
        for error in node.all("errors")
    )
    return RecordResult(node.value("id") or None, _true(success), _true(node.value("created") or ""), errors)


def _true(text: str) -> bool:
    return text.strip().lower() == "true"


def _start(content: bytes) -> str:
    return content[:2000].decode("utf-8", errors="replace")
