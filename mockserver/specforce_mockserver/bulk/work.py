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
UNFORESEEN: Final = "InternalServerError : An unexpected error occurred"


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
        leave: called by every thread of the worker's own before it ends.
    """

    def __init__(self, clock: Clock, begin: Callable[[Job], Work], leave: Callable[[], None] = lambda: None) -> None:
        self._clock = clock
        self._begin = begin
        self._leave = leave
        self._slots = threading.BoundedSemaphore(SIDE_BY_SIDE)
        self._waits = threading.BoundedSemaphore(WAITING_POLLS)
        self._ticking = threading.Lock()
        self._stepwise: dict[str, Work] = {}

    def submitted(self, job: Job) -> None:
        """A job may be processed from now on."""
        if self._clock.kind == "real" and self._pick_up(job):
            self._start_thread(job)

    def poll(self, job: Job, show: Callable[[Job], T]) -> T:
        """A client asks for a job: under the auto clock, a tick of this job.

        Args:
            job: which one.
            show: makes the answer, from the state that this poll brought about.
        """
        picked_up = False
        with job.changed:
            if self._clock.kind == "auto":
                picked_up = self._pick_up(job)
                if not picked_up and job.state == "InProgress" and not job.behaviour.stuck:
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
                if not self._pick_up(job) and job.state == "InProgress" and not job.behaviour.stuck:
                    self._tick(job)

    def abort(self, job: Job) -> None:
        """A job has become Aborted: settle it, unless what works on it does."""
        if not self._settle_stepwise(job) and self._claim(job):
            work = self._begun(job)
            if work is not None:
                self._settle(job, work)

    def drop(self, job: Job) -> None:
        """A job is forgotten, Aborted if it hadn't ended: see that nothing works on it any more."""
        if not self._settle_stepwise(job) and not self._claim(job):
            job.wait_settled(LONGEST_WAIT_S)

    def _tick(self, job: Job) -> None:
        """Take one step of a job in this thread."""
        if self._claim(job):
            begun = self._begun(job)
            if begun is not None:
                self._stepwise[job.id] = begun
        work = self._stepwise.get(job.id)
        if work is not None and not self._step(job, work):
            del self._stepwise[job.id]
            self._settle(job, work)

    def _settle_stepwise(self, job: Job) -> bool:
        """Settle a job that ticks have begun to work on; whether it was one."""
        with self._ticking:
            work = self._stepwise.pop(job.id, None)
            if work is not None:
                self._settle(job, work)
        return work is not None

    def _pick_up(self, job: Job) -> bool:
        """Take a job off the queue; whether it stood there."""
        with job.changed:
            queued = job.state == "UploadComplete"
            if queued:
                job.move("InProgress", self._clock.now())
            return queued

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
            work = self._begun(job) if self._claim(job) else None
            if work is not None:
                while self._step(job, work):
                    pass
                self._settle(job, work)
            self._leave()

    def _begun(self, job: Job) -> Work | None:
        """The work of a job; None when it can't even begin, and the job has failed."""
        try:
            return self._begin(job)
        except Exception:
            LOG.exception("job %s did not begin", job.id)
            job.failure = UNFORESEEN
            self._end(job)
            return None

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
            job.failure = UNFORESEEN
        with job.changed:
            job.total_ms += (time.perf_counter() - begun_s) * 1000
            if more:
                job.steps += 1
                job.note(self._clock.now())
                job.changed.notify_all()
        return more

    def _settle(self, job: Job, work: Work) -> None:
        """Make a job's files whole, then let it end."""
        try:
            work.settle()
        except Exception:
            LOG.exception("the files of job %s are not whole", job.id)
            job.failure = UNFORESEEN
        self._end(job)

    def _end(self, job: Job) -> None:
        """Nothing works on a job any more."""
        with job.changed:
            job.settled = True
            if job.state == "InProgress":
                job.error_message = job.failure
                job.move("Failed" if job.failure else "JobComplete", self._clock.now())
            job.changed.notify_all()
