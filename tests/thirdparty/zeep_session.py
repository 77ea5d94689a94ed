"""What a zeep user with the Partner WSDL does at login.salesforce.com; prints what came back as one document.

zeep is as PyPI has it: the environment alone says that the address is somewhere else. Arguments: the WSDL.
"""

import json
import sys
from importlib import import_module
from typing import Any

zeep: Any = import_module("zeep")
LOGIN = "https://login.salesforce.com/services/Soap/u/64.0"
BINDING = "{urn:partner.soap.sforce.com}SoapBinding"


def refused(act: Any) -> list[str]:
    """The code and the text of a fault."""
    try:
        act()
    except zeep.exceptions.Fault as fault:
        return [fault.code, fault.message]
    return []


def main(wsdl: str) -> None:
    """Do it all."""
    client = zeep.Client(wsdl)
    login = client.create_service(BINDING, LOGIN)
    user = login.login(username="user@example.com", password="passwordtoken")
    own = client.create_service(BINDING, user.serverUrl)
    headers = {"SessionHeader": {"sessionId": user.sessionId}}
    record = client.get_type("{urn:sobject.partner.soap.sforce.com}sObject")
    element = zeep.xsd.Element("{urn:sobject.partner.soap.sforce.com}LastName", zeep.xsd.String())
    rows = [record(type="Contact", _value_1=[zeep.xsd.AnyObject(element, f"Row {number:03}")]) for number in range(200)]
    saved = own.create(sObjects=rows, _soapheaders=headers).body.result
    bad = own.create(sObjects=[record(type="Contact", _value_1=[])], _soapheaders=headers).body.result[0]
    few = {**headers, "QueryOptions": {"batchSize": 200}}
    soql = "SELECT Id, LastName FROM Contact ORDER BY LastName"
    own.create(sObjects=rows[:30], _soapheaders=headers)
    page = own.query(queryString=soql, _soapheaders=few).body.result
    more = own.queryMore(queryLocator=page.queryLocator, _soapheaders=few).body.result
    found = own.search(searchString="FIND {Row} RETURNING Contact", _soapheaders=headers).body.result
    deleted = own.delete(ids=[each.id for each in saved], _soapheaders=headers).body.result
    seen = {
        "server": user.serverUrl,
        "user": user.userInfo.userName,
        "created": [sum(each.success for each in saved), [bad.success, bad.errors[0].statusCode]],
        "pages": [[each.size, each.done, len(each.records)] for each in (page, more)],
        "search": len(found.searchRecords),
        "deleted": sum(each.success for each in deleted),
        "described": own.describeSObject(sObjectType="Contact", _soapheaders=headers).body.result.keyPrefix,
        "objects": len(own.describeGlobal(_soapheaders=headers).body.result.sobjects),
        "now": own.getServerTimestamp(_soapheaders=headers).body.result.timestamp,
        "refused": {
            "password": refused(lambda: login.login(username="user@example.com", password="no")),
            "session": refused(lambda: own.getUserInfo(_soapheaders={"SessionHeader": {"sessionId": "no"}})),
            "soql": refused(lambda: own.query(queryString="SELECT Nope FROM Contact", _soapheaders=headers)),
        },
    }
    own.logout(_soapheaders=headers)
    seen["after"] = refused(lambda: own.getUserInfo(_soapheaders=headers))
    sys.stdout.write(json.dumps(seen, default=str))


main(sys.argv[1])
