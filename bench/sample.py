"""Run one sample in this fresh process and print one JSON line: {n, wall, cpu, rss}. run.py calls it.

Usage: python -m bench.sample CLIENT_FILE FUNCTION SCALE BASE_URL
       py-spy record -o p.svg -- python -m bench.sample bench/clients/specforce.py export_file 1 http://127.0.0.1:18180
"""

from __future__ import annotations

import asyncio
import dis
import importlib
import importlib.util
import inspect
import json
import os
import resource
import sys
import time
from pathlib import Path
from types import ModuleType

from bench import settings


class Bench:
    """What a client's function gets."""

    def __init__(self, scale: int, base: str) -> None:
        self.scale, self.base = scale, base
        self.host = base.partition("://")[2]
        self.token = settings.token(scale)
        self.headers = {"Authorization": f"Bearer {self.token}"}
        self.api = f"{base}/services/data/v60.0"
        self.out = settings.RAM / "out"
        self.ingest_csv = settings.DATA / "ingest.csv"
        self.pages = settings.PAGES_PER_SCALE * scale
        self.rows = self.pages * settings.PAGE_ROWS
        self.begun: tuple[float, float] | None = None

    def result_urls(self) -> list[str]:
        """The pages of the bulk query's result, for clients that have no idea of jobs."""
        first = f"{self.api}/jobs/query/750Q/results"
        return [first, *(f"{first}?locator=x{self.scale}p{i}" for i in range(1, self.pages))]

    def query_urls(self) -> list[str]:
        size = settings.QUERY_PAGE_ROWS
        return [
            f"{self.api}/query?q=x",
            *(f"{self.api}/query/01gBENCH-{i * size}" for i in range(1, settings.QUERY_PAGES)),
        ]

    def start(self) -> None:
        """Start the clock here: what came before was set-up that must not count."""
        self.begun = (time.perf_counter(), cpu_s())


def cpu_s() -> float:
    usage = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in usage)


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"bench_client_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(path: str, name: str, scale: str, base: str) -> None:
    function = getattr(load(Path(path)), name)
    bench = Bench(int(scale), base)
    for instruction in dis.get_instructions(
        function
    ):  # imports are footprint.py's to measure: do them before the clock starts
        if instruction.opname == "IMPORT_NAME":
            importlib.import_module(instruction.argval)
    begun = (time.perf_counter(), cpu_s())
    n = asyncio.run(function(bench)) if inspect.iscoroutinefunction(function) else function(bench)
    ended = (time.perf_counter(), cpu_s())
    wall, cpu = (end - start for end, start in zip(ended, bench.begun or begun, strict=True))
    rss = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(json.dumps({"n": n, "wall": wall, "cpu": cpu, "rss": rss}), flush=True)
    os._exit(0)  # what a client does while Python shuts down is not part of the sample


if __name__ == "__main__":
    main(*sys.argv[1:5])
