"""Create an account from a typed record and print its id: `python -m examples.create_record`."""

from __future__ import annotations

import msgspec

from specforce import Salesforce


class Account(msgspec.Struct, omit_defaults=True):
    """The fields of an account that this program knows."""

    Name: str
    Industry: str | None = None
    NumberOfEmployees: int | None = None


def main() -> None:
    """Create it."""
    with Salesforce.from_env() as sf:
        saved = sf.sobject(Account).create(Account(Name="Acme", Industry="Energy", NumberOfEmployees=40))
    print(f"created account {saved.id}")


if __name__ == "__main__":
    main()
