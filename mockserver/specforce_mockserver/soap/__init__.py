"""The SOAP API: what its WSDL says, envelopes, records, faults, and rules that it shares with no other API."""
