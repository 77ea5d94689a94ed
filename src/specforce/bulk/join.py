"""Which input row a result row belongs to.

Bulk API 2.0 returns neither row numbers nor an order, only the cells. So each input row and each result row is reduced
to a digest of its parsed cells (of the columns that came back), both sides are sorted by it, and walked side by side.
Identical rows are told apart by their number only: the first of them gets the first such result, and so on. Nothing is
matched twice, and a result that matches no input row is an IntegrityError.

SQLite sorts on disk, so memory doesn't grow with the data; 16 bytes of BLAKE2b don't collide by accident. Line breaks
in cells count as equal, whatever their kind: `newlines=` may have changed them on the way.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from specforce.bulk.cells import cell_getter, read_batch
from specforce.bulk.outcomes import Counts, Kind, Outcomes
from specforce.bulk.records import RecordCounter
from specforce_api.runtime.errors import IntegrityError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from specforce.bulk.parts import Part
    from specforce.bulk.results import ResultReader

_DIGEST_BYTES: Final = 16
_NOTHING: Final = (b"", 0)


def join_part(
    outcomes: Outcomes,
    part: Part,
    names: Sequence[str],
    readers: Sequence[ResultReader],
    *,
    rest: Kind = Kind.UNKNOWN,
) -> Counts:
    """Join a part's rows to its results and keep the outcome of each row.

    Args:
        part: the rows as they were sent.
        names: the columns of the part's file by the names that were sent; `""` for those that weren't.
        readers: the result files that hold rows.
        rest: what became of rows that no result speaks of: unprocessed where the job failed or was aborted; failed, as
            they had before, where it did with rows that were sent again.

    Returns:
        The rows by outcome.

    Raises:
        IntegrityError: a result row matches no input row, or more results match than there are input rows.
    """
    columns = _common_columns(names, readers)
    with outcomes.writing() as db:
        db.execute("DELETE FROM sent")
        db.execute("DELETE FROM answered")
        db.execute("DELETE FROM matched")
        db.executemany("INSERT INTO sent VALUES(?, ?)", _sent(db, part, _digester(_places(columns, names))))
        for reader in readers:
            db.executemany("INSERT INTO answered VALUES(?, ?, ?, ?)", _answered(reader, columns))
        merge = _Merge(db)
        db.executemany("INSERT INTO matched VALUES(?, ?)", merge.pairs())
        merge.refuse_surplus(part)
        db.execute(
            "INSERT OR REPLACE INTO outcome SELECT matched.row, kind, id, error, ? FROM matched "
            "JOIN answered ON answered.rowid = matched.answer ORDER BY matched.row",
            (part.attempt,),
        )
        if rest is not Kind.FAILED:
            db.execute(
                "INSERT OR REPLACE INTO outcome SELECT row, ?, NULL, NULL, ? FROM sent "
                "WHERE row NOT IN (SELECT row FROM matched) ORDER BY row",
                (int(rest), part.attempt),
            )
        counted: dict[int, int] = dict(db.execute("SELECT kind, COUNT(*) FROM answered GROUP BY kind").fetchall())
    counts = Counts(
        created=counted.get(Kind.CREATED, 0),
        updated=counted.get(Kind.UPDATED, 0),
        failed=counted.get(Kind.FAILED, 0),
        unprocessed=counted.get(Kind.UNPROCESSED, 0),
    )
    left = part.rows - counts.total
    lefts = {Kind.UNPROCESSED: Counts(unprocessed=left), Kind.FAILED: Counts(failed=left)}
    return counts + lefts.get(rest, Counts(unknown=left))


def keep_alike(outcomes: Outcomes, part: Part, kind: Kind, numbers: Iterable[int] | None = None) -> None:
    """Keep the same outcome, without id and error, for rows of a part that weren't joined: all, without `numbers`."""
    rows = ((row, int(kind), part.attempt) for row in (part.row_numbers() if numbers is None else numbers))
    with outcomes.writing() as db:
        if part.numbers is None:
            keep_places(db, part)
        db.executemany("INSERT OR REPLACE INTO outcome(row, kind, attempt) VALUES(?, ?, ?)", rows)


def keep_places(db: sqlite3.Connection, part: Part) -> None:
    """Keep where a part's rows lie, without looking at their cells."""
    place = _Places(db, part)
    for chunk in part.chunks():
        counter = RecordCounter()
        counter.feed(chunk)
        place.keep(chunk, counter.total())


class _Places:
    """Notes, chunk by chunk, where a part's rows lie."""

    def __init__(self, db: sqlite3.Connection, part: Part) -> None:
        self._db = db
        self._part = part.number
        self._row = part.first_row
        self._line = part.first_line
        self._start = part.start

    def keep(self, chunk: bytes, rows: int) -> None:
        values = (self._row, self._line, self._part, self._start, len(chunk))
        self._db.execute("INSERT OR REPLACE INTO chunk VALUES(?, ?, ?, ?, ?)", values)
        self._row += rows
        self._line += chunk.count(b"\n") if self._line else 0
        self._start += len(chunk)


class _Merge:
    """Walks the digests of input and results side by side, both sorted, and pairs equal ones in order."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._surplus = 0
        self._example = 0

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield input row and result row (its rowid in `answered`) of each match."""
        sent = self._db.execute("SELECT digest, row FROM sent ORDER BY digest, row")
        answered = self._db.execute("SELECT digest, rowid FROM answered ORDER BY digest, rowid")
        mine, row = next(sent, _NOTHING)
        for theirs, answer in answered:
            while row and mine < theirs:
                mine, row = next(sent, _NOTHING)
            if row and mine == theirs:
                yield row, answer
                mine, row = next(sent, _NOTHING)
            else:
                self._surplus += 1
                self._example = answer

    def refuse_surplus(self, part: Part) -> None:
        """Raise IntegrityError where a result had no input row to go to."""
        if self._surplus:
            query = "SELECT kind, id, error FROM answered WHERE rowid = ?"
            kind, id_, error = self._db.execute(query, (self._example,)).fetchone()
            raise IntegrityError(
                f"part {part.number}: {self._surplus} result rows match no row that was sent and hadn't a result yet, "
                f"among them a row that was {Kind(kind).name.lower()} (id {id_ or 'unknown'}) {error or ''}".rstrip(),
                expected=part.rows,
                actual=part.rows + self._surplus,
            )


def _sent(db: sqlite3.Connection, part: Part, digest: Callable[[list[str]], bytes]) -> Iterator[tuple[bytes, int]]:
    """The digest and number of each row of a part; the places of its chunks are kept on the way."""
    place = None if part.numbers is not None else _Places(db, part)
    row = part.row_numbers()
    for chunk in part.chunks():
        batch = read_batch(chunk, part.dialect.delimiter)
        if place is not None:
            place.keep(chunk, len(batch))
        if part.rewrite.nulls:
            batch = [part.rewrite.with_nulls(cells) for cells in batch]
        yield from zip(map(digest, batch), row, strict=False)  # the digests end first, and no number is lost


def _answered(reader: ResultReader, columns: Sequence[str]) -> Iterator[tuple[bytes, int, str, str]]:
    """Digest, outcome, id and error of each row of a result file."""
    system = reader.header.system
    digest = _digester([system + place for place in _places(columns, reader.header.columns)])
    for batch in reader.batches():
        if reader.result_set == "successful":
            for cells in batch:
                yield digest(cells), Kind.CREATED if cells[1] == "true" else Kind.UPDATED, cells[0], ""
        elif reader.result_set == "failed":
            for cells in batch:
                yield digest(cells), Kind.FAILED, cells[0], cells[1]
        else:
            for cells in batch:
                yield digest(cells), Kind.UNPROCESSED, "", ""


def _digester(places: Sequence[int]) -> Callable[[list[str]], bytes]:
    """A function from a row's cells to the digest of those in `places`."""
    join = "\0".join  # no cell holds a NUL: the source was refused if it had one

    def digest(cells: Sequence[str]) -> bytes:
        text = join(cells)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()

    if list(places) == list(range(len(places))):
        width = len(places)
        return lambda cells: digest(cells if len(cells) == width else cells[:width])
    take = cell_getter(places)
    return lambda cells: digest(take(cells))


def _common_columns(names: Sequence[str], readers: Sequence[ResultReader]) -> list[str]:
    """The columns that every result file sends back, in the input's order.

    Raises:
        IntegrityError: there are none, so that nothing can be told apart.
    """
    if not readers:
        return [name for name in names if name]
    echoed = [{name.casefold() for name in reader.header.columns} for reader in readers]
    columns = [name for name in names if name and all(name.casefold() in known for known in echoed)]
    if not columns:
        found = ", ".join(readers[0].header.columns)
        raise IntegrityError(f"the results hold none of the columns that were sent: {found or 'no columns'}")
    return columns


def _places(columns: Sequence[str], names: Sequence[str]) -> list[int]:
    """Where each of `columns` stands among `names`, without regard to case."""
    at = {name.casefold(): place for place, name in enumerate(names)}
    return [at[name.casefold()] for name in columns]
