"""Stream the result of a bulk query to CSV: `python -m examples.export_async accounts.csv`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from specforce import AsyncSalesforce


async def main(target: Path) -> None:
    """Export them; a file that isn't whole is never left behind."""
    async with AsyncSalesforce.from_env() as sf:
        records = await sf.bulk.export("SELECT Id, Name, Owner.Username FROM Account").to_csv(target)
    print(f"{records} records in {target}")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
