"""Change three fields of an account: `python -m examples.update_record 001...`."""

from __future__ import annotations

import sys

from specforce import Salesforce


def main(record_id: str) -> None:
    """Change them, and show what is stored now."""
    with Salesforce.from_env() as sf:
        account = sf.sobject("Account")
        account.update(record_id, {"Name": "Acme Corporation", "BillingCity": "Oslo", "Phone": "+47 22 00 00 00"})
        changed = account.get(record_id, fields=["Name", "BillingCity", "Phone"])
    print(f"{changed['Name']}, {changed['BillingCity']}, {changed['Phone']}")


if __name__ == "__main__":
    main(sys.argv[1])
