"""The XML codec: what is written reads back, hostile documents are refused, and unknown elements disturb nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specforce_api.runtime.errors import DecodeError, InputError
from specforce_api.runtime.operation import OperationInfo, Reply
from specforce_api.runtime.xml import XSD, Name, Node, NodeParser, as_dict, element, parse, read_xml, write

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.\-]{0,8}", fullmatch=True)
ATTRIBUTES = NAMES.filter(lambda name: name != "xmlns") | NAMES.map("{{urn:a}}{}".format)
URIS = st.sampled_from(["", "urn:a", "urn:b", XSD])
BARRED = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)))
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=BARRED), max_size=20)


@st.composite
def nodes(draw: st.DrawFn, depth: int = 3) -> Node:
    """Any node that XML can hold; blank text between children is nothing, so there is none."""
    children = draw(st.lists(nodes(depth - 1), max_size=3)) if depth else []
    text = draw(TEXTS)
    kind = draw(st.none() | st.builds(Name, st.sampled_from(["urn:a", "urn:c"]), NAMES))
    attributes = draw(st.dictionaries(ATTRIBUTES, TEXTS, max_size=3))
    return Node(
        draw(NAMES),
        draw(URIS),
        text if not children or text.strip() else "",
        children,
        attributes,
        nil=draw(st.booleans()),
        type=kind,
    )


@given(nodes())
def test_what_is_written_reads_back(node: Node) -> None:
    assert parse(write(node)) == node


@given(nodes(), st.integers(1, 7))
def test_a_document_in_pieces_reads_like_the_whole(node: Node, size: int) -> None:
    content = write(node)
    parser = NodeParser(depth=1)
    found = [child for at in range(0, len(content), size) for child in parser.feed(content[at : at + size])]
    assert [*found, *parser.close()] == node.children


def test_one_namespace_is_the_default_one() -> None:
    document = element("jobInfo", {"object": "A & B", "id": None}, namespace="urn:x", order=("id", "object"))

    assert write(document).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<jobInfo xmlns="urn:x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<id xsi:nil="true"/><object>A &amp; B</object></jobInfo>'
    )


def test_prefixes_are_those_asked_for() -> None:
    document = Node("a", "urn:x", children=[Node("b", "urn:y", "1")])

    assert (
        write(document, prefixes={"urn:x": "x", "urn:y": "y"})
        .decode()
        .endswith('<x:a xmlns:x="urn:x" xmlns:y="urn:y"><y:b>1</y:b></x:a>')
    )


def test_values_are_written_as_xml_schema_has_them() -> None:
    values: dict[str, Any] = {
        "yes": True,
        "number": Decimal("1E+3"),
        "moment": datetime(2026, 3, 1, 10, tzinfo=UTC),
        "bytes": b"\x00\xff",
        "list": ["a", "b"],
        "inner": {"x": 1.5},
    }

    assert as_dict(parse(write(element("row", values)))) == {
        "yes": "true",
        "number": "1000",
        "moment": "2026-03-01T10:00:00+00:00",
        "bytes": "AP8=",
        "list": ["a", "b"],
        "inner": {"x": "1.5"},
    }


@pytest.mark.parametrize("value", [datetime(2026, 3, 1), Decimal("NaN"), float("inf")])  # noqa: DTZ001
def test_values_without_a_meaning_are_refused(value: object) -> None:
    with pytest.raises(InputError, match="moment="):
        element("row", {"moment": value})


def test_a_null_an_empty_text_and_a_missing_element_stay_apart() -> None:
    node = parse(b'<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><a xsi:nil="true"/><b/></r>')

    assert (node.value("a"), node.value("b"), node.value("c")) == (None, "", None)
    assert as_dict(node, lists=("b",)) == {"a": None, "b": [""]}


def test_a_repeated_name_is_a_list_though_nobody_declared_it() -> None:
    assert as_dict(parse(b"<r><a>1</a><b>2</b><a>3</a></r>")) == {"a": ["1", "3"], "b": "2"}


def test_a_type_keeps_its_namespace_whatever_its_prefix() -> None:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

    assert parse(f'<r xmlns:q="urn:q" {xsi} xsi:type="q:Sub"/>'.encode()).type == Name("urn:q", "Sub")
    assert parse(f'<r xmlns="urn:d" {xsi} xsi:type="Sub"/>'.encode()).type == Name("urn:d", "Sub")


@pytest.mark.parametrize("text", ["\x00", "a\x0bb", "\ufffe"])
def test_characters_that_xml_cannot_hold_are_refused_by_the_name_of_their_element(text: str) -> None:
    with pytest.raises(InputError, match="create/sObjects/Name: XML can't hold the character"):
        write(element("create", {"sObjects": {"Name": text}}))


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InputError, match=r"Name.*half a character"):
        write(element("create", {"Name": "\ud800"}))
    with pytest.raises(InputError, match="create: XML can't hold the character"):
        write(Node("create", text="\ud800"))


@pytest.mark.parametrize("name", ["", "a b", "1a", "a><b", "x:y", "é"])
def test_names_that_no_element_can_have_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="can't be the name of an XML element"):
        write(element("row", {name: "1"}))


def test_an_attribute_cannot_declare_a_namespace() -> None:
    with pytest.raises(InputError, match="xmlns"):
        write(Node("a", attributes={"xmlns": "urn:evil"}))


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><r>&b;</r>',
        b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>',
        b"<r>&undeclared;</r>",
        b"<r><a></r>",
        b"<r>",
        b"<r/><r/>",
        b"",
        b"not xml",
        b'<?xml version="1.0" encoding="no-such"?><r/>',
        b'<?xml version="1.0" encoding="UTF-8"?><r>\xff\xfe</r>',
        b"<r>" * 200 + b"</r>" * 200,
        b"<p:r/>",
    ],
)
def test_a_hostile_or_broken_document_is_a_decode_error(document: bytes) -> None:
    with pytest.raises(DecodeError):
        parse(document)


def test_a_document_beyond_the_bound_is_refused() -> None:
    with pytest.raises(DecodeError, match="more than 10 bytes"):
        parse(b"<r>12345678</r>", max_bytes=10)


def test_other_encodings_are_read_as_they_declare() -> None:
    assert parse('<?xml version="1.0" encoding="ISO-8859-1"?><r>é</r>'.encode("latin-1")).text == "é"
    assert parse('<?xml version="1.0" encoding="UTF-16"?><r>é</r>'.encode("utf-16")).text == "é"


def test_an_answer_that_is_no_xml_says_whose_it_is() -> None:
    info = OperationInfo("getJob", "bulk_v1", "GET", "/", success=(200,))
    reply = Reply(200, {"content-type": "text/html"}, b"<html><br></html>")

    with pytest.raises(DecodeError, match="getJob: HTTP 200 with a body that can't be read \\(text/html\\)") as caught:
        read_xml(info, reply)
    assert caught.value.body == "<html><br></html>"
