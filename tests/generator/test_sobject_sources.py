"""Every file of objects says where its facts come from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

SPECS = Path(__file__).resolve().parents[2] / "specs"
SOURCES = tomllib.loads((SPECS / "sources.toml").read_text("utf-8"))


@pytest.mark.parametrize("file", sorted(SPECS.glob("sobjects/*.toml")), ids=lambda file: file.stem)
def test_a_file_of_objects_names_a_source(file: Path) -> None:
    [source] = re.findall(r"Sources?: ([\w-]+)", file.read_text("utf-8").partition("\n[")[0])

    assert source in SOURCES
