"""Headers and mappings: what is refused, and in which words."""

from __future__ import annotations

import pytest

from specforce.bulk.columns import map_columns, refuse_columns
from specforce.bulk.dialect import column_delimiter, line_ending
from specforce.bulk.header import MAX_HEADER_BYTES, Header, read_header
from specforce.bulk.table import TableOptions, read_table
from specforce_api.runtime.errors import InputError


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"Id,Name\n1,2\n", Header(("Id", "Name"), b"Id,Name", 8, 1, "LF")),
        (b"Id,Name\r\n1,2\r\n", Header(("Id", "Name"), b"Id,Name", 9, 1, "CRLF")),
        (b"\xef\xbb\xbfId,Name\n1,2\n", Header(("Id", "Name"), b"Id,Name", 11, 1, "LF")),
        (b'\xef\xbb\xbf"Id","Name"\n', Header(("Id", "Name"), b'"Id","Name"', 15, 1, "LF")),
        (b"Id,Name", Header(("Id", "Name"), b"Id,Name", 7, 1, None)),
    ],
)
def test_a_header_is_read_without_its_byte_order_mark(start: bytes, expected: Header) -> None:
    assert read_header(start, ",") == expected


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (b"", "the source is empty"),
        (b"\xef\xbb\xbf", "the source is empty"),
        (b"\n\n", "the source is empty"),
        (b"Id;Name;City\n", r"looks separated by ';', pass delimiter=';' \(SEMICOLON\)"),
        (b"Id\tName\n", r"pass delimiter='\\t' \(TAB\)"),
        (b"Id,,Name\n", "column 2 of 3 has no name"),
        (b"Id,Name,\n", "column 3 of 3 has no name"),
        (b"Id,Name,name\n", r"'Name' appears 2 times \(columns 2, 3\)"),
        ("Id,Näme\n".encode("cp1252"), "isn't UTF-8 .*encoding='cp1252'"),
        ("Id,Name\n".encode("utf-16"), "encoding='utf-16'"),
        (b'Id,"Name\n1,2\n', "the header holds a line break|isn't CSV"),
        (b"Id,Name\r1,2\r", "lines end with CR alone"),
        (b'"' * (MAX_HEADER_BYTES + 1), "hasn't ended"),
        (b"x" * 32_001 + b"\n", "32001 characters"),
    ],
)
def test_a_header_that_cant_be_right_is_refused(start: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_header(start, ",")


def test_a_mapping_renames_in_the_header_only() -> None:
    options = TableOptions(operation="insert", mapping={"dest": "Dest__r.Code__c"})

    table, size = read_table(b"Id,dest\nx,y\n", options)

    assert table.header == b"Id,Dest__r.Code__c"
    assert table.columns.kept is None
    assert size == 8


def test_without_a_mapping_the_header_keeps_its_bytes() -> None:
    table, _ = read_table(b'"Id","Name"\n', TableOptions(operation="insert"))

    assert table.header == b'"Id","Name"'


def test_a_mapping_to_none_leaves_the_column_out() -> None:
    columns = map_columns(["a", "b", "c"], {"a": "A__c", "b": None})

    assert (columns.source, columns.sent, columns.kept) == (("a", "c"), ("A__c", "c"), (0, 2))


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"Nmae": "Name"}, "'Nmae', which the source doesn't have .did you mean 'Name'"),
        ({"Name": "Total Price"}, "'Total Price' isn't the name of a field"),
        ({"Name": "A.B.C"}, "isn't the name of a field"),
        ({"Name": "id"}, "appears 2 times"),
        ({"Name": None, "Id": None}, "leaves out every column"),
    ],
)
def test_a_mapping_that_cant_work_is_refused(mapping: dict[str, str | None], message: str) -> None:
    with pytest.raises(InputError, match=message):
        map_columns(["Id", "Name"], mapping)


@pytest.mark.parametrize("path", ["Name", "ns__Field__c", "Owner.Email", "Parent__r.Ext__c", "Lead:Who.Email"])
def test_field_paths_are_columns(path: str) -> None:
    assert map_columns([path], None).sent == (path,)


@pytest.mark.parametrize(
    ("names", "operation", "external_id", "message"),
    [
        (["Name"], "upsert", None, "needs external_id="),
        (["Name", "Code__c"], "upsert", "Cod__c", "did you mean 'Code__c'"),
        (["Name"], "insert", "Code__c", "goes with operation='upsert'"),
        (["Name"], "update", None, "needs the column Id"),
        (["Name"], "delete", None, "needs the column Id, and only that"),
        (["Id", "Name"], "hardDelete", None, "takes the column Id only.*mapping={'Name': None}"),
    ],
)
def test_columns_that_the_operation_cant_take_are_refused(
    names: list[str], operation: str, external_id: str | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        refuse_columns(map_columns(names, None), operation, external_id)


def test_external_ids_are_found_without_regard_to_case() -> None:
    refuse_columns(map_columns(["name", "CODE__C"], None), "upsert", "Code__c")


def test_delimiters_go_by_character_and_by_name() -> None:
    assert [column_delimiter(text) for text in (",", "\t", "semicolon", "PIPE")] == [
        "COMMA",
        "TAB",
        "SEMICOLON",
        "PIPE",
    ]
    with pytest.raises(InputError, match=r"knows ',' \(COMMA\)"):
        column_delimiter("#")
    with pytest.raises(InputError, match="'LF' and 'CRLF'"):
        line_ending("CR")


def test_a_declared_line_ending_that_isnt_the_sources_is_refused() -> None:
    with pytest.raises(InputError, match="line 1 ends in CRLF, and line_ending='LF' was declared"):
        read_table(b"Id\r\n1\r\n", TableOptions(operation="insert", line_ending="LF"))
