"""Find a word in all fields of two objects: `python -m examples.search_records Acme`."""

from __future__ import annotations

import sys

from specforce import Salesforce


def main(word: str) -> None:
    """Print the hits and how many there are."""
    with Salesforce.from_env() as sf:
        hits = list(sf.search(f"FIND {{{word}}} IN ALL FIELDS RETURNING Account(Id, Name), Contact(Id, Name)"))
    for hit in hits:
        print(hit["attributes"]["type"], hit["Name"])
    print(f"{len(hits)} found")


if __name__ == "__main__":
    main(sys.argv[1])
