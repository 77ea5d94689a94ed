"""An API may have several documents: they become one bundle, and names that clash are refused by file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from specforce_generator.bundle import bundle, operations
from specforce_generator.index import ApiEntry, read_index
from specforce_generator.refs import read_library
from specforce_generator.sources import SourceError

if TYPE_CHECKING:
    from pathlib import Path

FIRST = """\
openapi: 3.1.0
info: {title: First, version: "1"}
security: [{bearer: []}]
paths:
  /records:
    get:
      operationId: listRecords
      responses:
        "200": {description: Some., content: {application/json: {schema: {$ref: "#/components/schemas/Record"}}}}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
  schemas:
    Record: {type: object}
"""
SECOND = """\
openapi: 3.1.0
info: {title: Second, version: "2"}
paths:
  /files:
    get:
      operationId: listFiles
      responses:
        "200":
          description: Some.
          content: {application/json: {schema: {$ref: "first.yaml#/components/schemas/Record"}}}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
  schemas:
    File: {type: object}
"""


def bundled(folder: Path, second: str) -> dict[str, Any]:
    """The bundle of an API of two documents, the first as above."""
    (folder / "first.yaml").write_text(FIRST)
    (folder / "second.yaml").write_text(second)
    entry = ApiEntry("things", "Things", ("first.yaml", "second.yaml"), "/things", "ThingsApi", "31.0", "guide")
    return bundle(entry, read_library(folder, list(entry.files)), "67.0")


def test_the_documents_of_an_api_become_one_with_what_is_whole_from_the_first(tmp_path: Path) -> None:
    document = bundled(tmp_path, SECOND)
    assert [operation["operationId"] for _, _, operation in operations(document)] == ["listRecords", "listFiles"]
    assert list(document["paths"]) == ["/things/records", "/things/files"]
    assert document["info"]["title"] == "First"
    assert document["security"] == [{"bearer": []}]


def test_a_component_of_another_document_is_the_same_component(tmp_path: Path) -> None:
    document = bundled(tmp_path, SECOND)
    answer = document["paths"]["/things/files"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Record"}
    assert list(document["components"]["schemas"]) == ["Record"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("listFiles", "listRecords", r"second.yaml:5: a second operationId 'listRecords' \(the first: first.yaml:6\)"),
        (
            "    File:",
            "    Record:",
            r"second.yaml:15: a second schemas component 'Record' \(the first: first.yaml:14\)",
        ),
        ("/files:", "/records:", r"second.yaml:4: a second path /records"),
    ],
    ids=["operationId", "component", "path"],
)
def test_a_name_that_two_documents_have_is_refused_with_both_places(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    with pytest.raises(SourceError, match=told):
        bundled(tmp_path, SECOND.replace(old, new))


def test_the_index_wants_a_list_of_files(tmp_path: Path) -> None:
    keys = 'id = "a"\ntitle = "A"\nmount = ""\nclass = "A"\nsince = "31.0"\nsource = "s"\n'
    versions = '[versions]\noldest = "31.0"\nnewest = "67.0"\ndefault = "67.0"\n'
    (tmp_path / "index.toml").write_text(f'{versions}[[api]]\n{keys}files = "a.yaml"\n')
    with pytest.raises(SourceError, match="needs files"):
        read_index(tmp_path)
