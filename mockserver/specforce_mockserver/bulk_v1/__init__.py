"""Bulk API 1.0 of the fake org: jobs made of batches, in CSV, JSON and XML, on the engine of Bulk API 2.0.

A batch is what moves: it is a `bulk.job.Job`, which `bulk.work` works on. From the wire inwards: `requests` → `jobs` →
`payloads` → `loading`; outwards: `querying` → `records_out`, and `outcomes` for loads. `info` shows jobs and batches,
`formats` says in which of JSON and XML a job is told. Rules and files only, no HTTP: `providers/bulk_v1_*.py` speak to
the routes.
"""
