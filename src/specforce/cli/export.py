"""`specforce export`: a bulk query into a CSV or Parquet file."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from specforce.cli.connection import ApiVersion, AsJson, InstanceUrl, Profile, connect
from specforce.cli.outcome import reported
from specforce.cli.progress import shown
from specforce.errors import InputError

if TYPE_CHECKING:
    from specforce.bulk import Export

STANDARD_OUTPUT: Final = Path("-")
NOT_WRITTEN: Final = frozenset(
    {".arrow", ".avro", ".bz2", ".feather", ".json", ".jsonl", ".ndjson", ".orc", ".xls", ".xlsx", ".xml", ".xz"}
    | {".zip", ".zst"}
)


def export(
    soql: Annotated[str, typer.Argument(help="The query, in quotes.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file: .csv, .csv.gz or .parquet; - prints CSV.")],
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
    """Export a query by Bulk API 2.0; the file appears once every record is in it, output begins then."""
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
                records, size = written(result, output)
            except KeyboardInterrupt:
                tell_job(result.job_id, aborted=abort_on_interrupt)
                raise
        figures = {
            "records": records,
            "bytes": size,
            "seconds": round(time.perf_counter() - begun, 3),
            "file": str(output),
        }
        said = sys.stderr if output == STANDARD_OUTPUT else sys.stdout
        if as_json:
            said.write(json.dumps(figures) + "\n")
        else:
            said.write(f"{records:,} records, {size:,} bytes, {figures['seconds']:.1f} s: {output}\n")


def written(result: Export, output: Path) -> tuple[int, int]:
    """Write the result where it belongs; how many records and bytes it has.

    Standard output gets all of it or nothing, like a file.

    Raises:
        InputError: the file's name promises a format that isn't written.
    """
    ending = output.suffix.lower()
    if ending in NOT_WRITTEN:
        raise InputError(f"{output}: no {ending} files are written, name it .csv, .csv.gz or .parquet")
    if output != STANDARD_OUTPUT:
        records = result.to_parquet(output) if ending == ".parquet" else result.to_csv(output)
        return records, output.stat().st_size
    with tempfile.TemporaryDirectory(prefix="specforce-") as folder:
        path = Path(folder, "records.csv")
        records = result.to_csv(path)
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        return records, path.stat().st_size


def tell_job(job_id: str | None, *, aborted: bool) -> None:
    """Say on standard error what becomes of the job of an export that was interrupted."""
    if job_id is not None:
        fate = "was asked to stop" if aborted else "goes on"
        sys.stderr.write(f"job {job_id} {fate}: specforce jobs show {job_id}, specforce jobs delete {job_id}\n")
