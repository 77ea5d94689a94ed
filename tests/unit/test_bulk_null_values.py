"""`null_values=`: cells that mean "no value" in the source reach Salesforce as null, whatever the source is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce.bulk.parts import Limits
from specforce.bulk.sources import BlockingParts
from specforce.bulk.table import TableOptions
from specforce.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def sent(source: Any, folder: Path, **options: Any) -> list[bytes]:
    """What each part would send."""
    parts = BlockingParts(source, TableOptions(operation="insert", **options), folder)
    return [b"".join(part.open()) for part in parts.all()]


def test_a_null_marker_is_sent_as_null_and_other_cells_stay_as_they_are(tmp_path: Path) -> None:
    source = b'Name,Phone\n"a ""b""",NA\nNA,"NA,NA"\nNAN,"x\ny"\n'

    (part,) = sent(source, tmp_path, null_values=("NA",))

    assert part == b'Name,Phone\n"a ""b""","#N/A"\n"#N/A","NA,NA"\n"NAN","x\ny"\n'


def test_an_empty_marker_turns_empty_cells_into_null(tmp_path: Path) -> None:
    (part,) = sent(b"Name,Phone\nAcme,\n", tmp_path, null_values=("",))

    assert part == b"Name,Phone\nAcme,#N/A\n"


def test_rows_of_python_values_follow_the_same_rule(tmp_path: Path) -> None:
    (part,) = sent([{"Name": "Acme", "Phone": "NA"}], tmp_path, null_values={"NA"})

    assert part == b"Name,Phone\nAcme,#N/A\n"


def test_columns_left_out_and_null_markers_go_together(tmp_path: Path) -> None:
    (part,) = sent(b"a,b,c\nNA,2,NA\n", tmp_path, mapping={"b": None}, null_values=["NA"])

    assert part == b"a,c\n#N/A,#N/A\n"


def test_no_part_outgrows_its_limit_when_every_cell_becomes_null(tmp_path: Path) -> None:
    source = b"a,b\n" + b"NA,NA\n" * 200

    parts = sent(source, tmp_path, null_values=("NA",), limits=Limits(part_bytes=200))

    assert max(map(len, parts)) <= 200
    assert sum(part.count(b"#N/A,#N/A\n") for part in parts) == 200


def test_a_text_is_refused_because_its_characters_would_count_as_markers() -> None:
    with pytest.raises(InputError, match="pass a collection"):
        TableOptions(operation="insert", null_values="NA")
