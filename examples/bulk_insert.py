"""Insert the rows of a CSV file by one Bulk API 2.0 job, step by step: `python -m examples.bulk_insert contacts.csv`.

`sf.bulk.load` does all of this in one call, and more: see examples/erp_load.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

from specforce import Salesforce


def main(source: Path) -> None:
    """Load it, wait, and print the ids."""
    with Salesforce.from_env() as sf:
        job = sf.bulk.ingest_job("Contact", operation="insert")
        job.upload(source)
        job.close()
        info = job.wait(timeout_s=600)
        print(f"job {job.id}: {info.state}, {info.number_records_processed} rows, {info.number_records_failed} failed")
        for made in job.successful():
            print("created", made.id)
        for refused in job.failed():
            print(f"failed {refused.code}: {refused.message}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
