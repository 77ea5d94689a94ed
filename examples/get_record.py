"""Read an account into a typed record by its id: `python -m examples.get_record 001...`."""

from __future__ import annotations

import sys

import msgspec

from specforce import Salesforce
from specforce.errors import NotFound


class Account(msgspec.Struct):
    """What is read of an account; these fields and no others are asked for."""

    Id: str
    Name: str
    Industry: str | None = None


def main(record_id: str) -> int:
    """Print it; 1 where there is none."""
    with Salesforce.from_env() as sf:
        try:
            account = sf.sobject(Account).get(record_id)
        except NotFound:
            print(f"no account {record_id}", file=sys.stderr)
            return 1
    print(f"{account.Name} ({account.Industry or 'no industry'})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
