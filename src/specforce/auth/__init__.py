"""Ways to log in, and what they yield.

    from specforce import Salesforce
    from specforce.auth import ClientCredentials

    sf = Salesforce(ClientCredentials("key", "secret", login_url="https://acme.my.salesforce.com"))

`login_url` is where to log in, `instance_url` where the APIs are; the login's answer names the second, unless the
client is told otherwise. Any function that returns a token will do as well.
"""

from __future__ import annotations

from ._credentials import (
    ClientCredentials,
    Credentials,
    RefreshToken,
    StaticToken,
    TokenSource,
    UsernamePassword,
)
from ._interactive import DeviceCode, DeviceFlow, WebServer
from ._jwt import JwtBearer
from ._retirements import RetirementWarning
from ._sf_cli import SfCli
from ._soap_login import SoapLogin
from ._token import Token

__all__ = [
    "ClientCredentials",
    "Credentials",
    "DeviceCode",
    "DeviceFlow",
    "JwtBearer",
    "RefreshToken",
    "RetirementWarning",
    "SfCli",
    "SoapLogin",
    "StaticToken",
    "Token",
    "TokenSource",
    "UsernamePassword",
    "WebServer",
]
