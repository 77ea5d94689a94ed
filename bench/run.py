"""Run a workload: samples interleaved (A B C A B C ...), each in a fresh process; medians, peak memory, ratio to the limit.

Usage: python -m bench.run WORKLOAD [--scale 1|4|16] [--runs 5] [--mode id|gzip|slow] [--clients a,b] [--json FILE] [--list]

WORKLOAD is the name of a client function: export_file, load_file, query_records, get_records, ... (bench/README.md). A client is
bench/clients/FILE.py; a function NAME__VARIANT shows as FILE:VARIANT. Ratios are to the client called `limit`.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench import server, settings

HERE = Path(__file__).parent
PORT_OF = {"id": 0, "gzip": 1, "slow": 2}
SAMPLE_LIMIT_S = 240
Sample = dict[str, float]


@dataclass(frozen=True)
class Client:
    label: str
    path: Path
    function: str


def discover(workload: str) -> list[Client]:
    """Find the clients of a workload by reading their source, so that no client's imports run here."""
    found = []
    for path in sorted((HERE / "clients").glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                name, _, variant = node.name.partition("__")
                if name == workload:
                    found.append(Client(path.stem + (f":{variant}" if variant else ""), path, node.name))
    return sorted(found, key=lambda client: not client.label.startswith("limit"))


def clear() -> None:
    for folder in ("up", "out"):
        for path in (settings.RAM / folder).iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def moved_mb(workload: str) -> float:
    """What the client wrote, or what the server received: proof that all of it really moved."""
    folder = settings.RAM / ("up" if workload.startswith("load") else "out")
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def environment() -> dict[str, str]:
    """Python keeps compiled modules, as it does for everybody: what is imported on first use isn't compiled each time."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measure(client: Client, args: argparse.Namespace) -> Sample | str:
    clear()
    base = f"http://127.0.0.1:{settings.BASE_PORT + PORT_OF[args.mode]}"
    command = [settings.PYTHON, "-m", "bench.sample", str(client.path), client.function, str(args.scale), base]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=SAMPLE_LIMIT_S, cwd=HERE.parent, check=False, env=environment()
        )
    except subprocess.TimeoutExpired:
        return f"over {SAMPLE_LIMIT_S} s"
    if done.returncode:
        return done.stderr.decode(errors="replace")[-800:]
    sample: Sample = json.loads(done.stdout.splitlines()[-1])
    return sample | {"moved_mb": moved_mb(args.workload)}


def expected(args: argparse.Namespace) -> int:
    return {
        "export": settings.PAGE_ROWS * settings.PAGES_PER_SCALE * args.scale,
        "load": settings.INGEST_ROWS,
        "query": settings.QUERY_PAGES * settings.QUERY_PAGE_ROWS,
        "get": settings.CALLS,
    }[args.workload.partition("_")[0]]


def table(args: argparse.Namespace, samples: dict[str, list[Sample]], failures: dict[str, str]) -> str:
    """The medians as a Markdown table, fastest first."""
    median = {
        label: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for label, runs in samples.items()
        if runs
    }
    limit = next((m["wall"] for label, m in median.items() if label.startswith("limit")), None)
    lines = [
        f"### {args.workload}, scale {args.scale}, mode {args.mode}, {args.runs} runs",
        "",
        "| client | wall s | x of the limit | CPU s | peak RSS MB | MB moved | spread |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for label in sorted(median, key=lambda name: median[name]["wall"]):
        m, walls = median[label], [run["wall"] for run in samples[label]]
        ratio = f"{m['wall'] / limit:.2f}" if limit else ""
        spread = (max(walls) - min(walls)) / m["wall"]
        wrong = "" if m["n"] == expected(args) else f" **WRONG: {m['n']:.0f} of {expected(args)} records**"
        lines.append(
            f"| {label}{wrong} | {m['wall']:.3f} | {ratio} | {m['cpu']:.2f} | {m['rss']:.0f} | {m['moved_mb']:.0f} | {spread:.0%} |"
        )
    lines += [f"\n{label}: FAILED: {why}" for label, why in failures.items()]
    return "\n".join(lines) + "\n"


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload")
    parser.add_argument("--scale", type=int, choices=settings.SCALES, default=1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--mode", choices=PORT_OF, default="id")
    parser.add_argument("--clients", default="", help="comma-separated labels or files; all unless given")
    parser.add_argument("--json", type=Path, help="append the raw samples to this file")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args(argv)
    wanted = {name for name in args.clients.split(",") if name}
    clients = [c for c in discover(args.workload) if not wanted or wanted & {c.label, c.label.partition(":")[0]}]
    if args.list or not clients:
        print("\n".join(c.label for c in clients) or f"no client has a function {args.workload}")
        return
    subprocess.run([settings.PYTHON, "-m", "bench.data"], check=True, cwd=HERE.parent, stdout=subprocess.DEVNULL)
    samples: dict[str, list[Sample]] = {c.label: [] for c in clients}
    failures: dict[str, str] = {}
    with server.running():
        for run in range(args.runs):
            for client in clients:
                if client.label in failures:
                    continue
                print(
                    f"\r{args.workload} {run + 1}/{args.runs} {client.label:<40}", end="", file=sys.stderr, flush=True
                )
                outcome = measure(client, args)
                if isinstance(outcome, str):
                    failures[client.label] = outcome
                else:
                    samples[client.label].append(outcome)
    print(f"\r{'':<70}\r", end="", file=sys.stderr)
    print(table(args, samples, failures))
    if args.json:
        with args.json.open("a") as file:
            file.write(
                json.dumps({"workload": args.workload, "scale": args.scale, "mode": args.mode, "samples": samples})
                + "\n"
            )
    if "specforce" in failures or not samples:
        sys.exit(1)


if __name__ == "__main__":
    main()
