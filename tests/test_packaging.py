"""What a user gets from the built distribution: its files, small imports, a fake org with no repository near."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {"specforce", "specforce_api", "specforce_specs", "specforce_mockserver", "specforce_generator"}
SOURCE_ROOTS = ("src", "generated", "mockserver", "generator")
HEAVY = {
    *("httpx", "httpcore", "h2", "pyarrow", "typer", "click", "rich", "grpc", "lxml", "zeep", "requests"),
    *("starlette", "uvicorn", "httptools", "jsonschema_rs", "lark", "openapi_python_client", "pydantic", "ruamel"),
    *("specforce_specs", "specforce_mockserver", "specforce_generator"),
}
MAX_DISTRIBUTIONS = 10
FIRST_USE = """
import json, pathlib, sys
from specforce import Salesforce
from specforce.testing import FakeOrg

source = pathlib.Path("accounts.csv")
source.write_text("Name,NumberOfEmployees\\nAcme,3\\n\\"Bob, Sons\\",\\n,7\\n", encoding="utf-8")
with FakeOrg() as org, Salesforce(org.auth()) as sf:
    report = sf.bulk.load(source, "Account", operation="insert")
    names = sorted(row["Name"] for row in sf.query("SELECT Name FROM Account"))
    failures = [(row.line, row.code) for row in report.failures()]
print(json.dumps({
    "total": report.total, "succeeded": report.succeeded, "failed": report.failed, "names": names,
    "failures": failures, "home": sys.modules["specforce"].__file__,
}))
"""

NO_MOCK = """
from specforce.errors import InputError
from specforce.testing import FakeOrg
try:
    FakeOrg()
except InputError as error:
    print(error)
"""


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run one command and return what it printed.

    Raises:
        AssertionError: it failed; the message holds its output.
    """
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def uv(*arguments: str | Path, cwd: Path = ROOT) -> str:
    """Run the uv of this environment."""
    return run(sys.executable, "-m", "uv", "--quiet", *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it; `DIST` names one that is built already."""
    if "DIST" in os.environ:
        return ROOT / os.environ["DIST"]
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--out-dir", folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def constraints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The versions of uv.lock: the tests install what the lock says, not what was released today."""
    exported = uv("export", "--frozen", "--no-emit-project", "--all-extras", "--no-hashes", "--no-annotate")
    path = tmp_path_factory.mktemp("lock") / "constraints.txt"
    path.write_text(exported, encoding="utf-8")
    return path


def environment(folder: Path, wheel: Path, constraints: Path, extras: str = "") -> Path:
    """Make an empty environment with the wheel in it and return its interpreter."""
    uv("venv", "--python", sys.executable, folder)
    python = folder / "bin" / "python"
    uv("pip", "install", "--python", python, "--constraints", constraints, f"specforce{extras} @ {wheel.as_uri()}")
    return python


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, wheel: Path, constraints: Path) -> Path:
    """The interpreter of an environment with the wheel and no extras."""
    return environment(tmp_path_factory.mktemp("bare") / "env", wheel, constraints)


def members(wheel: Path) -> list[PurePosixPath]:
    with zipfile.ZipFile(wheel) as archive:
        return [PurePosixPath(name) for name in archive.namelist()]


def test_the_wheel_holds_the_five_packages_and_nothing_else(wheel: Path) -> None:
    top = {path.parts[0] for path in members(wheel)}

    assert {name for name in top if not name.endswith(".dist-info")} == PACKAGES
    assert len(top) == len(PACKAGES) + 1


def test_the_wheel_holds_every_tracked_file_of_the_packages(wheel: Path) -> None:
    tracked = run("git", "ls-files", "--cached", "--others", "--exclude-standard", *SOURCE_ROOTS, cwd=ROOT).split()
    expected = {PurePosixPath(*PurePosixPath(name).parts[1:]) for name in tracked}
    expected = {path for path in expected if path.parts[0] in PACKAGES}

    assert {path for path in members(wheel) if not path.parts[0].endswith(".dist-info")} == expected


def test_every_package_of_the_wheel_is_typed(wheel: Path) -> None:
    names = set(members(wheel))

    assert {package for package in PACKAGES if PurePosixPath(package, "py.typed") in names} == PACKAGES


@pytest.mark.parametrize(
    "pattern",
    [
        "specforce_specs/bundles/rest.json",
        "specforce_specs/bundles/bulk_v2.json",
        "specforce_specs/bundles/auth.json",
        "specforce_specs/sobjects/Account.json",
        "specforce_generator/templates/runtime/operation.py",
        "specforce_mockserver/soql/grammar.lark",
    ],
)
def test_the_wheel_carries_data_that_its_code_reads(wheel: Path, pattern: str) -> None:
    assert PurePosixPath(pattern) in set(members(wheel))


def test_the_wheel_carries_its_licence_and_its_commands(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        texts = {name.rsplit("/", 1)[-1]: archive.read(name) for name in archive.namelist() if ".dist-info/" in name}

    assert b"Apache License" in texts["LICENSE"]
    entry_points = texts["entry_points.txt"].decode()
    assert "specforce = specforce.cli:main" in entry_points
    assert "specforce-gen = specforce_generator.command:main" in entry_points
    assert "[pytest11]\nspecforce = specforce.testing.plugin" in entry_points


def test_the_sdist_holds_what_a_rebuild_needs_and_no_environment(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        top = {PurePosixPath(name).parts[1] for name in archive.getnames() if len(PurePosixPath(name).parts) > 1}

    assert {"pyproject.toml", "README.md", "LICENSE", "specs", "tests", *SOURCE_ROOTS} <= top
    assert not top & {"node_modules", ".venv", ".git", "build", "dist", "demo-output"}


def test_the_installed_wheel_starts_a_fake_org_and_loads_a_file(tmp_path: Path, wheel: Path, constraints: Path) -> None:
    python = environment(tmp_path / "env", wheel, constraints, "[mock]")
    script = tmp_path / "first_use.py"
    script.write_text(FIRST_USE, encoding="utf-8")

    seen: dict[str, Any] = json.loads(run(python, "-I", script, cwd=tmp_path))

    assert Path(seen["home"]).is_relative_to(tmp_path)
    assert (seen["total"], seen["succeeded"], seen["failed"]) == (3, 2, 1)
    assert seen["names"] == ["Acme", "Bob, Sons"]
    assert seen["failures"] == [[4, "REQUIRED_FIELD_MISSING"]]


def test_the_wheel_without_extras_brings_at_most_ten_distributions(bare: Path) -> None:
    installed = json.loads(uv("pip", "list", "--python", bare, "--format", "json"))

    assert len(installed) <= MAX_DISTRIBUTIONS, [entry["name"] for entry in installed]


def test_every_public_name_is_there_without_extras(bare: Path, tmp_path: Path) -> None:
    script = "import specforce; print(*[name for name in specforce.__all__ if getattr(specforce, name) is not None])"

    assert "Salesforce" in run(bare, "-I", "-c", script, cwd=tmp_path).split()


def test_a_missing_extra_is_named_with_the_command_that_brings_it(bare: Path, tmp_path: Path) -> None:
    script = tmp_path / "no_mock.py"
    script.write_text(NO_MOCK, encoding="utf-8")

    assert "specforce[mock]" in run(bare, "-I", script, cwd=tmp_path)


@pytest.mark.parametrize("name", ["specforce", "specforce.testing", "specforce.testing.plugin", "specforce.cli"])
def test_importing_loads_nothing_that_is_heavy(name: str) -> None:
    loaded = run(sys.executable, "-I", "-c", f"import sys, {name}; print(*sys.modules)").split()

    assert not HEAVY & {module.partition(".")[0] for module in loaded}
