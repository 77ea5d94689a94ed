"""Read accounts as they come, page by page: `python -m examples.query_records Energy`."""

from __future__ import annotations

import sys

from specforce import Salesforce


def main(industry: str) -> None:
    """Print each name; the value is bound, so quotes in it are safe."""
    with Salesforce.from_env() as sf:
        accounts = sf.query("SELECT Id, Name FROM Account WHERE Industry = :industry ORDER BY Name", industry=industry)
        for account in accounts:
            print(account["Name"])
        print(f"{accounts.total_size} accounts")


if __name__ == "__main__":
    main(sys.argv[1])
