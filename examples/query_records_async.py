"""Three queries at the same time over one session: `python -m examples.query_records_async`."""

from __future__ import annotations

import asyncio

from specforce import AsyncSalesforce

QUERIES = {
    "accounts": "SELECT Id FROM Account",
    "contacts": "SELECT Id FROM Contact",
    "opportunities": "SELECT Id FROM Opportunity",
}


async def count(sf: AsyncSalesforce, soql: str) -> int:
    """How many records a query yields, read one by one."""
    return len([record async for record in sf.query(soql)])


async def main() -> None:
    """Count them together; the first to ask logs in for all."""
    async with AsyncSalesforce.from_env() as sf:
        found = await asyncio.gather(*(count(sf, soql) for soql in QUERIES.values()))
    for name, number in zip(QUERIES, found, strict=True):
        print(f"{number} {name}")


if __name__ == "__main__":
    asyncio.run(main())
