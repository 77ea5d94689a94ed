"""A load's rows with what became of them, as Arrow record batches. Needs pyarrow: specforce[arrow]."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from specforce._arrow import pa

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specforce.bulk.outcomes import Outcome

_BATCH_ROWS: Final = 5_000
_SYSTEM: Final = (
    ("sf__Row", pa.int64()),
    ("sf__Line", pa.int64()),
    ("sf__Outcome", pa.string()),
    ("sf__Id", pa.string()),
    ("sf__Error", pa.string()),
)


def outcome_reader(rows: Iterator[tuple[Outcome, int | None, dict[str, str]]], columns: Sequence[str]) -> Any:
    """Rows as a RecordBatchReader.

    Args:
        rows: outcome, line and cells of each.
        columns: the source's.
    """
    schema = pa.schema([*_SYSTEM, *((name, pa.string()) for name in columns)])
    return pa.RecordBatchReader.from_batches(schema, _batches(rows, schema))


def _batches(rows: Iterator[tuple[Outcome, int | None, dict[str, str]]], schema: Any) -> Iterator[Any]:
    while some := list(islice(rows, _BATCH_ROWS)):
        system = [
            (each.row, line, each.kind.name.lower(), each.id or None, each.error or None) for each, line, _ in some
        ]
        cells = (list(values.values()) for _, _, values in some)
        whole = zip(*([*head, *tail] for head, tail in zip(system, cells, strict=True)), strict=True)
        arrays = [pa.array(column, field.type) for column, field in zip(whole, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
