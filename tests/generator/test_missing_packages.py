"""`specforce-gen` without the packages that it needs."""

from __future__ import annotations

import sys

import pytest

from specforce_generator.command import main


def test_missing_packages_are_named_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("specforce_generator.command._NEEDED", ("sys", "no_such_package", "no_such.module"))

    assert main() == 2

    expected = "specforce-gen needs no_such_package, no_such.module: pip install 'specforce[codegen]'\n"
    assert capsys.readouterr().err == expected


def test_with_all_of_them_the_command_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["specforce-gen", "--help"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 0
    assert "coverage" in capsys.readouterr().out
