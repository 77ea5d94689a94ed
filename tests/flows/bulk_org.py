"""A fake org for the bulk flows in both halves, and what they share: sources in every form, what the org holds."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from typing import TYPE_CHECKING, Any

from specforce import Salesforce

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
    from pathlib import Path

    from specforce.testing import FakeOrg
    from tests.halves import Half

SOURCES = ("path", "bytes", "file", "pieces", "rows")


class BulkOrg:
    """One half of the facade at a fake org whose jobs move when they are looked at; nobody sleeps."""

    def __init__(self, org: FakeOrg, half: Half) -> None:
        self.org = org
        self.half = half
        self._clients: list[Any] = []

    def connect(self, **options: Any) -> Any:
        """A client of this half."""
        client = self.half.client(self.org.auth(), clock=self.half.clock, **{"timeout_s": 10, **options})
        self._clients.append(client)
        return client

    def load(self, sf: Any, source: Any, sobject: str = "Account", **options: Any) -> Any:
        """Load, whichever half it is."""
        return self.half.run(sf.bulk.load(source, sobject, **options))

    def to_csv(self, export: Any, path: Path, **options: Any) -> int:
        """Export to a file, whichever half it is."""
        return int(self.half.run(export.to_csv(path, **options)))

    def source(self, kind: str, data: bytes, folder: Path) -> Any:
        """The same table in another form."""
        path = folder / "source.csv"
        path.write_bytes(data)
        pieces = [data[at : at + 1000] for at in range(0, len(data), 1000)] or [b""]
        if kind == "iterator":
            return aiter_of(pieces) if self.half.name == "async" else iter(pieces)
        if kind == "rows":
            return iter([*csv.DictReader(io.StringIO(data.decode(), newline=""))])
        if kind in ("arrow", "parquet"):
            import pyarrow as pa
            import pyarrow.parquet as pq

            found = pa.Table.from_pylist([*csv.DictReader(io.StringIO(data.decode(), newline=""))])
            pq.write_table(found, path.with_suffix(".parquet"))
            return found if kind == "arrow" else path.with_suffix(".parquet")
        if kind == "gzip":
            path.with_suffix(".csv.gz").write_bytes(gzip.compress(data))
            return path.with_suffix(".csv.gz")
        return {"path": path, "bytes": data, "file": io.BytesIO(data), "pieces": iter(pieces)}[kind]

    def held(self, field: str = "Name") -> Counter[str]:
        """The values of one field of all Accounts in the org, asked for by REST, all faults gone."""
        self.org.faults.clear()
        with Salesforce(self.org.auth()) as sf:
            records = sf.query(f"SELECT {field} FROM Account")
            return Counter(str(record[field]) for record in records)

    def asked(self, operation: str) -> int:
        """How often an operation was asked for."""
        return sum(request.operation == operation for request in self.org.requests)

    def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            self.half.close(client)


async def aiter_of(items: Iterable[Any]) -> AsyncIterator[Any]:
    """An async iterator over items."""
    for item in items:
        yield item


def table(rows: Iterable[Mapping[str, str]], newline: str = "\n") -> bytes:
    """Rows as CSV."""
    rows = list(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator=newline)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def accounts(count: int, *, bad_every: int = 0, twins: int = 1) -> list[dict[str, str]]:
    """Accounts to load; every `bad_every`-th has no name, and each name stands `twins` times."""
    return [
        {"Name": "" if bad_every and number % bad_every == 0 else f"Acme {number // twins}", "Phone": f"{number % 7}"}
        for number in range(1, count + 1)
    ]


def good_names(rows: Iterable[Mapping[str, str]]) -> Counter[str]:
    """The names that should be in the org."""
    return Counter(row["Name"] for row in rows if row["Name"])


def exported(path: Path) -> list[list[str]]:
    """The rows of an exported CSV file, header first."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def names(rows: Iterator[dict[str, Any]]) -> Counter[str]:
    """Names among dict rows."""
    return Counter(str(row["Name"]) for row in rows)
