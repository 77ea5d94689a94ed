"""Create a case by an Apex REST class of one's own, and read it back: `python -m examples.create_case "It rattles"`.

The class is mapped to `/Cases/*`: its POST takes subject and priority and returns the new id, its GET returns the case.
"""

from __future__ import annotations

import sys

import msgspec

from specforce import Salesforce


class Case(msgspec.Struct):
    """What the endpoint returns of a case."""

    Id: str
    Subject: str
    Priority: str


def main(subject: str) -> None:
    """Create it and print it."""
    with Salesforce.from_env() as sf:
        case_id = sf.apex.post("/Cases", json={"subject": subject, "priority": "High"}, returns=str)
        case = sf.apex.get(["Cases", case_id], returns=Case)
    print(f"{case.Id}: {case.Subject} ({case.Priority})")


if __name__ == "__main__":
    main(sys.argv[1])
