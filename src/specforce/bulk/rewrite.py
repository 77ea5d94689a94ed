"""Records changed on their way to Salesforce: columns left out, null in its own words, line breaks of one kind.

The source stays as it is.

One job takes one kind of line break, in cells as between rows (reference/bulk_v2.md section 7). A file whose rows end
in CR LF while its cells hold LF alone (what spreadsheets write) is therefore sent with rows that end in LF: no value
changes. Cells that hold both kinds can't be sent as they are: that is refused, unless the caller chose one kind for
all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from specforce.bulk.cells import cell_getter, line_writer, read_batch
from specforce.bulk.dialect import Dialect, LineEnding
from specforce.bulk.values import NULL_CELL
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from specforce.bulk.structure import Facts

BreakPolicy: TypeAlias = Literal["keep", "LF", "CRLF"]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What happens to each chunk of whole records before it is sent.

    Attributes:
        read: how the source writes records.
        sent: how they are sent; the delimiter is the same.
        in_cells: line breaks in cells become those of `sent` too, which changes values.
        kept: the places of the columns that are sent; `None` for all.
        nulls: cells that mean "no value" in the source; they are sent as `#N/A`.
    """

    read: Dialect
    sent: Dialect
    in_cells: bool = False
    kept: tuple[int, ...] | None = None
    nulls: frozenset[str] = frozenset()

    @property
    def changes(self) -> bool:
        """Whether anything is rewritten at all."""
        return self.read != self.sent or self.in_cells or self.kept is not None or bool(self.nulls)

    def chunk(self, records: bytes) -> bytes:
        """Rewrite a chunk of whole records; its last one may lack its line ending."""
        newline = self.sent.newline
        if self.kept is not None or self.nulls:
            records = self._by_cells(records)
        if self.in_cells:
            lines = records.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            return lines if newline == b"\n" else lines.replace(b"\n", newline)
        if self.read != self.sent:
            return _with_row_endings(records, self.read.newline, newline)
        return records

    def with_nulls(self, cells: list[str]) -> list[str]:
        """A row's cells as they are sent: those that mean "no value" as Salesforce says it."""
        if self.nulls.isdisjoint(cells):
            return cells
        return [NULL_CELL if cell in self.nulls else cell for cell in cells]

    def _by_cells(self, records: bytes) -> bytes:
        """The same records without the columns that aren't sent, nulls replaced, still in the source's line ending."""
        line = line_writer(self.read.delimiter)
        take: Callable[[Sequence[str]], Sequence[str]] = _all_cells if self.kept is None else cell_getter(self.kept)
        lines = [line(take(self.with_nulls(cells))) for cells in read_batch(records, self.read.delimiter)]
        return "".join(f"{text}{self.read.newline.decode()}" for text in lines).encode()


def _with_row_endings(records: bytes, old: bytes, new: bytes) -> bytes:
    """Change what ends the rows and leave the cells alone: what stands between two quotes isn't touched."""
    pieces = records.split(b'"')
    pieces[::2] = [piece.replace(old, new) for piece in pieces[::2]]
    return b'"'.join(pieces)


def rewrite_for(
    facts: Facts,
    dialect: Dialect,
    policy: BreakPolicy,
    kept: tuple[int, ...] | None,
    *,
    nulls: frozenset[str] = frozenset(),
    where: str,
) -> Rewrite:
    """Choose the line ending under which these records can be sent.

    Args:
        facts: what line breaks their cells hold.
        dialect: how the source writes them.
        policy: `"keep"` sends cells as they are or not at all; `"LF"` and `"CRLF"` turn every line break into that.
        kept: the places of the columns that are sent.
        nulls: cells that mean "no value" in the source.
        where: which rows these are, for the message.

    Raises:
        InputError: the cells hold both kinds of line breaks, and the policy is to keep them.
    """
    if policy != "keep":
        clean = dialect.line_ending == policy and not (facts.pairs if policy == "LF" else facts.feeds)
        return Rewrite(dialect, Dialect(dialect.column_delimiter, policy), in_cells=not clean, kept=kept, nulls=nulls)
    if facts.feeds and facts.pairs:
        raise InputError(
            f"{where}: some cells hold line breaks as LF and some as CR LF, and one Bulk API 2.0 job takes one kind: "
            "pass newlines='LF' (or 'CRLF') to send all of them as that"
        )
    ending: LineEnding = "CRLF" if facts.pairs else "LF" if facts.feeds else dialect.line_ending
    return Rewrite(dialect, Dialect(dialect.column_delimiter, ending), kept=kept, nulls=nulls)


def _all_cells(cells: Sequence[str]) -> Sequence[str]:
    return cells
