"""The work of a query batch: compile the SOQL, split it where the job says so, else write its results.

Promises: rows go from SQLite to the files without being held. Source: reference/bulk_v1.md sections 4, 5 and 6.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Final

import msgspec

from specforce_mockserver import soql
from specforce_mockserver.asking import compiled_for
from specforce_mockserver.bulk.failure import JobFailure, no_records_failure
from specforce_mockserver.bulk_v1 import xml_records
from specforce_mockserver.bulk_v1.chunks import can_be_split, chunk_texts
from specforce_mockserver.bulk_v1.job import QueryResult
from specforce_mockserver.ids import short

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from specforce_mockserver.bulk_v1.job import Batch
    from specforce_mockserver.org import Org

RESULT_PREFIX: Final = "752"
WRITE_ROWS: Final = 1_000


class QueryWork:
    """The work of one batch.

    Args:
        org: whose records are read.
        batch: the batch.
        step_records: how many records a step takes.
        split: makes a batch of each of some queries, in place of this one.
        then: called when it is over, so that the next batch may begin.
    """

    def __init__(
        self,
        org: Org,
        batch: Batch,
        *,
        step_records: int,
        split: Callable[[Batch, list[str]], None],
        then: Callable[[], None],
    ) -> None:
        self._org = org
        self._batch = batch
        self._step_records = step_records
        self._split = split
        self._then = then
        self._progress: Generator[int, None, None] | None = None

    def step(self) -> bool:
        """Write some records; the first step compiles the query, and splits it where that is wanted."""
        batch, behaviour = self._batch, self._batch.behaviour
        if self._progress is None:
            query = self._compiled()
            chunking = batch.owner.chunking
            if chunking is not None and not batch.chunk and can_be_split(query):
                self._split(batch, list(chunk_texts(self._org.database.reader(), query, chunking)))
                return False
            self._progress = self._write(query)
        goal = batch.records_processed + self._step_records
        while batch.state == "InProgress":
            if behaviour.fail_message is not None and batch.records_processed >= behaviour.fail_after_records:
                raise JobFailure(behaviour.fail_message)
            if batch.records_processed >= goal:
                return True
            try:
                written = next(self._progress, None)
            except soql.SoqlError as error:
                raise _failure(error.code, error.message) from error
            if written is None:
                return False
            with batch.changed:
                batch.records_processed += written
        return False

    def settle(self) -> None:
        """Let go of the records."""
        if self._progress is not None:
            self._progress.close()
        self._then()

    def _compiled(self) -> soql.CompiledQuery:
        """The query, if this API can run it.

        Raises:
            JobFailure: it can't.
        """
        owner = self._batch.owner
        text = self._batch.request.read_bytes().decode("utf-8", "replace").strip()
        if not text:
            raise no_records_failure()
        try:
            query = compiled_for(
                self._org.seen_by(owner.created_by_id),
                text,
                version=owner.api_version,
                include_deleted=owner.operation == "queryAll",
                user_id=owner.created_by_id,
            )
        except soql.SoqlError as error:
            raise _failure(error.code, error.message) from error
        refused = soql.bulk_refusal(query)
        if refused is not None:
            raise _failure("FUNCTIONALITY_NOT_ENABLED", refused.message)
        if query.plan.sobject.name != owner.object:
            message = (
                f"The root entity of the requested query ({query.plan.sobject.name}) does not match the entity of the "
                f"requested Bulk API Job ({owner.object})."
            )
            raise _failure("INVALID_TYPE_FOR_OPERATION", message)
        return query

    def _write(self, query: soql.CompiledQuery) -> Generator[int, None, None]:
        """Write the results, one after the other; how many records each piece had."""
        form = {"CSV": self._csv, "JSON": self._json, "XML": self._xml}[self._batch.owner.content_type]
        before, records, between, after = form(query, self._org.database.reader())
        most = self._batch.behaviour.page_records
        while True:
            result = QueryResult(short(self._org.counters.new_id(RESULT_PREFIX)), self._path(len(self._batch.results)))
            yield from _write_result(result.path, before, islice(records, most), between, after)
            self._batch.results.append(result)
            following = next(records, None)
            if following is None:
                return
            records = chain((following,), records)

    def _path(self, place: int) -> Path:
        return self._batch.directory / f"result-{place}"

    def _csv(self, query: soql.CompiledQuery, connection: sqlite3.Connection) -> tuple[str, Iterator[str], str, str]:
        newline = self._batch.owner.dialect.newline
        header = ",".join(f'"{name}"' for name in query.columns) + newline
        return header, iter(query.csv_lines(connection, line_ending=newline)), "", ""

    def _json(self, query: soql.CompiledQuery, connection: sqlite3.Connection) -> tuple[str, Iterator[str], str, str]:
        encode = msgspec.json.Encoder().encode
        return "[", (encode(each).decode() for each in query.records(connection)), ",", "]"

    def _xml(self, query: soql.CompiledQuery, connection: sqlite3.Connection) -> tuple[str, Iterator[str], str, str]:
        records = map(xml_records.record_text, query.records(connection))
        return xml_records.BEFORE, records, "", xml_records.AFTER


def _write_result(
    path: Path, before: str, records: Iterator[str], between: str, after: str
) -> Generator[int, None, None]:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(before)
        first = True
        while piece := list(islice(records, WRITE_ROWS)):
            file.write(("" if first else between) + between.join(piece))
            first = False
            yield len(piece)
        file.write(after)


def _failure(code: str, message: str) -> JobFailure:
    return JobFailure(f"InvalidBatch : Failed to process query: {code}: {message}")
