"""`specforce export`: a bulk query into a CSV or Parquet file."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from specforce.cli.connection import ApiVersion, AsJson, InstanceUrl, Profile, connect
from specforce.cli.outcome import reported
from specforce.cli.progress import shown


def export(
    soql: Annotated[str, typer.Argument(help="The query, in quotes.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file: .csv, .csv.gz or .parquet.")],
    deleted: Annotated[bool, typer.Option("--all", help="Deleted and archived records too (queryAll).")] = False,
    timeout: Annotated[float | None, typer.Option(help="Seconds until the job is given up.")] = None,
    abort_on_timeout: Annotated[bool, typer.Option("--abort-on-timeout", help="Abort the job then.")] = False,
    abort_on_interrupt: Annotated[
        bool, typer.Option("--abort-on-interrupt", help="Abort the job on Ctrl-C or SIGTERM.")
    ] = False,
    profile: Profile = None,
    instance_url: InstanceUrl = None,
    api_version: ApiVersion = None,
    as_json: AsJson = False,
) -> None:
    """Export a query by Bulk API 2.0; the file appears once every record is in it."""
    begun = time.perf_counter()
    with reported(as_json=as_json), connect(profile, instance_url, api_version) as sf:
        with shown("export", quiet=as_json) as progress:
            operation = "queryAll" if deleted else "query"
            result = sf.bulk.export(
                soql,
                operation=operation,
                timeout_s=timeout,
                abort_on_timeout=abort_on_timeout,
                abort_on_cancel=abort_on_interrupt,
                progress=progress,
            )
            try:
                records = result.to_parquet(output) if output.suffix == ".parquet" else result.to_csv(output)
            except KeyboardInterrupt:
                tell_job(result.job_id, aborted=abort_on_interrupt)
                raise
        figures = {
            "records": records,
            "bytes": output.stat().st_size,
            "seconds": round(time.perf_counter() - begun, 3),
            "file": str(output),
        }
        if as_json:
            sys.stdout.write(json.dumps(figures) + "\n")
        else:
            sys.stdout.write(f"{records:,} records, {figures['bytes']:,} bytes, {figures['seconds']:.1f} s: {output}\n")


def tell_job(job_id: str | None, *, aborted: bool) -> None:
    """Say on standard error what becomes of the job of an export that was interrupted."""
    if job_id is not None:
        fate = "was asked to stop" if aborted else "goes on"
        sys.stderr.write(f"job {job_id} {fate}: specforce jobs show {job_id}, specforce jobs delete {job_id}\n")
