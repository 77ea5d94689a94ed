"""The fake org's XML: what it reads, what it writes, and what it refuses to look at."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from specforce_mockserver.xml_documents import MAX_DEPTH, XSI, Element, XmlError, nil, read, to_bytes

NS = "urn:things"
BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>"""


def test_a_document_is_read_with_namespaces_order_and_repeated_elements() -> None:
    root = read(b'<t:a xmlns:t="urn:things"><t:b>1</t:b><c>2</c><t:b k="v">3</t:b></t:a>')

    assert (root.namespace, root.name) == (NS, "a")
    assert [(each.namespace, each.name, each.text) for each in root.children] == [
        (NS, "b", "1"),
        ("", "c", "2"),
        (NS, "b", "3"),
    ]
    assert [each.text for each in root.all("b")] == ["1", "3"]
    assert root.children[2].attributes == {("", "k"): "v"}


def test_text_is_joined_over_comments_cdata_and_references() -> None:
    assert read(b"<a>x<!-- no -->&amp;<![CDATA[<y>]]>&#233;</a>").text == "x&<y>é"


def test_nil_has_no_text() -> None:
    root = read(f'<a xmlns:i="{XSI}"><b i:nil="true"/><c/></a>'.encode())

    assert (root.text_of("b"), root.text_of("c"), root.text_of("d")) == (None, "", None)


def test_a_type_names_its_namespace_by_the_prefix_that_is_in_force() -> None:
    root = read(
        f'<a xmlns:x="{XSI}" xmlns:p="urn:one"><b xmlns:p="urn:two" x:type="p:T"/><c x:type="p:T"/></a>'.encode()
    )

    assert [each.type_name for each in root.children] == [("urn:two", "T"), ("urn:one", "T")]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (BOMB, "DOCTYPE"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "DOCTYPE"),
        (b"<a>&nope;</a>", "not well-formed"),
        (b"<a><b></a>", "not well-formed"),
        (b"", "not well-formed"),
        (b"<a/><b/>", "not well-formed"),
        (b'<?xml version="1.0" encoding="nope"?><a/>', "not well-formed|encoding"),
        (b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1), "deeper"),
        (b"<a>\xff</a>", "not well-formed"),
    ],
)
def test_what_attacks_or_breaks_is_refused(document: bytes, reason: str) -> None:
    with pytest.raises(XmlError, match=reason):
        read(document)


def test_what_is_written_is_read_back_the_same() -> None:
    document = Element(
        NS,
        "a",
        children=[
            Element(NS, "b", '1 < 2 & "3"', {("", "k"): 'v"<>&'}),
            nil(NS, "c"),
            Element("urn:other", "d", children=[Element("", "e", "é")]),
        ],
    )
    read_back = read(to_bytes(document, {NS: "t"}))

    def plain(element: Element) -> object:
        return (element.namespace, element.name, element.text, element.attributes, [*map(plain, element.children)])

    assert plain(read_back) == plain(document)


def test_the_roots_namespace_is_the_default_one() -> None:
    written = to_bytes(Element(NS, "a", children=[Element(NS, "b", "1")]), declaration=False)

    assert written == b'<a xmlns="urn:things"><b>1</b></a>'


def test_characters_that_xml_cant_hold_are_replaced() -> None:
    written = to_bytes(Element("", "a", "x\x00\x0by\ud800", {("", "k"): "\x01"}))

    assert (
        ET.fromstring(written).text == "x\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}y\N{REPLACEMENT CHARACTER}"
    )
