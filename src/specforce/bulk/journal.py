"""The journal of a load: what a load that was killed needs to go on without loading a row twice.

A file of JSON lines, each on disk (fsync) before the step that it announces is taken. Its first line says what is
loaded, how and into which org; the others, which job each part was given to, and that the job is about to be closed.
Whatever the moment of a crash, a job that the journal doesn't call `uploaded` was never closed, so Salesforce never
processes it; one that it does is asked what became of it. It holds names of columns, ids of jobs and digests, no data
and no secrets.

    {"specforce": "load", "version": 1, "org": "https://...", "load": {...}, "source": {...}}
    {"part": 1, "attempt": 1, "rows": 250000, "digest": "..."}
    {"part": 1, "job": "750..."}
    {"part": 1, "uploaded": "750..."}
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from specforce.bulk.files import write_all
from specforce_api.runtime.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from specforce.bulk.parts import Part

VERSION: Final = 1
_EDGE_BYTES: Final = 1 << 16
_DIGEST_BYTES: Final = 16


@dataclass(slots=True)
class PastPart:
    """What the journal of an earlier run says of a part.

    Attributes:
        attempt: 1, or more for rows that were sent again.
        rows: how many it had.
        digest: of its bytes as they are sent.
        job: the last job that was made for it, `""` where none was.
        uploaded: whether that job had the part, and was or was about to be closed.
    """

    attempt: int
    rows: int
    digest: str
    job: str = ""
    uploaded: bool = False


class Journal:
    """The journal of one load, open for writing; closed and let go of by `close`. Safe between threads.

    Args:
        path: a new file, or with `resume` the journal of the load to continue.

    Attributes:
        path: as given.
        past: what an earlier run did, by part.

    Raises:
        InputError: a journal is there already, or none to resume; another process writes to it; it isn't a journal, or
            of a later version. OSError: it can't be written.
    """

    def __init__(self, path: Path, *, resume: bool) -> None:
        self.path = path
        self.past: dict[int, PastPart] = {}
        self._head: dict[str, Any] | None = None
        self._resumed = resume
        self._lock = threading.Lock()
        self._file: BinaryIO = self._opened(resume=resume)
        try:
            _refuse_others(self._file, path)
            if resume:
                self._read()
        except BaseException:
            self._file.close()
            raise

    def begin(self, head: Mapping[str, Any]) -> None:
        """Say what is loaded, or make sure that it is what was loaded before.

        Args:
            head: plain values: `org`, `load` (the settings that decide what a part is) and `source`.

        Raises:
            InputError: the journal is of another load; the message names what differs.
        """
        if self._head is None:
            self._head = {"specforce": "load", "version": VERSION, **head}
            self._write(self._head)
            return
        for name in ("org", "load", "source"):
            was, now = self._head.get(name), json.loads(json.dumps(head.get(name)))
            if was != now:
                raise InputError(f"{self.path} is the journal of another load: {_difference(name, was, now)}")

    def take(self, part: Part) -> PastPart | None:
        """Note a part that is about to be sent; what an earlier run did with it, if it did anything.

        Raises:
            InputError: the part isn't what it was then.
        """
        digest = digest_of(part)
        past = self.past.get(part.number)
        if past is None:
            self._write({"part": part.number, "attempt": part.attempt, "rows": part.rows, "digest": digest})
        elif (past.rows, past.digest) != (part.rows, digest):
            raise InputError(
                f"{self.path}: part {part.number} (from row {part.first_row}) isn't what it was when the load began: "
                "give the same source, with the same rows in the same order"
            )
        return past

    def was_sent(self, part: Part) -> bool:
        """Whether an earlier run closed this part's job, or was about to: its rows may be in the org."""
        past = self.past.get(part.number)
        return past is not None and past.uploaded

    def note(self, part: Part, **what: str) -> None:
        """Note what happens to a part next, before it does."""
        self._write({"part": part.number, **what})

    def refuse_missing(self, parts: int) -> None:
        """The source has ended: raise InputError where the journal knows more parts of it than there are."""
        known = max((number for number, past in self.past.items() if past.attempt == 1), default=0)
        if known > parts:
            raise InputError(f"{self.path} knows {known} parts, and the source has {parts}: give the same source")

    def close(self) -> None:
        """Let go of the file; one in which nothing was begun is removed."""
        with self._lock:
            self._file.close()
        if self._head is None and not self._resumed:
            self.path.unlink(missing_ok=True)

    def _opened(self, *, resume: bool) -> BinaryIO:
        try:
            return self.path.open("r+b" if resume else "xb", buffering=0)
        except FileExistsError:
            raise InputError(
                f"{self.path} is there already: continue its load with resume=, or remove it to begin another"
            ) from None
        except FileNotFoundError:
            if not resume:
                raise
            raise InputError(f"there is no journal {self.path}: begin a load with journal=") from None

    def _read(self) -> None:
        """Read what an earlier run wrote; a line that it was killed in the middle of is taken off."""
        data = self._file.read()
        whole = data.rfind(b"\n") + 1
        self._file.truncate(whole)
        self._file.seek(whole)
        entries = [self._entry(line) for line in data[:whole].splitlines()]
        if not entries:
            return
        head = entries[0]
        if head.get("specforce") != "load" or not isinstance(head.get("version"), int):
            raise InputError(f"{self.path} isn't the journal of a load")
        if head["version"] > VERSION:
            raise InputError(f"{self.path} was written by a later version of specforce")
        self._head = head
        try:
            for entry in entries[1:]:
                self._learn(entry)
        except (KeyError, TypeError):
            raise InputError(f"{self.path} isn't the journal of a load") from None

    def _entry(self, line: bytes) -> dict[str, Any]:
        try:
            entry: object = json.loads(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            raise InputError(f"{self.path} isn't the journal of a load")
        return cast("dict[str, Any]", entry)

    def _learn(self, entry: Mapping[str, Any]) -> None:
        number = entry["part"]
        if "digest" in entry:
            self.past[number] = PastPart(entry["attempt"], entry["rows"], entry["digest"])
        elif "job" in entry:
            self.past[number].job, self.past[number].uploaded = entry["job"], False
        elif "uploaded" in entry:
            self.past[number].uploaded = True

    def _write(self, entry: Mapping[str, Any]) -> None:
        line = json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        with self._lock:
            write_all(self._file, line)
            os.fsync(self._file.fileno())


def digest_of(part: Part) -> str:
    """A digest of a part's bytes as they are sent."""
    digest = blake2b(digest_size=_DIGEST_BYTES)
    for piece in part.open():
        digest.update(piece)
    return digest.hexdigest()


def fingerprint(path: Path | None) -> dict[str, Any] | None:
    """What tells a source file from another without reading it whole: its size, and a digest of its two ends.

    Its time of change isn't part of it: a file that was copied is the same, and each part is compared by its digest.
    """
    if path is None:
        return None
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        digest = blake2b(file.read(_EDGE_BYTES), digest_size=_DIGEST_BYTES)
        file.seek(max(0, size - _EDGE_BYTES))
        digest.update(file.read(_EDGE_BYTES))
    return {"size": size, "ends": digest.hexdigest()}


def _refuse_others(file: BinaryIO, path: Path) -> None:
    """Raise InputError where another process has the journal open; it lets go when it ends, however it ends."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise InputError(f"{path} is in use: the load that writes it is still under way") from None


def _difference(name: str, was: Any, now: Any) -> str:
    if name == "source":
        return "the source is another file, or has changed"
    if isinstance(was, dict) and isinstance(now, dict):
        before, after = cast("dict[str, Any]", was), cast("dict[str, Any]", now)
        changed = [key for key in after if before.get(key) != after[key]]
        return ", ".join(f"{key} was {before.get(key)!r} and is {after[key]!r}" for key in changed)
    return f"{name} was {was!r} and is {now!r}"
