"""Bulk loads and exports: what is pure about them, shared by the async and the sync half.

Users meet `LoadReport` and its rows, the progress events and `Dialect`; the rest are the parts that
`specforce._async.bulk` drives. A load is read from left to right: `sources` → `assembly` (`header`, `table`,
`structure`, `rows`) → `parts` → the job → `results` → `join` → `report`.
"""
