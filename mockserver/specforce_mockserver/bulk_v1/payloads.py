"""What a load's batch holds, in CSV, JSON or XML: read whole, as a batch is at most 10 MB.

Promises: what can't be read as records fails the batch; what is wrong with one record fails that record alone. Field
names are checked before any record is saved. Source: reference/bulk_v1.md sections 4, 6 and 7; texts for payloads
that can't be parsed are our own.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

import msgspec

from specforce_mockserver.bulk.blocks import header_line
from specforce_mockserver.bulk.failure import JobFailure, field_not_found_failure, no_records_failure
from specforce_mockserver.bulk.header import DELETES, header_names, header_text, read_header
from specforce_mockserver.bulk.rows import MAX_CELL_CHARACTERS, RowBatch, RowReader
from specforce_mockserver.bulk.scan import scan
from specforce_mockserver.bulk_v1.archives import REFERENCE, read_archive
from specforce_mockserver.bulk_v1.xml_records import records_of
from specforce_mockserver.records import batch_from_json
from specforce_mockserver.records.results import RowError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from specforce_mockserver.bulk_v1.job import BatchJob
    from specforce_mockserver.records import Batch as Rows
    from specforce_mockserver.records.csv_rows import CsvPlan
    from specforce_mockserver.schema import Schema, SObjectType

MAX_RECORDS: Final = 10_000
MAX_FIELDS: Final = 5_000


class Payload(Protocol):
    """The records of one batch; places count from 0."""

    @property
    def size(self) -> int:
        """How many records there are."""
        ...

    @property
    def faults(self) -> Mapping[int, RowError]:
        """What is wrong with records that can't be saved as they are."""
        ...

    def rows(self, places: Sequence[int]) -> Rows:
        """Some records on their way into a table."""
        ...

    def record_id(self, place: int) -> str | None:
        """The id of a record that is to be deleted."""
        ...

    def value(self, place: int, name: str) -> Any:
        """What a record has under a name; None when it hasn't."""
        ...

    def put_files(self, files: Mapping[str, bytes]) -> None:
        """Put files in the place of what stands for them, `#name` in a field for files."""
        ...


@dataclass(slots=True)
class CsvPayload:
    """Rows under a header."""

    sobject: SObjectType
    names: Sequence[str]
    plan: CsvPlan
    cells: list[list[str]]
    faults: dict[int, RowError] = field(default_factory=dict[int, RowError])

    @property
    def size(self) -> int:
        """As in `Payload`."""
        return len(self.cells)

    def rows(self, places: Sequence[int]) -> Rows:
        """As in `Payload`."""
        return self.plan.batch([self.cells[place] for place in places])

    def record_id(self, place: int) -> str | None:
        """As in `Payload`; the header of a delete has one column."""
        return self.cells[place][0] or None

    def value(self, place: int, name: str) -> Any:
        """As in `Payload`."""
        return self.cells[place][self.names.index(name)] if name in self.names else None

    def put_files(self, files: Mapping[str, bytes]) -> None:
        """As in `Payload`."""
        for column, name in enumerate(self.names):
            if _holds_files(self.sobject, name):
                for place, row in enumerate(self.cells):
                    row[column] = _file_for(row[column], name, files, self.faults, place)


@dataclass(slots=True)
class RecordsPayload:
    """Records as JSON objects, also those that came as XML."""

    schema: Schema
    sobject: SObjectType
    records: list[dict[str, Any]]
    faults: dict[int, RowError] = field(default_factory=dict[int, RowError])

    @property
    def size(self) -> int:
        """As in `Payload`."""
        return len(self.records)

    def rows(self, places: Sequence[int]) -> Rows:
        """As in `Payload`."""
        return batch_from_json(self.schema, self.sobject, [self.records[place] for place in places])

    def record_id(self, place: int) -> str | None:
        """As in `Payload`."""
        found = next((value for name, value in self.records[place].items() if name.lower() == "id"), None)
        return None if found is None else str(found)

    def value(self, place: int, name: str) -> Any:
        """As in `Payload`."""
        return self.records[place].get(name)

    def put_files(self, files: Mapping[str, bytes]) -> None:
        """As in `Payload`."""
        for place, record in enumerate(self.records):
            for name, value in record.items():
                if isinstance(value, str) and _holds_files(self.sobject, name):
                    record[name] = _file_for(value, name, files, self.faults, place)


def _holds_files(sobject: SObjectType, name: str) -> bool:
    field = sobject.field(name)
    return field is not None and field.type == "base64"


def _file_for(text: str, name: str, files: Mapping[str, bytes], faults: dict[int, RowError], place: int) -> str:
    """What a text of a field for files stands for, in base64; a row whose file isn't there is at fault."""
    if not text.startswith(REFERENCE):
        return text
    content = files.get(text.removeprefix(REFERENCE))
    if content is None:
        faults.setdefault(place, RowError("INVALID_FIELD", f"Unable to find file: {text}", (name,)))
        return ""
    return base64.b64encode(content).decode()


def read_payload(schema: Schema, job: BatchJob, content: bytes) -> Payload:
    """Read a batch.

    Args:
        schema: the org's.
        job: says the format, the object and the operation.
        content: what was uploaded.

    Raises:
        JobFailure: nothing of it can be saved.
    """
    read = {"CSV": _read_csv, "JSON": _read_json, "XML": _read_xml}[job.content_type]
    if job.zipped:
        archive = read_archive(content)
        payload = read(schema, job, archive.request)
        payload.put_files(archive.files)
    else:
        payload = read(schema, job, content)
    if not payload.size:
        raise no_records_failure()
    if payload.size > MAX_RECORDS:
        message = f"InvalidBatch : The batch has {payload.size} records, more than {MAX_RECORDS}"
        raise JobFailure(message)
    return payload


def _read_csv(schema: Schema, job: BatchJob, content: bytes) -> Payload:
    stream = io.BytesIO(content)
    line = header_line(stream)
    if not line.strip():
        raise no_records_failure()
    spaced = scan(stream, job.dialect, any_line_ending=True)
    names = header_names(header_text(line), job.dialect)
    shaped = line if job.transformation is None else _csv_line(job.transformation.header(names))
    header = read_header(
        shaped, job.dialect, operation=job.operation, sobject=schema[job.object], schema=schema, files=job.zipped
    )
    stream.seek(len(line))
    found = RowBatch()
    for batch in RowReader(job.dialect, len(names), spaced=spaced).batches(stream):
        offset = len(found.rows)
        found.rows += batch.rows
        found.faults |= {offset + place: fault for place, fault in batch.faults.items()}
    cells = found.rows
    if job.transformation is not None:
        cells = [job.transformation.row(names, row) for row in cells]
    return CsvPayload(
        schema[job.object],
        header.names,
        header.plan,
        cells,
        {place: _fault(text) for place, text in found.faults.items()},
    )


def _csv_line(names: Sequence[str]) -> bytes:
    return ",".join('"' + name.replace('"', '""') + '"' for name in names).encode()


def _fault(text: str) -> RowError:
    """The `CODE:message:--` of a malformed row, taken apart."""
    code, _colon, rest = text.partition(":")
    return RowError(code, rest.removesuffix(":--"))


def _read_json(schema: Schema, job: BatchJob, content: bytes) -> Payload:
    if not content.strip():
        raise no_records_failure()
    try:
        found: object = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"InvalidBatch : Failed to parse JSON. {error}"
        raise JobFailure(message) from error
    records = cast("list[object]", found) if isinstance(found, list) else None
    if records is None or not all(isinstance(each, dict) for each in records):
        raise JobFailure("InvalidBatch : Failed to parse JSON. An array of records is expected")
    return _checked(schema, job, cast("list[dict[str, Any]]", records))


def _read_xml(schema: Schema, job: BatchJob, content: bytes) -> Payload:
    if not content.strip():
        raise no_records_failure()
    return _checked(schema, job, records_of(content))


def _checked(schema: Schema, job: BatchJob, records: list[dict[str, Any]]) -> Payload:
    """Records whose names are all known.

    Raises:
        JobFailure: a name that is no field or no relationship.
    """
    sobject = schema[job.object]
    known = {"attributes"}
    faults: dict[int, RowError] = {}
    for place, record in enumerate(records):
        for name, value in record.items():
            if name not in known:
                _refuse_unknown(sobject, name, job.operation)
                known.add(name)
            if isinstance(value, str) and len(value) > MAX_CELL_CHARACTERS:
                message = f"A field may hold {MAX_CELL_CHARACTERS} characters"
                faults.setdefault(place, RowError("InvalidBatch", message, (name,)))
        if len(record) > MAX_FIELDS:
            faults.setdefault(place, RowError("InvalidBatch", f"A record may have {MAX_FIELDS} fields"))
    return RecordsPayload(schema, sobject, records, faults)


def _refuse_unknown(sobject: SObjectType, name: str, operation: str) -> None:
    if operation in DELETES and name.lower() != "id":
        raise JobFailure("InvalidBatch : Delete batches must contain only ids")
    found = sobject.field(name)
    if (found is None or found.compound) and sobject.by_relationship(name) is None:
        raise field_not_found_failure(name)
