"""Install footprint and import time (W6): each package in a fresh virtual environment of its own.

Usage: python -m bench.footprint [--runs 7] [PACKAGE=MODULE ...]      PACKAGE may be a path to a wheel
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench import settings

PEERS = {"simple-salesforce": "simple_salesforce", "aiosalesforce": "aiosalesforce", "httpx": "httpx"}


def install(package: str, module: str) -> Path:
    """Install one package into its own environment; returns that environment's Python."""
    folder = settings.ROOT / "footprint" / module
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "uv", "venv", "-q", "--python", settings.PYTHON, str(folder)], check=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", "-q", "--link-mode", "copy", "--python", str(python), package],
        check=True,
    )
    return python


def milliseconds(python: Path, code: str) -> float:
    begun = time.perf_counter()
    subprocess.run([python, "-c", code], check=True)
    return (time.perf_counter() - begun) * 1000


def output(python: Path, code: str) -> str:
    return subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("packages", nargs="*", help="PACKAGE=MODULE")
    args = parser.parse_args(argv)
    packages = PEERS | dict(item.rsplit("=", 1) for item in args.packages)
    print("### import and footprint\n")
    print("| package | distributions | installed MB | import ms (above bare Python) | modules | RSS MB after import |")
    print("|---|--:|--:|--:|--:|--:|")
    for package, module in packages.items():
        python = install(package, module)
        site = next((python.parent.parent / "lib").glob("python*/site-packages"))
        size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
        output(python, f"import {module}")  # write the bytecode first
        bare, imported = [], []
        for _ in range(args.runs):
            bare.append(milliseconds(python, "pass"))
            imported.append(milliseconds(python, f"import {module}"))
        cost = statistics.median(imported) - statistics.median(bare)
        modules = output(
            python, f"import sys; before = len(sys.modules); import {module}; print(len(sys.modules) - before)"
        )
        rss = output(
            python, f"import {module}, resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
        )
        name = Path(package).name.partition("-0.")[0] if package.endswith(".whl") else package
        print(f"| {name} | {len(list(site.glob('*.dist-info')))} | {size:.1f} | {cost:.0f} | {modules} | {rss} |")


if __name__ == "__main__":
    main()
