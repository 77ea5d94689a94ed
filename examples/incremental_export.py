"""Keep a table of DuckDB up to date with an object: `python -m examples.incremental_export accounts.duckdb`.

Each run exports what was changed since the last one. How far it came, the high-water mark of SystemModstamp, is saved
in the database in the same transaction as the records, so that a run that breaks off is as if it hadn't been.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from specforce import Salesforce

FIELDS = ["Id", "Name", "Industry", "NumberOfEmployees", "IsDeleted", "SystemModstamp"]
BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)
TAKE_OVER = """
    CREATE TABLE IF NOT EXISTS accounts AS SELECT * FROM incoming LIMIT 0;
    DELETE FROM accounts WHERE Id IN (SELECT Id FROM incoming);
    INSERT INTO accounts SELECT * FROM incoming WHERE NOT IsDeleted;
    INSERT OR REPLACE INTO marks
        SELECT 'Account', epoch_ms(max(SystemModstamp)) FROM incoming HAVING count(*) > 0;
    DROP TABLE incoming;
"""


def main(database: Path) -> None:
    """Export what is new; records of the mark's own moment come again, and take the place of what is there."""
    with Salesforce.from_env() as sf, duckdb.connect(str(database)) as db:
        db.execute("CREATE TABLE IF NOT EXISTS marks (object VARCHAR PRIMARY KEY, mark_ms BIGINT)")
        found = db.execute("SELECT mark_ms FROM marks WHERE object = 'Account'").fetchall()
        mark = datetime.fromtimestamp(found[0][0] / 1000, UTC) if found else BEGINNING
        changed = sf.bulk.export(
            sobject="Account", fields=FIELDS, where="SystemModstamp >= :mark", mark=mark, operation="queryAll"
        )
        db.begin()
        records = changed.to_duckdb(db, "incoming")
        db.execute(TAKE_OVER)
        db.commit()
        ((held,),) = db.execute("SELECT count(*) FROM accounts").fetchall()
    print(f"{records} changed since {mark:%Y-%m-%d}, {held} accounts in {database.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
