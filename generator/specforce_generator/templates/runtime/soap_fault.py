"""SOAP faults: what the server says instead of an answer."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import DecodeError
from .xml_reader import parse


@dataclass(frozen=True, slots=True)
class SoapFault:
    """One fault.

    Attributes:
        code: `faultcode`, with its prefix: `sf:INVALID_SESSION_ID`, or `soapenv:Client` for what isn't SOAP at all.
        text: `faultstring`.
        type: the element inside `detail`, such as `UnexpectedErrorFault`; empty where there is none.
        exception_code: Salesforce's code, empty where there is none.
        exception_message: Salesforce's message.
        extended_codes: the codes of further details.
        row: the line of a query that is to blame, None where it isn't known.
        column: the place in that line.
    """

    code: str
    text: str
    type: str = ""
    exception_code: str = ""
    exception_message: str = ""
    extended_codes: tuple[str, ...] = ()
    row: int | None = None
    column: int | None = None


def read_fault(content: bytes) -> SoapFault | None:
    """The fault of an answer, None where it holds none."""
    try:
        body = parse(content).child("Body")
    except DecodeError:
        return None
    fault = body.child("Fault") if body is not None else None
    if fault is None:
        return None
    detail = fault.child("detail")
    told = detail.children[0] if detail is not None and detail.children else fault
    codes = (entry.value("extendedErrorCode") for entry in told.all("extendedErrorDetails"))
    return SoapFault(
        code=fault.value("faultcode") or "",
        text=fault.value("faultstring") or "",
        type="" if told is fault else told.name,
        exception_code=told.value("exceptionCode") or "",
        exception_message=told.value("exceptionMessage") or "",
        extended_codes=tuple(code for code in codes if code),
        row=_place(told.value("row")),
        column=_place(told.value("column")),
    )


def _place(text: str | None) -> int | None:
    """A row or column; -1 says that it isn't known."""
    return int(text) if text and text.isdecimal() else None


__all__ = ["SoapFault", "read_fault"]
