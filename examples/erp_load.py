"""The nightly load from an ERP system: `python -m examples.erp_load customers.csv corrected.csv`.

The file has the ERP's column names and its own key. Rows are upserted by that key, so the same file a second time
changes nothing that is there already; rows that Salesforce refused are written, with the reason, to a file that can be
corrected and loaded again.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from specforce import Salesforce

COLUMNS = {"customer_no": "Code__c", "company": "Name", "town": "BillingCity", "employees": "NumberOfEmployees"}


def main(source: Path, to_correct: Path) -> int:
    """Load it; 0 when every row is in, 3 when some were refused."""
    with (
        Salesforce.from_env() as sf,
        sf.bulk.load(source, "Account", operation="upsert", external_id="Code__c", mapping=COLUMNS) as report,
    ):
        print(f"{report.total} rows: {report.created} created, {report.updated} updated, {report.failed} failed")
        for reason, count in Counter(f"{row.code}: {row.message}" for row in report.failures()).most_common():
            print(f"{count:6} {reason}")
        if report.failed:
            report.write_csv(to_correct, rows="failed")
            print(f"to correct and load again: {to_correct}")
    return 3 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
