"""The docstrings of generated SOAP types, functions and methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .docstrings import escaped, paragraph, section

if TYPE_CHECKING:
    from .soap_source import Argument
    from .wsdl import ComplexType, Member, SoapOperation

_ERRORS = {
    "InvalidFieldFault": "InvalidField: No such field, or none that this user may see.",
    "InvalidIdFault": "MalformedId: An id isn't one.",
    "InvalidNewPasswordFault": "ApiError: The password breaks the org's rules (INVALID_NEW_PASSWORD).",
    "InvalidOldPasswordFault": "ApiError: The old password isn't the user's (INVALID_OLD_PASSWORD).",
    "InvalidQueryLocatorFault": "InvalidQueryLocator: The query cursor is unknown or gone.",
    "InvalidSObjectFault": "InvalidType: No such object, or none that this user may see.",
    "LoginFault": "ApiError: The login is refused (INVALID_LOGIN and others).",
    "MalformedQueryFault": "MalformedQuery: The query isn't SOQL.",
    "MalformedSearchFault": "MalformedQuery: The search isn't SOSL.",
    "UnexpectedErrorFault": "InvalidSession: The session is over, or not meant for this API.",
}


def type_docstring(found: ComplexType, members: tuple[Member, ...], received: bool) -> str:
    """The docstring of a class."""
    entries = [f"{member.name}: {member.description}" for member in members if member.description]
    entries += ["unknown: Elements that the spec doesn't know, by name."] if received else []
    return escaped("\n\n".join(filter(None, [paragraph(found.description), section("Attributes", entries)])))


def operation_docstring(operation: SoapOperation, arguments: list[Argument], source: str, returned: str = "") -> str:
    """The docstring of a function; of a method that sends it, where it is said what is `returned`."""
    entries = [f"{argument.name}: {argument.description}" for argument in arguments if argument.description]
    errors = [_ERRORS[fault] for fault in operation.faults if fault in _ERRORS]
    facts = [f"Until: API {operation.until}." if operation.until else "", paragraph(f"Source: {source}.")]
    blocks = [
        paragraph(operation.description),
        section("Args", entries),
        section("Returns", [returned or "The operation, for a sender to send."]),
        section("Raises" if returned else "Sending it raises", errors),
        "\n".join(filter(None, facts)),
    ]
    return escaped("\n\n".join(filter(None, blocks)))
