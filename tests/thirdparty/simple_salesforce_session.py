"""What a simple-salesforce user does in a day, by Salesforce's own addresses; prints what came back as one document.

simple-salesforce is as PyPI has it, and nothing of specforce is on this side: the environment alone says that
login.salesforce.com is somewhere else. Arguments: a folder to work in, with key.pem, the private key of the app.
"""

import json
import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

simple_salesforce: Any = import_module("simple_salesforce")  # its types know little of what it makes up
Salesforce = simple_salesforce.Salesforce
SalesforceError = simple_salesforce.exceptions.SalesforceError
SalesforceAuthenticationFailed = simple_salesforce.exceptions.SalesforceAuthenticationFailed
ROWS = 2345
USER = {"username": "user@example.com", "password": "password", "security_token": "token"}
APP = {"consumer_key": "test-client", "consumer_secret": "test-secret"}


def refused(act: Any) -> list[Any]:
    """The kind of error that something raises, with its status and what it says."""
    try:
        act()
    except SalesforceAuthenticationFailed as error:
        return [type(error).__name__, error.code, str(error)]
    except SalesforceError as error:
        return [type(error).__name__, error.status, error.content]
    return []


def logins(folder: Path) -> dict[str, Any]:
    """Every way of logging in that there is."""
    ways: dict[str, Any] = {
        "soap": USER,
        "soap at test": {**USER, "domain": "test"},
        "password": {**APP, "username": USER["username"], "password": "passwordtoken"},
        "jwt": {"username": USER["username"], "consumer_key": "test-client", "privatekey_file": folder / "key.pem"},
        "client credentials": {**APP, "domain": "acme.my"},
    }
    found: dict[str, Any] = {}
    for name, way in ways.items():
        with warnings.catch_warnings(record=True):
            sf = Salesforce(**way)
        found[name] = [sf.sf_instance, sf.limits()["DailyApiRequests"]["Max"]]
    refusals = {
        "wrong password": lambda: Salesforce(**{**USER, "password": "wrong"}),
        "wrong secret": lambda: Salesforce(**{**APP, "consumer_secret": "wrong"}, domain="acme.my"),
        "wrong host": lambda: Salesforce(username=USER["username"], password="no", domain="test", **APP),
    }
    return {"ways": found, "refused": {name: refused(act) for name, act in refusals.items()}}


def described(sf: Any) -> dict[str, Any]:
    """What there is."""
    whole = sf.describe()
    account = sf.Account.describe()
    return {
        "objects": len(whole["sobjects"]),
        "account": [account["keyPrefix"], account["fields"][0]["name"]],
        "metadata": sf.Account.metadata()["objectDescribe"]["name"],
        "layouts": len(sf.Account.describe_layout("012000000000000AAA").get("detailLayoutSections", [])),
        "is_sandbox": sf.is_sandbox(),
        "usage": sf.api_usage["api-usage"].total,
        "limits": sorted(sf.limits())[:1],
    }


def records(sf: Any) -> dict[str, Any]:
    """One record's life, and how it is refused."""
    made = sf.Account.create({"Name": "Acme & Söhne <1>", "NumberOfEmployees": 3})
    found: dict[str, Any] = {"made": made, "read": sf.Account.get(made["id"])["Name"]}
    found["changed"] = sf.Account.update(made["id"], {"NumberOfEmployees": 5, "Description": None})
    found["after"] = sf.Account.get(made["id"])["NumberOfEmployees"]
    found["upserted"] = [sf.Account.upsert("Code__c/A-1", {"Name": each}) for each in ("One", "Two")]
    found["by key"] = sf.Account.get_by_custom_id("Code__c", "A-1")["Name"]
    stranger = Salesforce(instance=sf.sf_instance, session_id="no")
    found["refused"] = {
        "no name": refused(lambda: sf.Account.create({})),
        "no field": refused(lambda: sf.Account.create({"Name": "a", "Nope__c": 1})),
        "no object": refused(
            lambda: simple_salesforce.SFType("Nope__c", sf.session_id, sf.sf_instance).create({"Name": "a"})
        ),
        "no record": refused(lambda: sf.Account.get("001000000000000AAA")),
        "no soql": refused(lambda: sf.query("SELECT Nope FROM Account")),
        "no session": refused(lambda: stranger.query("SELECT Id FROM User")),
    }
    found["deleted"] = sf.Account.delete(made["id"])
    found["gone"] = refused(lambda: sf.Account.get(made["id"]))
    found["composite"] = [
        each["success"]
        for each in sf.restful(
            "composite/sobjects",
            method="POST",
            json={"records": [{"attributes": {"type": "Contact"}, "LastName": f"C{n}"} for n in range(3)]},
        )
    ]
    return found


def searched(sf: Any) -> dict[str, Any]:
    """By SOSL, and Apex REST that isn't there."""
    return {
        "search": [each["attributes"]["type"] for each in sf.search("FIND {Two}")["searchRecords"]],
        "quick": len(sf.quick_search("Two")["searchRecords"]),
        "user": sf.oauth2("userinfo")["preferred_username"],
        "apex": refused(lambda: sf.apexecute("Nothing")),
        "tooling": sf.toolingexecute("query", params={"q": "SELECT Id FROM ApexClass"})["size"],
    }


def blobs(sf: Any, folder: Path) -> dict[str, Any]:
    """A file there and back."""
    content = bytes(range(256)) * 40
    body = folder / "file.bin"
    body.write_bytes(content)
    parent = sf.Account.create({"Name": "With file"})["id"]
    made = sf.Attachment.create({"Name": "f.bin", "ParentId": parent, "Body": ""})["id"]
    changed = sf.Attachment.update_base64(made, str(body))
    return {"changed": changed, "same": sf.Attachment.get_base64(made) == content}


def bulk_v1(sf: Any) -> dict[str, Any]:
    """Bulk API 1.0 as JSON."""
    rows = [{"LastName": f'Row {n}, "quoted"\nand broken', "Email": f"row{n}@example.com"} for n in range(ROWS)]
    loaded = sf.bulk.Contact.insert([*rows, {"Email": "nobody@example.com"}], batch_size=1000)
    ids = [each["id"] for each in loaded if each["success"]]
    queried = sf.bulk.Contact.query("SELECT Id, LastName FROM Contact WHERE Email LIKE 'row%'", wait=0.01)
    changed = sf.bulk.Contact.update([{"Id": each, "Title": "Dr"} for each in ids[:10]])
    upserted = sf.bulk.Account.upsert([{"Code__c": "B-1", "Name": "By bulk"}], "Code__c")
    deleted = sf.bulk.Contact.delete([{"Id": each} for each in ids])
    left = "SELECT COUNT() FROM Contact WHERE Email LIKE 'row%'"
    return {
        "loaded": len(ids),
        "failed": [each["errors"] for each in loaded if not each["success"]],
        "queried": len(queried),
        "whole": any(each["LastName"] == rows[0]["LastName"] for each in queried),
        "changed": sum(each["success"] for each in changed),
        "upserted": [each["created"] for each in upserted],
        "deleted": sum(each["success"] for each in deleted),
        "left": sf.query(left)["totalSize"],
        "in the bin": sf.query(left, include_deleted=True)["totalSize"],
    }


def bulk_v2(sf: Any, folder: Path) -> dict[str, Any]:
    """Bulk API 2.0, with parts, pages and failures."""
    rows = [{"Name": f"Bulk {n}", "Phone": str(n)} for n in range(ROWS)]
    loaded = sf.bulk2.Account.insert(records=[*rows, {"Name": "", "Phone": "none"}], wait=0.01)
    failed = "".join(sf.bulk2.Account.get_failed_records(each["job_id"]) for each in loaded)
    soql = "SELECT Id, Name FROM Account WHERE Name LIKE 'Bulk %'"
    pages = list(sf.bulk2.Account.query(soql, max_records=1000, wait=0.01))
    files = sf.bulk2.Account.download(soql, path=str(folder), max_records=2000, wait=0.01)
    ids = [line.split(",")[0].strip('"') for page in pages for line in page.splitlines()[1:]]
    deleted = sf.bulk2.Account.delete(records=[{"Id": each} for each in ids], wait=0.01)
    return {
        "loaded": [[each["numberRecordsProcessed"], each["numberRecordsFailed"]] for each in loaded],
        "failed": failed.splitlines()[1:],
        "pages": [len(page.splitlines()) - 1 for page in pages],
        "ids": len(set(ids)),
        "files": [each["number_of_records"] for each in files],
        "deleted": [each["numberRecordsFailed"] for each in deleted],
    }


def queries(sf: Any) -> dict[str, Any]:
    """Paging, and all that a query can say."""
    for first in range(0, 2400, 200):
        body = {
            "records": [
                {"attributes": {"type": "Lead"}, "LastName": f"L{n:05}", "Company": "C"}
                for n in range(first, first + 200)
            ]
        }
        sf.restful("composite/sobjects", method="POST", json=body)
    first = sf.query("SELECT LastName FROM Lead ORDER BY LastName")
    more = sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    return {
        "first": [first["totalSize"], first["done"], len(first["records"])],
        "more": [more["done"], len(more["records"])],
        "all": len(sf.query_all("SELECT Id FROM Lead")["records"]),
        "lazily": sum(1 for _ in sf.query_all_iter("SELECT Id FROM Lead")),
        "grouped": sf.query("SELECT Company, COUNT(Id) n FROM Lead GROUP BY Company")["records"][0]["n"],
    }


def main(folder: Path) -> None:
    """Do it all."""
    seen: dict[str, Any] = {"logins": logins(folder)}
    sf = Salesforce(**USER)
    seen["version"] = sf.sf_version
    seen["described"] = described(sf)
    seen["records"] = records(sf)
    seen["searched"] = searched(sf)
    seen["blobs"] = blobs(sf, folder)
    seen["queries"] = queries(sf)
    seen["bulk"] = bulk_v1(sf)
    seen["bulk2"] = bulk_v2(sf, folder)
    sys.stdout.write(json.dumps(seen, default=str))


main(Path(sys.argv[1]))
