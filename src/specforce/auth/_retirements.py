"""What Salesforce has announced about logins that end, in one place.

The dates are those of reference/auth.md 6, where each has its tag: most come from announcements as quoted by others.
"""

from __future__ import annotations


class RetirementWarning(FutureWarning):
    """Something still works that Salesforce has announced the end of."""


SOAP_LOGIN_ENDS = (
    "the SOAP login is absent from API version 65.0 on (64.0 is used for it), off by default in new orgs, and said to "
    "end with Summer '27; as known in November 2026. Use ClientCredentials, or JwtBearer."
)
UP_FLOW_ENDS = (
    "the OAuth username-password login is off by default in orgs made since Summer '23, and one vendor reports that it "
    "ends with Winter '27 (October 2026); as known in November 2026. Use ClientCredentials, or RefreshToken."
)
