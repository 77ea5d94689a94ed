"""The documents say what is so: the first script runs, links lead somewhere, commands and names exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ruamel.yaml import YAML

import specforce

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not {"node_modules", ".venv", "build", "dist"} & set(path.relative_to(ROOT).parts)
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON_BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def links() -> Iterator[tuple[str, str]]:
    """Every relative link of every document, as (document, target)."""
    for document in DOCUMENTS:
        text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\[[^\]]+\]\(([^)\s]+)\)", text):
            if not re.match(r"[a-z]+:|#", target):
                yield str(document.relative_to(ROOT)), target.partition("#")[0]


def test_the_readmes_first_script_runs_and_reports_the_refused_row(tmp_path: Path) -> None:
    script = tmp_path / "first.py"
    script.write_text(PYTHON_BLOCKS[0], encoding="utf-8")

    run = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert lines[0] == "5000 rows: 4999 created, 1 failed"
    assert lines[1].startswith("row 42: REQUIRED_FIELD_MISSING: ")
    assert len([line for line in lines[2:] if line.startswith("003")]) == 3
    assert (tmp_path / "contacts.csv").read_bytes().count(b"@example.com") == 4999


def test_the_readmes_workflow_does_what_it_says(tmp_path: Path) -> None:
    """Its steps after the installation, one after the other, with the README's own test as the user's."""
    (block,) = re.findall(r"^```yaml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    steps = [step["run"] for step in YAML(typ="safe").load(block)["jobs"]["test"]["steps"] if "run" in step]
    (test,) = [each for each in PYTHON_BLOCKS if "def test_" in each]
    (tmp_path / "test_load.py").write_text(test, encoding="utf-8")
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}

    assert re.fullmatch(r"pip install 'specforce\[mock,cli\]' pytest", steps[0])
    printed = [
        subprocess.run(
            ["bash", "-eo", "pipefail", "-c", step],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for step in steps[1:]
    ]

    assert "1 passed" in printed[0]
    assert printed[1].strip() == "0"


@pytest.mark.parametrize("number", range(len(PYTHON_BLOCKS)))
def test_the_names_that_the_readme_imports_exist(number: int) -> None:
    imports = [line for line in PYTHON_BLOCKS[number].splitlines() if re.match(r"from|import", line)]

    assert imports
    exec("\n".join(imports), {})


@pytest.mark.parametrize(("document", "target"), sorted(set(links())))
def test_links_lead_to_files_of_the_repository(document: str, target: str) -> None:
    assert (ROOT / document).parent.joinpath(target).exists()


def test_the_documents_name_commands_that_the_makefile_has() -> None:
    texts = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    named = set(re.findall(r"(?:`|^ *)make ([a-z-]+)", texts, re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert {"demo", "test"} <= named
    assert named <= targets


def test_the_readmes_coverage_table_is_the_computed_one() -> None:
    command = [sys.executable, "-m", "specforce_generator", "coverage", "--markdown"]
    computed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    shown = README.partition("<!-- coverage:begin -->")[2].partition("<!-- coverage:end -->")[0]

    assert "?" not in computed, "a part of the coverage can't be computed"
    assert shown.strip() == computed.strip(), "paste what `specforce-gen coverage --markdown` prints"


@pytest.mark.parametrize("command", [[], ["query"], ["load"], ["export"], ["jobs"], ["whoami"], ["mock", "serve"]])
def test_each_command_of_the_readme_explains_itself(command: list[str]) -> None:
    start = "import sys; from specforce.cli import main; sys.argv[0] = 'specforce'; main()"
    run = subprocess.run([sys.executable, "-c", start, *command, "--help"], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    assert "usage" in run.stdout.lower()


def test_the_public_names_are_sorted_and_documented() -> None:
    names = [name for name in specforce.__all__ if not name.startswith("__")]

    assert specforce.__all__ == sorted(specforce.__all__)
    assert [name for name in names if not (getattr(specforce, name).__doc__ or "").strip()] == []
