"""Give the contacts of a department a title by Bulk API 1.0: `python -m examples.bulk_v1_update Research "Dr"`."""

from __future__ import annotations

import sys

from specforce import Salesforce


def main(department: str, title: str) -> None:
    """Find them by SOQL and change them in as many batches as it takes."""
    with Salesforce.from_env() as sf:
        found = sf.query("SELECT Id FROM Contact WHERE Department = :department", department=department)
        job = sf.bulk_v1.job("Contact", operation="update", concurrency_mode="Serial")
        job.add_batches({"Id": contact["Id"], "Title": title} for contact in found)
        job.close()
        job.wait()
        changed = sum(result.success for result in job.results(values=False))
        print(f"{changed} contacts changed")


if __name__ == "__main__":
    main(*sys.argv[1:3])
