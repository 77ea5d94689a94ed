"""`specforce export`: a bulk query into a CSV or Parquet file."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

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


class Format(StrEnum):
    """What is written."""

    CSV = "csv"
    CSV_GZ = "csv.gz"
    PARQUET = "parquet"


def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file: .csv, .csv.gz or .parquet; - prints CSV.")],
    soql: Annotated[str | None, typer.Argument(help="The query, in quotes.")] = None,
    sobject: Annotated[str | None, typer.Option("--object", help="In place of a query: the object.")] = None,
    fields: Annotated[str | None, typer.Option(help="Its fields, with commas; else all that can be exported.")] = None,
    where: Annotated[str | None, typer.Option(help="Its condition, as after WHERE.")] = None,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="TOKEN", help="Go on with an export that broke off.")
    ] = None,
    resumable: Annotated[
        bool, typer.Option("--resumable", help="Keep what is whole of a CSV file when this ends early, to go on with.")
    ] = False,
    to: Annotated[Format | None, typer.Option("--to", help="What to write, whatever the file's name ends in.")] = None,
    concurrency: Annotated[int, typer.Option(help="Pages fetched at a time, 1 to 5.")] = 5,
    unordered: Annotated[
        bool, typer.Option("--unordered", help="Pages as they come, not in the query's order.")
    ] = False,
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
            how: dict[str, Any] = {
                "concurrency": concurrency,
                "ordered": not unordered,
                "timeout_s": timeout,
                "abort_on_timeout": abort_on_timeout,
                "abort_on_cancel": abort_on_interrupt,
                "progress": progress,
            }
            form = file_format(output, to)
            if resume is not None:
                if soql is not None or sobject is not None or deleted:
                    raise InputError("--resume goes on with what was asked before: leave the query out")
                result = sf.bulk.resume_export(resume, **how)
            else:
                names = [name.strip() for name in fields.split(",")] if fields is not None else None
                operation = "queryAll" if deleted else "query"
                result = sf.bulk.export(soql, sobject=sobject, fields=names, where=where, operation=operation, **how)
            try:
                records, size = written(result, output, form, resumable=resumable or resume is not None)
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


def file_format(output: Path, to: Format | None) -> Format:
    """What to write: as asked, or as the file's name says.

    Raises:
        InputError: the name promises a format that isn't written, or standard output can't take it.
    """
    if output == STANDARD_OUTPUT:
        if to not in (None, Format.CSV):
            raise InputError(f"--to {to}: standard output gets CSV, name a file with --output")
        return Format.CSV
    if to is not None:
        return to
    ending = output.suffix.lower()
    if ending in NOT_WRITTEN:
        raise InputError(f"{output}: no {ending} files are written, name it .csv, .csv.gz or .parquet")
    return {".parquet": Format.PARQUET, ".gz": Format.CSV_GZ}.get(ending, Format.CSV)


def written(result: Export, output: Path, form: Format, *, resumable: bool) -> tuple[int, int]:
    """Write the result where it belongs; how many records and bytes it has.

    Standard output gets all of it or nothing, like a file.
    """
    if output != STANDARD_OUTPUT:
        if form is Format.PARQUET:
            records = result.to_parquet(output)
        else:
            records = result.to_csv(output, compress=form is Format.CSV_GZ, resumable=resumable)
        return records, output.stat().st_size
    with tempfile.TemporaryDirectory(prefix="specforce-") as folder:
        path = Path(folder, "records.csv")
        records = result.to_csv(path, resumable=False)
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        return records, path.stat().st_size


def tell_job(job_id: str | None, *, aborted: bool) -> None:
    """Say on standard error what becomes of the job of an export that was interrupted."""
    if job_id is not None:
        fate = "was asked to stop" if aborted else "goes on"
        sys.stderr.write(f"job {job_id} {fate}: specforce jobs show {job_id}, specforce jobs delete {job_id}\n")
