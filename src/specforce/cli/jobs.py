"""`specforce jobs`: the org's Bulk API 2.0 jobs, listed, shown, aborted, deleted."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qs, urlsplit

import typer

from specforce.cli.connection import ApiVersion, AsJson, InstanceUrl, Profile, connect
from specforce.cli.outcome import reported
from specforce.errors import ErrorDetail, NotFound

if TYPE_CHECKING:
    from specforce import Salesforce

app = typer.Typer(help="Bulk API 2.0 jobs: list, show, abort, delete.", no_args_is_help=True)
JobId = Annotated[str, typer.Argument(help="The job's id, 15 or 18 characters.")]
_COLUMNS = ("id", "operation", "object", "state", "createdDate")
_ABORT = {"state": "Aborted"}


class Kind(StrEnum):
    """The two kinds of jobs."""

    INGEST = "ingest"
    QUERY = "query"


@app.command("list")
def list_jobs(
    kind: Annotated[Kind | None, typer.Option(help="Only these; both kinds unless given.")] = None,
    profile: Profile = None,
    instance_url: InstanceUrl = None,
    api_version: ApiVersion = None,
    as_json: AsJson = False,
) -> None:
    """List the org's jobs, all pages; --json prints one job per line."""
    with reported(as_json=as_json), connect(profile, instance_url, api_version) as sf:
        lists: dict[Kind, Callable[..., Any]] = {
            Kind.INGEST: sf.bulk_v2.list_ingest_jobs,
            Kind.QUERY: sf.bulk_v2.list_query_jobs,
        }
        for each in [kind] if kind else list(Kind):
            for job in every_job(lists[each]):
                sys.stdout.write(json.dumps(job) + "\n" if as_json else line(job))


@app.command("show")
def show(
    job_id: JobId,
    profile: Profile = None,
    instance_url: InstanceUrl = None,
    api_version: ApiVersion = None,
    as_json: AsJson = False,
) -> None:
    """Show what Salesforce knows of a job."""
    with reported(as_json=as_json), connect(profile, instance_url, api_version) as sf:
        _, job = found(sf, job_id)
        show_job(job, as_json=as_json)


@app.command("abort")
def abort(
    job_id: JobId,
    profile: Profile = None,
    instance_url: InstanceUrl = None,
    api_version: ApiVersion = None,
    as_json: AsJson = False,
) -> None:
    """Abort a job; rows that it has processed already stay as they are."""
    with reported(as_json=as_json), connect(profile, instance_url, api_version) as sf:
        kind, _ = found(sf, job_id)
        act = sf.bulk_v2.update_ingest_job if kind is Kind.INGEST else sf.bulk_v2.update_query_job
        show_job(act(job_id, body=_ABORT).to_dict(), as_json=as_json)


@app.command("delete")
def delete(
    job_id: JobId,
    profile: Profile = None,
    instance_url: InstanceUrl = None,
    api_version: ApiVersion = None,
    as_json: AsJson = False,
) -> None:
    """Delete a job that has ended, with its data and results."""
    with reported(as_json=as_json), connect(profile, instance_url, api_version) as sf:
        kind, _ = found(sf, job_id)
        act = sf.bulk_v2.delete_ingest_job if kind is Kind.INGEST else sf.bulk_v2.delete_query_job
        act(job_id)
        sys.stdout.write(json.dumps({"id": job_id, "deleted": True}) + "\n" if as_json else f"deleted {job_id}\n")


def every_job(pages: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    """The jobs of all pages of a list."""
    page = pages()
    while True:
        yield from (job.to_dict() for job in page.records)
        if page.done or not page.next_records_url:
            return
        following: str = page.next_records_url
        locator = parse_qs(urlsplit(following).query)["queryLocator"][0]
        page = pages(query_locator=locator)


def found(sf: Salesforce, job_id: str) -> tuple[Kind, dict[str, Any]]:
    """A job of either kind.

    Raises:
        NotFound: neither an ingest nor a query job has this id.
    """
    with suppress(NotFound):
        return Kind.INGEST, sf.bulk_v2.get_ingest_job(job_id).to_dict()
    try:
        return Kind.QUERY, sf.bulk_v2.get_query_job(job_id).to_dict()
    except NotFound as error:
        message = f"neither an ingest nor a query job has the id {job_id!r}: specforce jobs list shows those there are"
        unknown = ErrorDetail(error.error_code, message)
        raise NotFound(message, status=error.status, errors=[unknown], request_id=error.request_id) from None


def line(job: dict[str, Any]) -> str:
    """A job in one line: what a person looks for."""
    return "  ".join(str(job.get(name, "")) for name in _COLUMNS) + "\n"


def show_job(job: dict[str, Any], *, as_json: bool) -> None:
    """A job in full, one fact a line, or as JSON."""
    if as_json:
        sys.stdout.write(json.dumps(job) + "\n")
        return
    width = max(map(len, job))
    for name, value in job.items():
        sys.stdout.write(f"{name:<{width}}  {value}\n")
