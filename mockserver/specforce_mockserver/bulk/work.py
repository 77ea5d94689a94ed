"""What moves jobs: a thread under the real and the auto clock, the ticks themselves under the manual one.

Under `real` a job is picked up as soon as it may be. Under `auto` the first poll picks it up and answers InProgress;
a later poll waits for the next internal batch to be done, or for the end, so that polling without a pause takes at
most one poll per batch and one more, whatever the machine. Under `manual` a tick picks a job up, and each later one
processes `records_per_tick` rows, in the calling thread. Nothing sleeps: whoever waits is woken by the job.

Leaves out what a job does: that is a `Work`, whose steps this module takes.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from specforce_mockserver.bulk.failure import JobFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from specforce_mockserver.bulk.job import Job
    from specforce_mockserver.clock import Clock

LOG: Final = logging.getLogger(__name__)
T = TypeVar("T")

# How many jobs are worked on at a time; more would only slow down the answers to polls.
SIDE_BY_SIDE: Final = 2
# How long a poll waits for a batch of 10,000 rows before it answers with the counters as they are, and how many polls
# may wait at a time: the others answer at once, so that they leave threads to other calls.
LONGEST_WAIT_S: Final = 2.0
WAITING_POLLS: Final = 4


class Work(Protocol):
    """What is to be done for one job."""

    def step(self) -> bool:
        """Process one internal batch.

        Returns:
            Whether there is more to do.

        Raises:
            JobFailure: the job as a whole fails.
        """
        ...

    def settle(self) -> None:
        """Make the job's files whole; called once, after the last step, of which there may be none."""
        ...


class Worker:
    """Works on the jobs of one org.

    Args:
        clock: the org's.
        begin: makes the work of a job.
    """

    def __init__(self, clock: Clock, begin: Callable[[Job], Work]) -> None:
        self._clock = clock
        self._begin = begin
        self._slots = threading.BoundedSemaphore(SIDE_BY_SIDE)
        self._waits = threading.BoundedSemaphore(WAITING_POLLS)
        self._ticking = threading.Lock()
        self._stepwise: dict[str, Work] = {}

    def submitted(self, job: Job) -> None:
        """A job may be processed from now on."""
        if self._clock.kind == "real":
            job.move("InProgress", self._clock.now())
            self._start_thread(job)

    def poll(self, job: Job, show: Callable[[Job], T]) -> T:
        """A client asks for a job: under the auto clock, a tick of this job.

        Args:
            job: which one.
            show: makes the answer, from the state that this poll brought about.
        """
        picked_up = False
        with job.changed:
            if self._clock.kind == "auto" and job.state == "UploadComplete":
                job.move("InProgress", self._clock.now())
                picked_up = True
            elif self._clock.kind == "auto" and job.state == "InProgress" and not job.behaviour.stuck:
                self._wait(job)
            shown = show(job)
        if picked_up:
            self._start_thread(job)
        return shown

    def _wait(self, job: Job) -> None:
        """Wait for a job's next internal batch, unless too many polls wait already."""
        if self._waits.acquire(blocking=False):
            try:
                job.changed.wait_for(lambda: job.ended or job.steps > job.seen_steps, LONGEST_WAIT_S)
            finally:
                self._waits.release()
        job.seen_steps = job.steps

    def tick(self, jobs: Iterable[Job]) -> None:
        """A tick of the manual clock, for every job in turn."""
        if self._clock.kind != "manual":
            return
        with self._ticking:
            for job in jobs:
                if job.state == "UploadComplete":
                    job.move("InProgress", self._clock.now())
                elif job.state == "InProgress" and not job.behaviour.stuck:
                    self._tick(job)

    def abort(self, job: Job) -> None:
        """A job has become Aborted: settle it, unless what works on it does."""
        with self._ticking:
            work = self._stepwise.pop(job.id, None)
        if work is not None:
            self._settle(job, work)
        elif self._claim(job):
            self._settle(job, self._begin(job))

    def drop(self, job: Job) -> None:
        """A job is forgotten, Aborted if it hadn't ended: see that nothing works on it any more."""
        with self._ticking:
            work = self._stepwise.pop(job.id, None)
        if work is not None:
            self._settle(job, work)
        elif not self._claim(job):
            job.wait_settled(LONGEST_WAIT_S)

    def _tick(self, job: Job) -> None:
        work = self._stepwise.get(job.id)
        if work is None:
            if not self._claim(job):
                return
            work = self._stepwise[job.id] = self._begin(job)
        if not self._step(job, work):
            del self._stepwise[job.id]
            self._settle(job, work)

    def _claim(self, job: Job) -> bool:
        """Become the one who works on a job; False when somebody else does or did."""
        with job.changed:
            claimed = not job.claimed
            job.claimed = True
            return claimed

    def _start_thread(self, job: Job) -> None:
        if not job.behaviour.stuck:
            threading.Thread(target=self._run, args=(job,), name=f"bulk-{job.id}", daemon=True).start()

    def _run(self, job: Job) -> None:
        """Work on a job until it ends."""
        with self._slots:
            if not self._claim(job):
                return
            work = self._begin(job)
            while self._step(job, work):
                pass
            self._settle(job, work)

    def _step(self, job: Job, work: Work) -> bool:
        """Take one step of a job; say whether there is another."""
        if job.state != "InProgress":
            return False
        begun_s = time.perf_counter()
        more = False
        try:
            more = work.step()
        except JobFailure as failure:
            job.failure = failure.error_message
        except Exception:
            LOG.exception("job %s stopped", job.id)
            job.failure = "InternalServerError : An unexpected error occurred"
        with job.changed:
            job.total_ms += (time.perf_counter() - begun_s) * 1000
            if more:
                job.steps += 1
                job.changed.notify_all()
        return more

    def _settle(self, job: Job, work: Work) -> None:
        """Make a job's files whole, then let it end."""
        try:
            work.settle()
        finally:
            with job.changed:
                job.settled = True
                if job.state == "InProgress":
                    job.error_message = job.failure
                    job.move("Failed" if job.failure else "JobComplete", self._clock.now())
                job.changed.notify_all()
