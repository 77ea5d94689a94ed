"""The three result files of an ingest job, as rows: what Salesforce added (`sf__` columns), and the cells it sends
back.

Each file carries only the uploaded columns that matched fields, in no promised order of rows. Rows are handed out as
cells with their header; which input row they belong to, join.py finds out.

Source: reference/bulk_v2.md section 4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from specforce.bulk.cells import read_batch
from specforce.bulk.records import RecordCutter, nth_record_end
from specforce_api.runtime.errors import ConnectionCut, DecodeError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ResultSet: TypeAlias = Literal["successful", "failed", "unprocessed"]

_SYSTEM: Final[dict[ResultSet, tuple[str, ...]]] = {
    "successful": ("sf__id", "sf__created"),
    "failed": ("sf__id", "sf__error"),
    "unprocessed": (),
}
_FIELDS: Final = re.compile(r"[\w.:]+(?:[ ,]+[\w.:]+)*")
_MAX_RECORD_BYTES: Final = 1 << 27


@dataclass(frozen=True, slots=True)
class RowError:
    """Why Salesforce refused a row.

    Attributes:
        code: such as `REQUIRED_FIELD_MISSING`; `""` where the text has none.
        message: Salesforce's words.
        fields: API names of the fields that it blames.
    """

    code: str
    message: str
    fields: tuple[str, ...] = ()


def row_error(text: str) -> RowError:
    """Read an `sf__Error` cell: `CODE:message:field1 field2 --`; the message may hold colons itself."""
    code, colon, rest = text.partition(":")
    if not colon or not re.fullmatch(r"[A-Za-z_]+", code):
        return RowError("", text)
    if not rest.endswith("--"):
        return RowError(code, rest)
    message, colon, fields = rest.removesuffix("--").rpartition(":")
    fields = fields.strip()
    if not colon or (fields and not _FIELDS.fullmatch(fields)):
        return RowError(code, rest)
    return RowError(code, message, tuple(re.split(r"[ ,]+", fields)) if fields else ())


@dataclass(frozen=True, slots=True)
class ResultHeader:
    """The header of a result file.

    Attributes:
        system: how many `sf__` columns come first.
        columns: the uploaded columns that are echoed, as they were uploaded.
    """

    system: int
    columns: tuple[str, ...]


def result_header(cells: list[str], result_set: ResultSet) -> ResultHeader:
    """Check a result file's header.

    Raises:
        DecodeError: the columns that Salesforce adds to this set aren't there.
    """
    expected = _SYSTEM[result_set]
    if tuple(name.casefold() for name in cells[: len(expected)]) != expected:
        raise DecodeError(f"the {result_set} results begin with the columns {cells[:3]!r}, not with {list(expected)!r}")
    return ResultHeader(len(expected), tuple(cells[len(expected) :]))


class ResultReader:
    """Reads one result file from pieces of bytes.

    Args:
        pieces: the file's bytes, cut anywhere.
        result_set: which file it is.
        delimiter: the job's.
    """

    def __init__(self, pieces: Iterable[bytes], result_set: ResultSet, delimiter: str) -> None:
        self._chunks = table_chunks(pieces, what=f"the {result_set} results")
        self._delimiter = delimiter
        head = read_batch(next(self._chunks), delimiter)
        self.result_set: ResultSet = result_set
        self.header = result_header(head[0] if head else [], result_set)
        self.rows = 0

    def batches(self) -> Iterator[list[list[str]]]:
        """Yield the rows, system columns first, in batches; `rows` counts them.

        Raises:
            IntegrityError: a row has more or fewer cells than the header.
            ConnectionCut: the file ends inside a record.
        """
        width = self.header.system + len(self.header.columns)
        for chunk in self._chunks:
            batch = read_batch(chunk, self._delimiter)
            if set(map(len, batch)) - {width}:
                batch = [row for row in batch if row]
                wrong = next((row for row in batch if len(row) != width), None)
                if wrong is not None:
                    raise IntegrityError(
                        f"a row of the {self.result_set} results has {len(wrong)} cells, its header has {width}",
                        expected=width,
                        actual=len(wrong),
                    )
            self.rows += len(batch)
            yield batch


def table_chunks(pieces: Iterable[bytes], *, what: str) -> Iterator[bytes]:
    """Cut a CSV answer into its header record and chunks of whole records.

    Raises:
        ConnectionCut: it ends inside a quoted cell: the rest is missing.
        DecodeError: there isn't even a header.
    """
    cutter = RecordCutter(_MAX_RECORD_BYTES)
    begun = False
    for piece in pieces:
        chunk = cutter.feed(piece)
        if chunk and not begun:
            begun = True
            start = len(b"\xef\xbb\xbf") if chunk.startswith(b"\xef\xbb\xbf") else 0
            size = nth_record_end(chunk[start:], 1)
            yield chunk[start : start + size]
            chunk = chunk[start + size :]
        if chunk:
            yield chunk
    if cutter.in_quotes:
        raise ConnectionCut(f"{what} end inside a quoted cell: the rest is missing")
    if last := cutter.finish():
        yield last.removeprefix(b"\xef\xbb\xbf") if not begun else last
    elif not begun:
        raise DecodeError(f"{what} are empty: not even a header line")
