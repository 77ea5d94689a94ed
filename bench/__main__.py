"""The benchmark's tables, on standard output.

Usage: python -m bench [--full]        quick: about three minutes; full: every mode and scale
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import fake_org, footprint, run

QUICK = (
    ["export_file", "--runs", "3"],
    ["export_file", "--runs", "3", "--mode", "gzip"],
    ["export_file", "--runs", "1", "--mode", "slow"],
    ["export_rows", "--runs", "1"],
    ["export_dicts", "--runs", "1"],
    ["export_arrow", "--runs", "1"],
    ["load_file", "--runs", "3"],
    ["query_records", "--runs", "3"],
    ["get_records", "--runs", "3"],
    ["get_records_16", "--runs", "3"],
    ["get_records_64", "--runs", "3"],
)
FULL = (
    *(["export_file", "--runs", "3", "--scale", scale] for scale in ("1", "4", "16")),
    ["export_file", "--runs", "5", "--scale", "4", "--mode", "gzip"],
    ["export_file", "--runs", "1", "--mode", "slow"],
    *(["export_rows", "--runs", "3", "--scale", scale] for scale in ("1", "4")),
    *(["export_dicts", "--runs", "3", "--scale", scale] for scale in ("1", "4")),
    *(["export_arrow", "--runs", "3", "--scale", scale] for scale in ("1", "4")),
    ["load_file", "--runs", "5"],
    ["query_records", "--runs", "5"],
    ["get_records", "--runs", "5"],
    ["get_records_16", "--runs", "5"],
    ["get_records_64", "--runs", "5"],
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="every mode and scale")
    args = parser.parse_args()
    for workload in FULL if args.full else QUICK:
        run.main(workload)
    fake_org.main([])
    with tempfile.TemporaryDirectory() as folder:
        build = [
            sys.executable,
            "-m",
            "uv",
            "build",
            "--quiet",
            "--wheel",
            "--out-dir",
            folder,
            str(Path(__file__).parent.parent),
        ]
        subprocess.run(build, check=True)
        wheel = next(Path(folder).glob("*.whl"))
        footprint.main(["--runs", "7", f"{wheel}=specforce"])
    sys.stdout.flush()


if __name__ == "__main__":
    main()
