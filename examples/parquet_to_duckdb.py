"""Parquet → Salesforce → DuckDB: `python -m examples.parquet_to_duckdb accounts.parquet accounts.duckdb`.

Nothing is held whole in memory on the way: the file is read row group by row group, the export page by page.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from specforce import Salesforce


def main(source: Path, database: Path) -> None:
    """Load a Parquet file into Account, and bring all accounts into a table of DuckDB."""
    with Salesforce.from_env() as sf, duckdb.connect(str(database)) as db:
        with sf.bulk.load(source, "Account") as report:
            print(f"{report.created} created, {report.failed} refused")
        records = sf.bulk.export("SELECT Id, Name, NumberOfEmployees, CreatedDate FROM Account").to_duckdb(
            db, "accounts"
        )
        ((employees,),) = db.execute("SELECT sum(NumberOfEmployees) FROM accounts").fetchall()
    print(f"{records} accounts with {employees} employees in {database.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
