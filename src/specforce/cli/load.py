"""`specforce load`: a file into an object, and what became of each row."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from specforce._counted import counted
from specforce.bulk.files import refuse_same
from specforce.bulk.reports_of_errors import report_of
from specforce.cli.connection import ApiVersion, AsJson, InstanceUrl, Profile, connect
from specforce.cli.outcome import ROWS_FAILED, reported
from specforce.cli.progress import shown
from specforce.errors import InputError, SalesforceError
from specforce_api.runtime.waiters import WAITERS

if TYPE_CHECKING:
    from specforce.bulk.load_options import LoadMethod
    from specforce.bulk.report import LoadReport
    from specforce.bulk.rewrite import BreakPolicy

REASONS_SHOWN = 10


def load(
    file: Annotated[
        Path, typer.Argument(help="A .csv, .csv.gz or .parquet file; the first line of CSV names the fields.")
    ],
    sobject: Annotated[str, typer.Argument(help="The object, such as Account.")],
    operation: Annotated[str, typer.Option(help="insert, update, upsert, delete or hardDelete.")] = "insert",
    external_id: Annotated[str | None, typer.Option(help="The field to upsert by.")] = None,
    method: Annotated[str, typer.Option(help="bulk, collections (200 rows a request), or auto by the rows.")] = "bulk",
    maps: Annotated[
        list[str] | None,
        typer.Option("--map", help="COLUMN=FIELD renames a column, COLUMN= leaves it out. Repeatable."),
    ] = None,
    nulls: Annotated[
        list[str] | None, typer.Option("--null", help="A cell that means null, such as NA. Repeatable.")
    ] = None,
    delimiter: Annotated[str, typer.Option(help="One character, or Salesforce's name for it: TAB, PIPE, ...")] = ",",
    encoding: Annotated[str, typer.Option(help="The file's encoding.")] = "utf-8",
    newlines: Annotated[
        str, typer.Option(help="Line breaks inside cells: keep, or LF or CRLF where a file has both kinds.")
    ] = "keep",
    failures: Annotated[
        Path | None,
        typer.Option(help="Write the rows that failed, weren't tried or aren't known of to this CSV file."),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report as JSON to this file.")] = None,
    check_header: Annotated[
        bool, typer.Option(help="Hold the columns against the object's description before anything is sent.")
    ] = True,
    retry_failed: Annotated[
        int, typer.Option(help="How often to send rows again that failed by locks or timeouts.", min=0)
    ] = 0,
    results: Annotated[bool, typer.Option(help="Fetch the results and join them to the rows.")] = True,
    journal: Annotated[
        Path | None, typer.Option(help="Keep a journal in this new file, so that the load can be continued.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Continue the load of this journal, with the same file and options.")
    ] = None,
    max_api_fraction: Annotated[
        float | None, typer.Option(help="Send no more once this share of the org's API requests a day is used.")
    ] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds until the load is given up.")] = None,
    abort_on_timeout: Annotated[bool, typer.Option("--abort-on-timeout", help="Abort the jobs then.")] = False,
    abort_on_interrupt: Annotated[
        bool, typer.Option("--abort-on-interrupt", help="Abort the jobs under way on Ctrl-C or SIGTERM.")
    ] = False,
    profile: Profile = None,
    instance_url: InstanceUrl = None,
    api_version: ApiVersion = None,
    as_json: AsJson = False,
) -> None:
    """Load a file by Bulk API 2.0; ends with 3 if rows failed."""
    with reported(as_json=as_json), connect(profile, instance_url, api_version) as sf:
        mapping = renames(maps or [])
        refuse_targets(file, failures, report)
        try:
            with shown(f"{operation} {sobject}", quiet=as_json) as progress:
                outcome = sf.bulk.load(
                    file,
                    sobject,
                    operation=operation,
                    external_id=external_id,
                    method=cast("LoadMethod", method),
                    mapping=mapping,
                    null_values=nulls or (),
                    delimiter=delimiter,
                    encoding=encoding,
                    newlines=cast("BreakPolicy", newlines),
                    check_header=check_header,
                    retry_failed=retry_failed,
                    results=results,
                    journal=journal,
                    resume=resume,
                    max_api_fraction=max_api_fraction,
                    timeout_s=timeout,
                    abort_on_timeout=abort_on_timeout,
                    abort_on_cancel=abort_on_interrupt,
                    progress=progress,
                )
        except (SalesforceError, OSError, KeyboardInterrupt) as error:
            if (partial := report_of(error)) is not None:
                tell(partial, failures, report, as_json=as_json)
                if not as_json:
                    tell_jobs(partial)
                    if kept := journal or resume:
                        sys.stderr.write(f"to continue: the same command, with --resume {kept}\n")
            raise
        tell(outcome, failures, report, as_json=as_json)
        if outcome.failed or outcome.unprocessed:
            raise SystemExit(ROWS_FAILED)


def refuse_targets(file: Path, *targets: Path | None) -> None:
    """Refuse files that couldn't be written after the load, or that are its source.

    Raises:
        InputError: a folder isn't there, or a file would be written over the source.
    """
    for target in targets:
        if target is None:
            continue
        if not target.absolute().parent.is_dir():
            raise InputError(f"{target}: there is no folder {target.absolute().parent}")
        refuse_same(target, file)


def renames(maps: list[str]) -> dict[str, str | None] | None:
    """`--map` options as `mapping=`.

    Raises:
        InputError: one has no `=`.
    """
    mapping: dict[str, str | None] = {}
    for entry in maps:
        column, sign, field = entry.partition("=")
        if not sign or not column:
            raise InputError(f"--map {entry!r}: write COLUMN=FIELD, or COLUMN= to leave the column out")
        mapping[column] = field or None
    return mapping or None


def tell(outcome: LoadReport, failures: Path | None, report: Path | None, *, as_json: bool) -> None:
    """Print the report, and write the files that were asked for; the report is closed afterwards."""
    with outcome:
        print_report(outcome, as_json=as_json)
        if report is not None:
            report.write_text(outcome.to_json() + "\n", encoding="utf-8")
        if failures is not None and outcome.detailed:
            written = outcome.write_csv(failures, rows="unsuccessful")
            if not as_json and written:
                sys.stdout.write(f"{counted(written, 'row')} that didn't succeed: {failures}\n")
        if outcome.unknown and not as_json:
            sys.stdout.write(
                f"{counted(outcome.unknown, 'row')} of unknown outcome: look in the org before loading again\n"
            )


def tell_jobs(outcome: LoadReport) -> None:
    """Say on standard error which jobs were cut short or go on, and how to look at them."""
    for job in outcome.jobs:
        if job.state == "Open":
            sys.stderr.write(f"job {job.id} stays open and will never be processed: specforce jobs abort {job.id}\n")
        elif job.state in WAITERS["ingest_job"].pending:
            sys.stderr.write(
                f"job {job.id} goes on with {counted(job.rows, 'row')} ({job.state}): "
                f"specforce jobs show {job.id}, specforce jobs abort {job.id}\n"
            )
        elif job.state == "Aborted":
            sys.stderr.write(
                f"job {job.id} was aborted with {counted(job.rows, 'row')}: specforce jobs show {job.id}\n"
            )
        elif job.counts.unknown:
            sys.stderr.write(
                f"job {job.id} ended ({job.state}), its results weren't read to their end: "
                f"specforce jobs show {job.id}\n"
            )


def print_report(outcome: LoadReport, *, as_json: bool) -> None:
    """Print the counts and the reasons of failure."""
    if as_json:
        sys.stdout.write(outcome.to_json() + "\n")
        return
    summary = outcome.summary(reasons=REASONS_SHOWN)
    counts = ("total", "succeeded", "created", "updated", "failed", "unprocessed", "unknown")
    figures = ", ".join(f"{summary[name]:,} {name}" for name in counts if name in summary)
    sys.stdout.write(f"{outcome.operation} {outcome.sobject}: {figures}, {outcome.seconds:.1f} s\n")
    for reason in summary["reasons"]:
        where = f"line {reason['first_line']}" if reason["first_line"] else f"row {reason['first_row']}"
        sys.stdout.write(f"  {reason['rows']:,} x {reason['code']}: {reason['message']} (first: {where})\n")
