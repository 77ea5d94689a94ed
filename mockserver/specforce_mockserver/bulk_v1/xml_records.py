"""Records in XML: those of a batch read, those of a query written. Source: reference/bulk_v1.md section 4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from specforce_mockserver.bulk.failure import JobFailure
from specforce_mockserver.bulk_v1.info import NAMESPACE
from specforce_mockserver.xml_documents import DECLARATION, XSI, XmlError, read, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specforce_mockserver.xml_documents import Element

BEFORE: Final = f'{DECLARATION}<queryResult xmlns="{NAMESPACE}" xmlns:xsi="{XSI}">'
AFTER: Final = "</queryResult>"


def records_of(content: bytes) -> list[dict[str, Any]]:
    """The records of an `sObjects` document, as JSON has them: nil is null, a parent is an object.

    Raises:
        JobFailure: it is no such document.
    """
    try:
        root = read(content)
    except XmlError as error:
        message = f"InvalidBatch : Failed to parse XML. {error}"
        raise JobFailure(message) from error
    if (root.namespace, root.name) != (NAMESPACE, "sObjects"):
        raise JobFailure("InvalidBatch : Failed to parse XML. The root element is not sObjects of its namespace")
    for child in root.children:
        if child.name != "sObject":
            message = f"InvalidBatch : Failed to parse XML. Unexpected element {child.name}"
            raise JobFailure(message)
    return [_record(each) for each in root.children]


def _record(element: Element) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for child in element.children:
        if child.name == "type" and (child.namespace, element.name) == (NAMESPACE, "sObject"):
            record["attributes"] = {"type": child.text}
        else:
            parent = child.find("sObject")
            record[child.name] = None if child.is_nil else child.text if parent is None else _record(parent)
    return record


def record_text(record: Mapping[str, Any], name: str = "records") -> str:
    """A record of a query's result.

    Args:
        record: as JSON has it, with its `attributes`.
        name: of the element.
    """
    attributes: Mapping[str, str] = record["attributes"]
    parts = [f'<{name} xsi:type="sObject"><type>{attributes["type"]}</type>']
    parts.append(f"<Id>{record['Id']}</Id>" if "Id" in record else '<Id xsi:nil="true"/>')
    parts += _members(record)
    parts.append(f"</{name}>")
    return "".join(parts)


def _members(record: Mapping[str, Any]) -> Iterator[str]:
    for name, value in record.items():
        if name == "attributes":
            continue
        if value is None:
            yield f'<{name} xsi:nil="true"/>'
        elif isinstance(value, dict):
            yield record_text(cast("Mapping[str, Any]", value), name)
        elif isinstance(value, bool):
            yield f"<{name}>{str(value).lower()}</{name}>"
        else:
            yield f"<{name}>{text(str(value))}</{name}>"
