"""Insert contacts as JSON by Bulk API 1.0: `python -m examples.bulk_v1_insert_json`."""

from __future__ import annotations

from specforce import Salesforce

CONTACTS: list[dict[str, str | None]] = [
    {"FirstName": "Ada", "LastName": "Lovelace", "Title": None},
    {"FirstName": "Grace", "LastName": "Hopper", "Email": "grace@example.com"},
]


def main() -> None:
    """Load them and print their ids."""
    with Salesforce.from_env() as sf:
        job = sf.bulk_v1.job("Contact", operation="insert", content_type="JSON")
        batch = job.add_batch(CONTACTS)
        job.close()
        batch.wait()
        for result in batch.results():
            name = result.values["LastName"] if result.values else ""
            print(f"{name}: {result.id}")


if __name__ == "__main__":
    main()
