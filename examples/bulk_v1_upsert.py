"""Upsert contacts by an external id by Bulk API 1.0: `python -m examples.bulk_v1_upsert contacts.csv Code__c`."""

from __future__ import annotations

import sys
from pathlib import Path

from specforce import Salesforce


def main(source: Path, external_id: str) -> None:
    """Load a CSV file of any size and count what is new."""
    with Salesforce.from_env() as sf:
        job = sf.bulk_v1.job("Contact", operation="upsert", external_id=external_id, gzip=True)
        job.add_batches(source)
        job.close()
        job.wait()
        results = list(job.results(values=False))
        created = sum(result.created for result in results)
        print(f"{created} created, {sum(result.success for result in results) - created} updated")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
