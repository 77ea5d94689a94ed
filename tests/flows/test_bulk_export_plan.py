"""A plan's pages are values that any process can read, alone and again; together they are the export."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from specforce import Salesforce
from specforce.auth import ClientCredentials
from specforce.bulk import Column, PlannedPage
from specforce.errors import InputError, IntegrityError, SpecError
from tests.flows.bulk_org import BulkOrg, exported

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [f"Acme {number:04d}" for number in range(35)]
SOQL = "SELECT Name, Owner.Username, CreatedDate FROM Account ORDER BY Name"


@pytest.fixture
def paged(bulk: BulkOrg) -> BulkOrg:
    """An org whose results come in four pages."""
    bulk.org.plan_job(kind="query", times=None, default_page_records=10)
    bulk.org.seed({"Account": [{"Name": name} for name in NAMES]})
    return bulk


def names_of_page(url: str, pickled: bytes) -> list[str]:
    """What another process reads of a page."""
    page: PlannedPage = pickle.loads(pickled)
    with Salesforce(ClientCredentials("test-client", "test-secret", login_url=url)) as sf:
        return [row["Name"] for row in sf.bulk.read_page(page).dicts()]


def test_a_plan_names_pages_and_columns(paged: BulkOrg) -> None:
    export = paged.connect().bulk.export(SOQL)

    plan = paged.half.run(export.plan())

    assert [page.number for page in plan] == [1, 2, 3, 4]
    assert {page.job_id for page in plan} == {export.job_id}
    assert {page.columns for page in plan} == {
        (Column("Name", "string"), Column("Owner.Username", "string"), Column("CreatedDate", "datetime"))
    }
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert "secret" not in repr(plan)


def test_each_page_is_read_alone_and_again(paged: BulkOrg, tmp_path: Path) -> None:
    sf = paged.connect()
    plan = paged.half.run(sf.bulk.export(SOQL).plan())

    for page in reversed(plan):
        found = sf.bulk.read_page(page)
        expected = NAMES[(page.number - 1) * 10 : page.number * 10]
        assert [row[0] for row in paged.half.items(found.rows())] == expected
        assert paged.half.run(found.to_arrow()).column("Name").to_pylist() == expected
        path = tmp_path / f"{page.number}.csv"
        assert paged.to_csv(found, path) == len(expected)
        assert [row[0] for row in exported(path)] == ["Name", *expected]


def test_processes_read_the_pages_side_by_side(org: object, paged: BulkOrg) -> None:
    plan = paged.half.run(paged.connect().bulk.export(SOQL).plan())

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        calls = [pool.submit(names_of_page, paged.org.url, pickle.dumps(page)) for page in plan]
        found = [name for call in calls for name in call.result()]

    assert found == NAMES


def test_a_page_of_another_version_or_with_other_columns_is_refused(paged: BulkOrg) -> None:
    sf = paged.connect()
    (page, *_) = paged.half.run(sf.bulk.export(SOQL).plan())

    with pytest.raises(InputError, match=r"connect with api_version='67\.0'"):
        paged.connect(api_version="60.0").bulk.read_page(page)
    drifted = PlannedPage(
        page.job_id, page.sobject, 1, None, page.api_version, (Column("Name", "string"),), page.dialect
    )
    with pytest.raises(IntegrityError, match="the plan says"):
        paged.half.items(sf.bulk.read_page(drifted).rows())


def test_before_58_0_there_is_no_plan(paged: BulkOrg) -> None:
    with pytest.raises(SpecError, match=r"58\.0"):
        paged.half.run(paged.connect(api_version="57.0").bulk.export(SOQL).plan())
