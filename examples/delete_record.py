"""Delete an account: `python -m examples.delete_record 001...`."""

from __future__ import annotations

import sys

from specforce import Salesforce
from specforce.errors import EntityIsDeleted


def main(record_id: str) -> None:
    """Delete it; a second time is no error here, it's gone either way."""
    with Salesforce.from_env() as sf:
        try:
            sf.sobject("Account").delete(record_id)
        except EntityIsDeleted:
            print(f"{record_id} was deleted before")
        else:
            print(f"deleted {record_id}")


if __name__ == "__main__":
    main(sys.argv[1])
