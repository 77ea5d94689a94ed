"""Prism as a judge that has never seen our code: processes that serve or watch what a document promises.

One process per document. It picks a free port itself; the line in which it names the port says that it is ready.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
COMMAND = ROOT / "node_modules" / ".bin" / "prism"
START_TIMEOUT_S = 60.0
_LISTENING = re.compile(r"Prism is listening on (http://[\d.]+:\d+)")


class Prism:
    """One `prism mock` or `prism proxy` process; `url` answers once the constructor returns."""

    def __init__(self, document: Path, *, in_front_of: str | None = None) -> None:
        """Start it and wait until it listens.

        Args:
            document: an OpenAPI file.
            in_front_of: the base URL to forward to; None serves the document's examples instead.
        """
        assert shutil.which("node"), "node isn't on the path: run `make setup`, it says what to install"
        assert COMMAND.is_file(), "Prism isn't installed: run `make setup`"
        what = ["mock", str(document)] if in_front_of is None else ["proxy", str(document), in_front_of]
        self._lines: deque[str] = deque(maxlen=200)
        self._listening = threading.Event()
        self.url = ""
        self._process = subprocess.Popen(
            [str(COMMAND), *what, "--host", "127.0.0.1", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line.rstrip())
            if not self.url and (found := _LISTENING.search(line)):
                self.url = found[1]
                self._listening.set()
        self._listening.set()

    def wait_until_listening(self) -> Self:
        """Return once it listens.

        Raises:
            AssertionError: it ended or said nothing in time; the message holds what it printed.
        """
        self._listening.wait(START_TIMEOUT_S)
        assert self.url, "Prism didn't start:\n" + self.output()
        return self

    def output(self) -> str:
        """The last lines it printed."""
        return "\n".join(self._lines)

    def stop(self) -> None:
        """End the process and wait for it."""
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


class PrismFleet:
    """One process per document, started side by side; `with` stops them."""

    def __init__(self, documents: Sequence[Path], *, in_front_of: str | None = None) -> None:
        self._by_document: dict[str, Prism] = {}
        self._documents = documents
        self._in_front_of = in_front_of

    def __enter__(self) -> Self:
        try:
            for document in self._documents:
                self._by_document[document.stem] = Prism(document, in_front_of=self._in_front_of)
            for process in self._by_document.values():
                process.wait_until_listening()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._by_document.values():
            process.stop()

    def url(self, document: str) -> str:
        """Where the process of the document called `document` listens."""
        return self._by_document[document].url

    def output(self, document: str) -> str:
        """The last lines that the process of `document` printed."""
        return self._by_document[document].output()
