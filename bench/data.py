"""Make the benchmark's data once: deterministic, Salesforce-like, with quotes, commas, line breaks and UTF-8.

Usage: python -m bench.data        (does nothing where the data is there already)
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Iterable
from pathlib import Path

from bench.settings import (
    COLUMNS,
    DATA,
    INGEST_ROWS,
    PAGE_ROWS,
    PAGES_PER_SCALE,
    QUERY_PAGE_ROWS,
    QUERY_PAGES,
    SCALES,
)

WORDS = (
    *[
        "north",
        "wind",
        "trading",
        "global",
        "partners",
        "renewal",
        "pipeline",
        "contract",
        "blue",
        "river",
        "supply,",
        "quote",
        "signed",
        "legal",
    ],
    *["review", "pending", '"priority"', "customer", "café", "münchen", "follow-up"],
)


def record(source: random.Random, number: int) -> list[str]:
    """One row of ten cells, about 230 bytes as CSV; every fiftieth holds a line break."""
    description = " ".join(source.choices(WORDS, k=8)) + ("\nsecond line" if number % 50 == 0 else "")
    day = f"20{source.randrange(10, 26)}-{source.randrange(1, 13):02d}-{source.randrange(1, 29):02d}"
    return [
        f"001{number:012d}AAA",
        f"{source.choice(WORDS).title()} {source.randrange(10**6)} Inc",
        f"user{number}@example.com",
        f"{day}T12:34:56.000Z",
        "2026-01-02T03:04:05.000Z",
        f"{source.random() * 1e7:.2f}",
        str(source.randrange(10**5)),
        "false",
        f"{source.randrange(999)} Main Street",
        description,
    ]


def quoted(rows: Iterable[list[str]]) -> bytes:
    """CSV as Bulk 2.0 sends it: every cell quoted."""
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode()


def put(name: str, content: bytes) -> None:
    path = DATA / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def as_json(rows: list[list[str]], number: int) -> dict[str, object]:
    """One query record of 28 fields and a parent, 1.1 KB as JSON."""
    document: dict[str, object] = {
        "attributes": {"type": "Account", "url": f"/services/data/v60.0/sobjects/Account/001{number:012d}AAA"}
    }
    document.update(zip(COLUMNS, rows[number % PAGE_ROWS], strict=True))
    document["AnnualRevenue"] = float(str(document["AnnualRevenue"]))
    document |= {"NumberOfEmployees": number, "IsDeleted": False}
    document["Owner"] = {
        "attributes": {"type": "User", "url": f"/services/data/v60.0/sobjects/User/005{number:012d}AAA"},
        "Name": "Ada Lovelace",
    }
    for k in range(16):
        document[f"Custom_Field_{k:02d}__c"] = (None, k * 1.5, f"value {number} {k}", f"value {number} {k}")[k % 4]
    return document


def make_query_pages(rows: list[list[str]]) -> None:
    for page in range(QUERY_PAGES):
        last = page == QUERY_PAGES - 1
        first = page * QUERY_PAGE_ROWS
        document: dict[str, object] = {"totalSize": QUERY_PAGES * QUERY_PAGE_ROWS, "done": last}
        if not last:
            document["nextRecordsUrl"] = f"/services/data/v60.0/query/01gBENCH-{first + QUERY_PAGE_ROWS}"
        document["records"] = [as_json(rows, first + i) for i in range(QUERY_PAGE_ROWS)]
        put(f"q/{first}.json", json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())
    put("one.json", json.dumps(as_json(rows, 1)).encode())


def make() -> Path:
    """Write the data where it isn't yet, and return its folder."""
    if (DATA / "done").exists():
        return DATA
    source = random.Random(7)
    rows = [record(source, i) for i in range(PAGE_ROWS)]
    page = quoted([list(COLUMNS), *rows])
    put("page.csv", page)
    put("page.csv.gz", gzip.compress(page, 6))
    ingest = io.StringIO()
    csv.writer(ingest, lineterminator="\n").writerows(row[1:] for row in rows)
    header = ",".join(COLUMNS[1:]).encode() + b"\n"
    put("ingest.csv", header + ingest.getvalue().encode() * (INGEST_ROWS // PAGE_ROWS))
    make_query_pages(rows)
    for scale in SCALES:
        urls = [
            f"/services/data/v60.0/jobs/query/750Q/results?locator=x{scale}p{i}" for i in range(PAGES_PER_SCALE * scale)
        ]
        urls[0] = urls[0].partition("?")[0]
        put(
            f"pages_x{scale}.json", json.dumps({"resultPages": [{"resultUrl": u} for u in urls], "done": True}).encode()
        )
    put("done", b"")
    return DATA


if __name__ == "__main__":
    print(make())
