"""Insert contacts from a CSV file by Bulk API 1.0, step by step: `python -m examples.bulk_v1_insert contacts.csv`."""

from __future__ import annotations

import sys
from pathlib import Path

from specforce import Salesforce


def main(source: Path) -> None:
    """Load it as one batch, wait, and print what became of each row."""
    with Salesforce.from_env() as sf:
        job = sf.bulk_v1.job("Contact", operation="insert", content_type="CSV")
        batch = job.add_batch(source)
        info = batch.wait(timeout_s=600)
        print(f"batch {info.state}: {info.number_records_processed} rows, {info.number_records_failed} failed")
        print(f"{len(job.batches())} batch, {len(batch.request())} bytes")
        for result in batch.results():
            print(result.number, result.id if result.success else result.errors[0].message)
        print("job", job.close().state)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
