"""`specforce schema` against the fake org: what it prints, what it writes, how it exits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


def test_pull_says_what_it_did(specforce: Callable[..., Result], tmp_path: Path) -> None:
    folder = tmp_path / "schema"
    first = specforce("schema", "pull", str(folder), "Account", "ContentD*", "--exclude", "*Link")
    again = specforce("schema", "pull", str(folder), "Account", "--json")

    assert first.stdout.splitlines()[0] == f"2 objects in {folder}, API 67.0: 2 new, 0 changed, 0 as before"
    assert first.stdout.splitlines()[1].startswith("referred to and not pulled: ")
    assert json.loads(again.stdout)["unchanged"] == ["Account"]
    assert (folder / "ContentDocument.json").is_file()


def test_pull_of_an_object_that_is_not_there_is_bad_input(specforce: Callable[..., Result], tmp_path: Path) -> None:
    result = specforce("schema", "pull", str(tmp_path), "Nothing__c")

    assert result.exit_code == 2
    assert result.stderr == "error: no object is called Nothing__c\n"


def test_generate_prints_or_writes_a_module(specforce: Callable[..., Result], tmp_path: Path) -> None:
    specforce("schema", "pull", str(tmp_path / "schema"), "Account", "Contact")
    printed = specforce("schema", "generate", str(tmp_path / "schema"), "Contact")
    written = specforce("schema", "generate", str(tmp_path / "schema"), "Contact", "-o", str(tmp_path / "records.py"))

    assert "LastName: str | None = None  # string(80) required" in printed.stdout
    assert (written.exit_code, written.stdout) == (0, "")
    assert (tmp_path / "records.py").read_text("utf-8") == printed.stdout


def test_generate_without_documents_is_bad_input(specforce: Callable[..., Result], tmp_path: Path) -> None:
    result = specforce("schema", "generate", str(tmp_path))

    assert (result.exit_code, "no describe documents" in result.stderr) == (2, True)


def test_check_exits_with_1_once_the_org_is_another_one(specforce: Callable[..., Result], tmp_path: Path) -> None:
    folder, module = tmp_path / "schema", tmp_path / "records.py"
    specforce("schema", "pull", str(folder), "Account")
    specforce("schema", "generate", str(folder), "-o", str(module))
    same = [specforce("schema", "check", str(path)) for path in (folder, module)]
    for path in (folder / "Account.json", module):
        path.write_text(path.read_text("utf-8").replace("NaicsCode", "OldCode"), "utf-8")
    other = [specforce("schema", "check", str(path)) for path in (folder, module)]
    as_json = specforce("schema", "check", str(module), "--json")

    assert [(each.exit_code, each.stdout) for each in same] == [(0, ""), (0, "")]
    assert [each.exit_code for each in other] == [1, 1]
    assert [each.stdout.splitlines() for each in other] == 2 * [
        ["+ Account.NaicsCode  string(8)", "- Account.OldCode  string(8)"]
    ]
    assert json.loads(as_json.stdout)["changed"]["Account"]["added"] == {"NaicsCode": "string(8)"}


def test_diff_of_two_folders_needs_no_org(specforce: Callable[..., Result], tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    specforce("schema", "pull", str(before), "Account", "Case")
    specforce("schema", "pull", str(after), "Account", "Contact")
    path = after / "Account.json"
    path.write_text(path.read_text("utf-8").replace('"label": "Account"', '"label": "Client"'), "utf-8")
    result = specforce("schema", "diff", str(before), str(after))
    as_json = specforce("schema", "diff", str(before), str(after), "--json")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["~ Account: label Account → Client", "- Case", "+ Contact"]
    document = json.loads(as_json.stdout)
    assert (document["added"], document["removed"], list(document["changed"])) == (["Contact"], ["Case"], ["Account"])


def test_a_file_that_is_no_describe_document_is_named(specforce: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "Broken.json").write_text('{"name": "Broken", "fields": [{"name": "Id"}]}', "utf-8")
    result = specforce("schema", "generate", str(tmp_path))

    assert result.exit_code == 2
    assert "Broken.json" in result.stderr
    assert "`type` - at `$.fields[0]`" in result.stderr
