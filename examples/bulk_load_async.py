"""Two loads at the same time over one session: `python -m examples.bulk_load_async`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from specforce import AsyncSalesforce

if TYPE_CHECKING:
    from collections.abc import Iterator


def accounts() -> Iterator[dict[str, object]]:
    """Rows as a program makes them; they are never held all at once."""
    for number in range(3000):
        yield {"Name": f"Account {number}", "NumberOfEmployees": number}


def leads() -> Iterator[dict[str, object]]:
    """The same of leads; every hundredth lacks what Salesforce requires."""
    for number in range(1000):
        yield {"LastName": f"Lead {number}", "Company": None if number % 100 == 0 else "Acme"}


async def main() -> None:
    """Load both and print what became of the rows."""
    async with AsyncSalesforce.from_env() as sf:
        reports = await asyncio.gather(
            sf.bulk.load(accounts(), "Account", operation="insert"), sf.bulk.load(leads(), "Lead", operation="insert")
        )
        for name, report in zip(("Account", "Lead"), reports, strict=True):
            print(f"{name}: {report.created} created, {report.failed} failed")


if __name__ == "__main__":
    asyncio.run(main())
