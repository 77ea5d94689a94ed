"""Query contacts by Bulk API 1.0, split by ranges of ids, into a file: `python -m examples.bulk_v1_query out.csv`."""

from __future__ import annotations

import sys
from pathlib import Path

from specforce import Salesforce


def main(target: Path) -> None:
    """Write all results into one file, and read them as JSON besides."""
    with Salesforce.from_env() as sf:
        query = sf.bulk_v1.query("SELECT Id, LastName FROM Contact", pk_chunking={"chunk_size": 100_000})
        print(f"{query.to_csv(target)} contacts in {target.name}")
        named = sf.bulk_v1.query("SELECT LastName FROM Contact", content_type="JSON")
        print(", ".join(sorted(contact["LastName"] for contact in named.dicts())))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
