"""The PostgreSQL store's statements: each is atomic, and goes by the server's clock."""

from __future__ import annotations

EXISTS = "SELECT to_regclass('specforce_store') IS NOT NULL"
# Two sessions that make one table at a time collide in PostgreSQL's catalogue: the lock is this table's.
TABLE = """DO $$ BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('specforce_store'));
    CREATE TABLE IF NOT EXISTS specforce_store (
        key text PRIMARY KEY, value bytea, generation bigint NOT NULL DEFAULT 0, owner text NOT NULL DEFAULT '',
        lease_owner text, lease_until timestamptz
    );
END $$"""
GET = "SELECT value, generation, owner FROM specforce_store WHERE key = %(key)s AND generation > 0"
FIRST = """INSERT INTO specforce_store AS held (key, value, generation, owner)
VALUES (%(key)s, %(value)s, 1, %(owner)s)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, generation = 1, owner = excluded.owner
WHERE held.generation = 0
AND (held.lease_owner IS NULL OR held.lease_owner = excluded.owner OR held.lease_until <= clock_timestamp())
RETURNING generation"""
NEXT = """UPDATE specforce_store SET value = %(value)s, generation = generation + 1, owner = %(owner)s
WHERE key = %(key)s AND generation = %(generation)s
AND (lease_owner IS NULL OR lease_owner = %(owner)s OR lease_until <= clock_timestamp())
RETURNING generation"""
LEASE = """INSERT INTO specforce_store AS held (key, lease_owner, lease_until)
VALUES (%(key)s, %(owner)s, clock_timestamp() + make_interval(secs => %(seconds)s))
ON CONFLICT (key) DO UPDATE SET lease_owner = excluded.lease_owner, lease_until = excluded.lease_until
WHERE held.lease_owner IS NULL OR held.lease_owner = excluded.lease_owner OR held.lease_until <= clock_timestamp()
RETURNING generation"""
RELEASE = """UPDATE specforce_store SET lease_owner = NULL WHERE key = %(key)s AND lease_owner = %(owner)s
RETURNING generation"""
