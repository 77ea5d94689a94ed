"""Exports gone on with by their token: what is whole isn't fetched again, nothing is lost or doubled."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from specforce import Retry
from specforce.bulk import resume_token_of
from specforce.errors import ConnectionCut, InputError, NotFound
from tests.flows.bulk_org import BulkOrg, exported

if TYPE_CHECKING:
    from pathlib import Path

PAGES, PAGE_RECORDS = 8, 10
NAMES = [f"Acme {number:04d}" for number in range(PAGES * PAGE_RECORDS)]
SOQL = "SELECT Name FROM Account ORDER BY Name"
ONCE = Retry(attempts=1)


@pytest.fixture
def paged(bulk: BulkOrg) -> BulkOrg:
    """An org whose results come in many pages."""
    bulk.org.plan_job(kind="query", times=None, default_page_records=PAGE_RECORDS)
    bulk.org.seed({"Account": [{"Name": name} for name in NAMES]})
    return bulk


def broken_off(paged: BulkOrg, path: Path, **options: Any) -> str:
    """The token of an export into `path` whose sixth page stayed cut."""
    paged.org.faults.add("getQueryJobResults", "cut", skip=5, times=None, after_bytes=20)
    export = paged.connect(retry=ONCE).bulk.export(SOQL, concurrency=1, **options)
    with pytest.raises(ConnectionCut) as caught:
        paged.to_csv(export, path, resumable=True)
    token = resume_token_of(caught.value)
    assert token is not None
    assert token == export.resume_token
    assert any(token in note and "50 records are in" in note for note in caught.value.__notes__)
    paged.org.faults.clear()
    return token


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz"])
@pytest.mark.parametrize("options", [{}, {"max_records": PAGE_RECORDS}], ids=["named pages", "linked pages"])
def test_an_export_goes_on_where_it_was_broken_off(
    paged: BulkOrg, tmp_path: Path, options: dict[str, int], name: str
) -> None:
    token = broken_off(paged, tmp_path / name, **options)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{name}.part", f"{name}.part.journal"]
    asked = paged.asked("getQueryJobResults")

    sf = paged.connect()
    assert paged.to_csv(sf.bulk.resume_export(token, **options), tmp_path / name) == len(NAMES)

    assert paged.asked("getQueryJobResults") - asked == PAGES - 5
    assert paged.asked("createQueryJob") == 1
    assert [path.name for path in tmp_path.iterdir()] == [name]
    unbroken = tmp_path / f"unbroken-{name}"
    paged.to_csv(sf.bulk.export(SOQL), unbroken)
    assert (tmp_path / name).read_bytes() == unbroken.read_bytes()


def test_other_ways_out_begin_anew_without_a_new_query(paged: BulkOrg, tmp_path: Path) -> None:
    token = broken_off(paged, tmp_path / "out.csv")

    export = paged.connect().bulk.resume_export(token)

    assert [row[0] for row in paged.half.items(export.rows())] == NAMES
    assert export.total == len(NAMES)
    assert paged.asked("createQueryJob") == 1
    with pytest.raises(InputError, match="the query isn't known"):
        _ = export.soql


def test_what_was_written_but_not_noted_is_cut_off(paged: BulkOrg, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    token = broken_off(paged, path)
    with (tmp_path / "out.csv.part").open("ab") as file:
        file.write(b'"half a pa')
    with (tmp_path / "out.csv.part.journal").open("ab") as file:
        file.write(b'{"locator": "abc", "next"')

    paged.to_csv(paged.connect().bulk.resume_export(token), path)

    assert exported(path) == [["Name"], *([name] for name in NAMES)]


def test_a_file_that_lost_its_end_loses_the_pages_in_it(paged: BulkOrg, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    token = broken_off(paged, path)
    os.truncate(tmp_path / "out.csv.part", (tmp_path / "out.csv.part").stat().st_size - 1)
    asked = paged.asked("getQueryJobResults")

    paged.to_csv(paged.connect().bulk.resume_export(token), path)

    assert exported(path) == [["Name"], *([name] for name in NAMES)]
    assert paged.asked("getQueryJobResults") - asked == PAGES - 4


@pytest.mark.parametrize("place", ["part", "path"])
def test_a_file_that_was_whole_takes_its_name(paged: BulkOrg, tmp_path: Path, place: str) -> None:
    path, journal = tmp_path / "out.csv", tmp_path / "out.csv.part.journal"
    export = paged.connect().bulk.export(SOQL)
    paged.to_csv(export, path)
    head = {"specforce": 1, "token": export.resume_token, "zipped": False, "listed": True}
    page = {"locator": None, "next": None, "records": 80, "size": path.stat().st_size, "header": '"Name"\n'}
    journal.write_text("".join(json.dumps(line) + "\n" for line in (head, page, {"whole": True})))
    if place == "part":
        path.rename(tmp_path / "out.csv.part")

    assert paged.to_csv(paged.connect().bulk.resume_export(export.resume_token), path) == len(NAMES)

    assert exported(path) == [["Name"], *([name] for name in NAMES)]
    assert list(tmp_path.iterdir()) == [path]


def test_a_part_of_another_export_is_left_alone(paged: BulkOrg, tmp_path: Path) -> None:
    token = broken_off(paged, tmp_path / "out.csv")
    held = (tmp_path / "out.csv.part").read_bytes()

    with pytest.raises(InputError, match=f"is of another export .resume token {token}.: go on with that one"):
        paged.to_csv(paged.connect().bulk.export(SOQL), tmp_path / "out.csv", resumable=True)

    assert (tmp_path / "out.csv.part").read_bytes() == held


def test_a_journal_that_isnt_one_is_named(paged: BulkOrg, tmp_path: Path) -> None:
    (tmp_path / "out.csv.part.journal").write_text("hello\n")

    with pytest.raises(InputError, match=r"out\.csv\.part\.journal isn't a journal of an export"):
        paged.to_csv(paged.connect().bulk.export(SOQL), tmp_path / "out.csv", resumable=True)


def test_an_export_that_brought_no_page_leaves_no_file_but_its_token(paged: BulkOrg, tmp_path: Path) -> None:
    paged.org.faults.add("getQueryJobResults", "cut", times=None, after_bytes=20)
    export = paged.connect(retry=ONCE).bulk.export(SOQL)

    with pytest.raises(ConnectionCut) as caught:
        paged.to_csv(export, tmp_path / "out.csv", resumable=True)
    with pytest.raises(ConnectionCut) as caught_rows:
        paged.half.items(export.rows())

    assert list(tmp_path.iterdir()) == []
    assert resume_token_of(caught.value) == resume_token_of(caught_rows.value) == export.resume_token
    assert resume_token_of(ValueError()) is None


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("", "isn't a resume token"),
        ("export-1:bulk:67.0", "isn't a resume token"),
        ("export-2:bulk:67.0:750000000000001AAA", "isn't a resume token"),
        ("export-1:rest:67.0:750000000000001AAA", "isn't a resume token"),
        ("export-1:bulk:x:750000000000001AAA", "isn't an API version"),
        ("export-1:bulk:67.0:../..", "the token's job"),
    ],
)
def test_what_isnt_a_token_is_refused_before_anything_is_sent(paged: BulkOrg, token: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        paged.connect().bulk.resume_export(token)

    assert not paged.org.requests


def test_a_job_of_another_version_and_one_that_is_gone_are_named(paged: BulkOrg, tmp_path: Path) -> None:
    export = paged.connect(api_version="60.0").bulk.export(SOQL)
    paged.half.run(export.job())

    with pytest.raises(InputError, match=r"connect with api_version='60\.0'"):
        paged.to_csv(paged.connect().bulk.resume_export(export.resume_token), tmp_path / "out.csv")
    paged.half.run(paged.half.run(export.job()).delete())
    with pytest.raises(NotFound):
        paged.to_csv(paged.connect(api_version="60.0").bulk.resume_export(export.resume_token), tmp_path / "out.csv")

    assert list(tmp_path.iterdir()) == []
