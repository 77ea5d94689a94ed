"""Bulk API 2.0 of the fake org: the CSV dialect, the job states, ingest and query processing, result files.

The modules hold rules and files, no HTTP: `providers/bulk_ingest.py` and `providers/bulk_query.py` speak to the routes.
From the wire inwards: `dialect` → `scan` → `rows` → `header` → `cells` → `ingest`; outwards: `query` → `pages`, and
`results` for both. `job` and `states` say what a job is, `jobs` keeps them and `work` moves them by the org's clock.
"""
