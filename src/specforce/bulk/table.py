"""What a source's header settles for the whole load: columns, dialect, the header that every part carries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from specforce.bulk.columns import Columns, map_columns, refuse_columns
from specforce.bulk.dialect import ColumnDelimiter, Dialect, LineEnding, column_delimiter, line_ending
from specforce.bulk.header import Header, read_header, refuse_names
from specforce.bulk.parts import Limits
from specforce.bulk.structure import Structure
from specforce.bulk.values import NULL_CELL
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from specforce.bulk.rewrite import BreakPolicy
    from specforce.bulk.values import NanPolicy

SourceFormat: TypeAlias = Literal["csv", "csv.gz", "parquet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions:
    """How the caller described the source and what should become of it; names as in `sf.bulk.load`."""

    operation: str
    external_id: str | None = None
    mapping: Mapping[str, str | None] | None = None
    columns: Sequence[str] | None = None
    delimiter: str = ","
    line_ending: str | None = None
    encoding: str = "utf-8"
    newlines: BreakPolicy = "keep"
    nan: NanPolicy = "error"
    source_format: SourceFormat | None = None
    null_values: Collection[str] = ()
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        column_delimiter(self.delimiter)
        if self.line_ending is not None:
            line_ending(self.line_ending)
        if self.newlines not in ("keep", "LF", "CRLF"):
            raise InputError(f"newlines={self.newlines!r}: it is 'keep', 'LF' or 'CRLF'")
        if self.nan not in ("error", "null"):
            raise InputError(f"nan={self.nan!r}: it is 'error' or 'null'")
        if self.source_format not in (None, *get_args(SourceFormat)):
            raise InputError(f"source_format={self.source_format!r}: it is 'csv', 'csv.gz' or 'parquet'")
        if isinstance(self.null_values, str):
            raise InputError(f"null_values={self.null_values!r}: pass a collection, such as null_values=('NA',)")

    @property
    def nulls(self) -> frozenset[str]:
        """Cells that mean "no value" in the source."""
        return frozenset(self.null_values) - {NULL_CELL}

    @property
    def source_limits(self) -> Limits:
        """How much of the source makes a part, so that it fits even if every cell of it becomes `#N/A`."""
        if not self.nulls:
            return self.limits
        shortest = min(map(len, self.nulls))
        growth = max(1.0, (len(NULL_CELL) + 1) / (shortest + 1))
        return replace(self.limits, part_bytes=max(1, int(self.limits.part_bytes / growth)))

    @property
    def column_delimiter(self) -> ColumnDelimiter:
        """Salesforce's name of the delimiter."""
        return column_delimiter(self.delimiter)

    @property
    def delimiter_character(self) -> str:
        """The delimiter as a character, also where it was given by name."""
        return Dialect(self.column_delimiter).delimiter


@dataclass(frozen=True, slots=True)
class Table:
    """A source whose header is known.

    Attributes:
        columns: which columns are sent, and as what.
        names: all column names of the source.
        dialect: how the source writes its rows.
        header: the header line as it is sent, without its line ending.
        first_line: the line of the first row; 0 where the source has no lines.
        structure: what every row looks like.
    """

    columns: Columns
    names: tuple[str, ...]
    dialect: Dialect
    header: bytes
    first_line: int
    structure: Structure


def table_of_header(header: Header, options: TableOptions) -> Table:
    """The table behind a CSV header.

    Raises:
        InputError: names, mapping and operation don't fit; or the declared line ending isn't the source's.
    """
    found: LineEnding = header.line_ending or "LF"
    if options.line_ending is not None and header.line_ending and line_ending(options.line_ending) != found:
        raise InputError(
            f"line 1 ends in {found}, and line_ending={options.line_ending!r} was declared: "
            "leave line_ending out and it is taken from the source"
        )
    dialect = Dialect(options.column_delimiter, found)
    columns = map_columns(header.names, options.mapping)
    refuse_columns(columns, options.operation, options.external_id)
    same = columns.sent == header.names
    line = header.line if same else columns.header(dialect).removesuffix(dialect.newline)
    return Table(columns, header.names, dialect, line, header.lines + 1, Structure(len(header.names), dialect))


def table_of_rows(names: Sequence[str], options: TableOptions) -> tuple[Table, tuple[int, ...] | None]:
    """The table behind rows of Python values, and the places of the columns that are written (`None` for all).

    Raises:
        InputError: names, mapping and operation don't fit.
    """
    if not names:
        raise InputError("the rows have no columns")
    dialect = Dialect(options.column_delimiter, "LF")
    refuse_names(names, dialect.delimiter)
    columns = map_columns(names, options.mapping)
    refuse_columns(columns, options.operation, options.external_id)
    line = columns.header(dialect).removesuffix(dialect.newline)
    written = Columns(columns.source, columns.sent)
    return Table(written, written.source, dialect, line, 0, Structure(len(written.sent), dialect)), columns.kept


def read_table(start: bytes, options: TableOptions) -> tuple[Table, int]:
    """The table behind a source's first bytes, and how many of them its header takes.

    Raises:
        InputError: as `read_header` and `table_of_header`.
    """
    header = read_header(start, options.delimiter_character)
    return table_of_header(header, options), header.size
