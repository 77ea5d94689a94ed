"""Run the nightly load against a fake org; exits with 1 where what came back isn't what went in."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from examples import nightly_load
from examples.nightly_load import summary, tables
from examples.nightly_load.job import Exported, Loaded, export, load
from examples.nightly_load.org import fake_org
from specforce import Salesforce
from specforce.auth import ClientCredentials


def main(arguments: list[str] | None = None) -> int:
    """The whole run: load, load the airports again, export, compare, say what happened."""
    parser = argparse.ArgumentParser(description=nightly_load.__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--limit", type=int, help="only so many rows of each table")
    parser.add_argument("--output", type=Path, default=Path("demo-output"), help="where files go (demo-output)")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    args = parser.parse_args(arguments)
    args.output.mkdir(parents=True, exist_ok=True)
    progress = not args.quiet

    begun = time.perf_counter()
    with fake_org() as url, Salesforce(ClientCredentials("test-client", "test-secret", login_url=url)) as sf:
        print(f"fake org at {url}\n")
        loads = [load(sf, table, args.output, limit=args.limit, progress=progress) for table in tables.TABLES]
        again = load(sf, tables.AIRPORTS, args.output, limit=args.limit, progress=progress)
        loading_mb = summary.peak_mb()
        exports = [export(sf, loaded, args.output, progress=progress) for loaded in loads]
    figures = {
        "seconds": time.perf_counter() - begun,
        "peak_mb_loading": loading_mb,
        "peak_mb_with_parquet": summary.peak_mb(),
    }

    print(f"\n{summary.loads_text([*loads, again])}\n\n{summary.exports_text(exports)}\n")
    print(f"the airports again, by external id: {again.created} created, {again.updated:,} updated")
    print(f"seconds: {figures['seconds']:.1f}")
    print(
        f"peak memory of this process: {figures['peak_mb_loading']:.0f} MB after the loads, "
        f"{figures['peak_mb_with_parquet']:.0f} MB with the Parquet library"
    )
    summary.write_json(args.output / "summary.json", [*loads, again], exports, figures)
    print(f"outputs: {args.output.resolve()}")
    return 0 if right(loads, again, exports) else 1


def right(loads: list[Loaded], again: Loaded, exports: list[Exported]) -> bool:
    """Does everything add up? Says what doesn't."""
    wrong = [f"{item.table.name}: what came back isn't what went in" for item in exports if not item.same]
    wrong += [f"{item.table.name}: {item.unprocessed} rows unprocessed" for item in loads if item.unprocessed]
    if again.created:
        wrong.append(f"the second load of the airports created {again.created} records")
    for problem in wrong:
        print(f"WRONG: {problem}", file=sys.stderr)
    return not wrong


if __name__ == "__main__":
    sys.exit(main())
