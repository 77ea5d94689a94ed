"""Any table of text survives a load into the fake org and the export out of it, to the last character."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specforce import Salesforce
from specforce._threads import Clock
from specforce.testing import FakeOrg
from tests.covers import covers

if TYPE_CHECKING:
    from collections.abc import Iterator

CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\",;|^`'")
# A text field trims its ends and takes empty text for null; `x` keeps both out of what is tested here.
TEXTS = st.text(CHARACTERS, max_size=12).map(lambda text: f"x{text}x")


class NoWaiting(Clock):
    """Jobs of the fake org move when they are looked at."""

    def sleep(self, seconds: float) -> None:
        """Don't."""


@pytest.fixture(scope="module")
def org() -> Iterator[FakeOrg]:
    with FakeOrg("tests/schema.toml") as org:
        yield org


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=6),
    out=st.sampled_from([",", ";", "\t", "|", "^", "`"]),
    into=st.sampled_from([",", ";", "\t", "|", "^", "`"]),
    line_ending=st.sampled_from(["LF", "CRLF"]),
    form=st.sampled_from(["csv", "rows", "arrow"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    part_rows=st.integers(1, 4),
)
@covers("W4", "W5", "D12")
def test_any_text_comes_back_as_it_went_in(
    org: FakeOrg,
    *,
    texts: list[str],
    out: str,
    into: str,
    line_ending: str,
    form: str,
    newline: str,
    quoting: Literal[0, 1],
    mark: bytes,
    part_rows: int,
) -> None:
    org.reset()
    rows = [{"Name": f"A{number}", "Description": text} for number, text in enumerate(texts)]
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, ["Name", "Description"], delimiter=into, lineterminator=newline, quoting=quoting)
    writer.writeheader()
    writer.writerows(rows)

    with Salesforce(org.auth(), clock=NoWaiting()) as sf:
        source = {"csv": mark + file.getvalue().encode(), "rows": iter(rows), "arrow": pa.Table.from_pylist(rows)}[form]
        report = sf.bulk.load(source, "Account", delimiter=into, max_part_rows=part_rows)
        export = sf.bulk.export(
            "SELECT Name, Description FROM Account", delimiter=out, line_ending=line_ending, max_records=2
        )
        back = sorted(export.dicts(), key=lambda row: row["Name"])

    assert report.created == len(rows)
    assert back == rows
