"""The bulk jobs of both APIs, each with its way through its states; what is shown changes while somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specforce_mockserver.admin.jobs import all_jobs, described
from specforce_mockserver.bulk_v1.job import Batch, in_own_words
from specforce_mockserver.clock import stored
from specforce_mockserver.page.frame import View, page, posting, table
from specforce_mockserver.page.html import Child, Html, tag

if TYPE_CHECKING:
    from specforce_mockserver.bulk.job import Job
    from specforce_mockserver.calls import Answer

PLACE = "page/jobs"
SHOWN = 100
_LOOKS = {"JobComplete": "good", "Failed": "bad", "Aborted": "bad", "InProgress": "busy"}


def jobs(view: View) -> Answer:
    """All jobs, newest first."""
    found = all_jobs(view.org)
    shown = [_row(each) for each in reversed(found[-SHOWN:])]
    counted = tag("p", f"{len(found)} {'job' if len(found) == 1 else 'jobs'}, newest first", class_="note")
    listed = table(
        ["Job", "What", "Object", "State", "Processed", "Failed", "Way"],
        shown,
        caption="Bulk jobs",
        numbers=("Processed", "Failed"),
    )
    ticks: Child = None
    if view.org.clock.kind == "manual":
        one = tag("input", type="hidden", name="ticks", value="1")
        back = tag("input", type="hidden", name="back", value=PLACE)
        ticks = posting(view, "page/clock", one, back, tag("button", "Tick"))
    part = tag("div", counted, listed, id="jobs", data_live=True, aria_live="off")
    return page(view, PLACE, "Bulk jobs", ticks, part, live=True)


def _row(job: Job) -> Html:
    about = described(job)
    api = "Bulk API 2.0" if about["api"] == "bulk_v2" else f"Bulk API 1.0, job {about['jobId']}"
    error = [tag("br"), tag("span", job.error_message, class_="bad")] if job.error_message else None
    return tag(
        "tr",
        tag("td", job.id, tag("br"), tag("span", api, class_="note"), class_="code"),
        tag("td", job.operation),
        tag("td", job.object),
        tag("td", tag("span", about["state"], class_=_LOOKS.get(job.state)), error),
        tag("td", job.records_processed, class_="n"),
        tag("td", job.records_failed, class_="n"),
        tag("td", _line(job)),
    )


def _line(job: Job) -> Html:
    """The states that a job has been in, and how far it had got at each step."""
    steps = [
        tag(
            "li",
            in_own_words(each.state) if isinstance(job, Batch) else each.state,
            tag("span", f" {each.records}") if each.records else None,
            class_=_LOOKS.get(each.state),
            title=stored(each.at_s),
        )
        for each in job.way
    ]
    return tag("ol", steps, class_="line", aria_label=f"States of {job.id}")
