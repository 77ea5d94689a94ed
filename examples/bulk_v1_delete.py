"""Delete the contacts of a department by Bulk API 1.0: `python -m examples.bulk_v1_delete Research`."""

from __future__ import annotations

import sys

from specforce import Salesforce


def main(department: str) -> None:
    """Find them by SOQL and move them to the recycle bin."""
    with Salesforce.from_env() as sf:
        found = sf.query("SELECT Id FROM Contact WHERE Department = :department", department=department)
        job = sf.bulk_v1.job("Contact", operation="delete")
        job.add_batches({"Id": contact["Id"]} for contact in found)
        job.close()
        job.wait()
        print(f"{sum(result.success for result in job.results(values=False))} contacts deleted")


if __name__ == "__main__":
    main(sys.argv[1])
