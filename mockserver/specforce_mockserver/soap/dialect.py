"""The two dialects of one API: the Partner WSDL's, where a record says its type, and an Enterprise WSDL's, typed.

Source: specs/reference/soap.md section 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from specforce_mockserver.xml_documents import XSI

ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect: its endpoint and its namespaces; `typed` ones name the type of a record by `xsi:type`."""

    endpoint: str
    own: str
    records: str
    faults: str
    typed: bool

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefix of each namespace in answers."""
        return {ENVELOPE: "soapenv", self.own: "", self.records: "sf", XSI: "xsi"}

    @property
    def fault_prefixes(self) -> dict[str, str]:
        """The prefix of each namespace in faults, which are about nothing else."""
        return {ENVELOPE: "soapenv", self.faults: "sf", XSI: "xsi"}


PARTNER: Final = Dialect(
    "u",
    "urn:partner.soap.sforce.com",
    "urn:sobject.partner.soap.sforce.com",
    "urn:fault.partner.soap.sforce.com",
    typed=False,
)
ENTERPRISE: Final = Dialect(
    "c",
    "urn:enterprise.soap.sforce.com",
    "urn:sobject.enterprise.soap.sforce.com",
    "urn:fault.enterprise.soap.sforce.com",
    typed=True,
)
BY_ENDPOINT: Final = {each.endpoint: each for each in (PARTNER, ENTERPRISE)}
