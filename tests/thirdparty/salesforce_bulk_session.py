"""What a salesforce-bulk user does in a day, by Salesforce's own addresses; prints one JSON document of what came back.

salesforce-bulk is as PyPI has it, and nothing of specforce is on this side: the environment alone says that
login.salesforce.com is somewhere else.
"""

import json
import sys
from importlib import import_module
from typing import Any

unicodecsv: Any = import_module("unicodecsv")
salesforce_bulk: Any = import_module("salesforce_bulk.salesforce_bulk")
SalesforceBulk = salesforce_bulk.SalesforceBulk
CsvDictsAdapter: Any = import_module("salesforce_bulk.csv_adapter").CsvDictsAdapter
ROWS = 1234
NAPS_S = 0.01


def refused(act: Any) -> list[Any]:
    """The kind of error that something raises, with its status and what it says."""
    try:
        act()
    except salesforce_bulk.BulkBatchFailed as error:
        return [type(error).__name__, error.state, error.state_message]
    except salesforce_bulk.BulkApiError as error:
        return [type(error).__name__, error.status_code, str(error)]
    return []


def waited(bulk: Any, job: str, batch: str) -> str:
    """A batch that has ended."""
    bulk.close_job(job)
    bulk.wait_for_batch(job, batch, sleep_interval=NAPS_S)
    return batch


def changed(bulk: Any, job: str, rows: list[dict[str, Any]], content_type: str) -> list[list[Any]]:
    """What comes back for each row of a job that changes something."""
    source = CsvDictsAdapter(iter(rows)) if content_type == "CSV" else json.dumps(rows)
    batch = waited(bulk, job, bulk.post_batch(job, source))
    return [list(each) for each in bulk.get_batch_results(batch, job)]


def queried(bulk: Any, job: str, soql: str, content_type: str) -> list[dict[str, Any]]:
    """The rows of a job that asks."""
    batch = waited(bulk, job, bulk.query(job, soql))
    found: list[dict[str, Any]] = []
    for content in bulk.get_all_results_for_query_batch(batch, job):
        found += unicodecsv.DictReader(content, encoding="utf-8") if content_type == "CSV" else json.load(content)
    return found


def life(bulk: Any, content_type: str) -> dict[str, Any]:
    """Records there and back and away again."""
    options = {"contentType": content_type}
    rows = [{"LastName": f'{content_type} {n} "q"\né', "Email": f"{n}@{content_type}.example"} for n in range(ROWS)]
    made = changed(
        bulk, bulk.create_insert_job("Contact", **options), [*rows, {"LastName": "", "Email": "a@b"}], content_type
    )
    good = [each[0] for each in made if str(each[1]).lower() == "true"]
    soql = f"SELECT Id, LastName FROM Contact WHERE Email LIKE '%@{content_type}.example' ORDER BY Email"
    found = queried(bulk, bulk.create_query_job("Contact", **options), soql, content_type)
    title = [{"Id": each, "Title": "Dr"} for each in good[:5]]
    by_key = [{"Code__c": f"{content_type}-1", "Name": content_type}]
    upserts = [bulk.create_upsert_job("Account", "Code__c", **options) for _ in range(2)]
    seen = {
        "made": len(good),
        "failed": [str(each[3]) for each in made if str(each[1]).lower() != "true"],
        "found": len(found),
        "whole": {each["LastName"] for each in found} == {each["LastName"] for each in rows},
        "changed": len(changed(bulk, bulk.create_update_job("Contact", **options), title, content_type)),
        "upserted": [str(changed(bulk, job, by_key, content_type)[0][2]).lower() for job in upserts],
    }
    gone = changed(bulk, bulk.create_delete_job("Contact", **options), [{"Id": each} for each in good], content_type)
    again = queried(bulk, bulk.create_query_job("Contact", **options), soql, content_type)
    hidden = queried(bulk, bulk.create_queryall_job("Contact", **options), soql, content_type)
    return {**seen, "gone": len(gone), "left": len(again), "in the bin": len(hidden)}


def chunks(bulk: Any) -> dict[str, Any]:
    """A query that is split by Ids."""
    job = bulk.create_insert_job("Lead")
    made = changed(bulk, job, [{"LastName": str(n), "Company": "C"} for n in range(ROWS)], "CSV")
    job = bulk.create_query_job("Lead", pk_chunking=500)
    first = bulk.query(job, "SELECT Id FROM Lead")
    while bulk.batch_state(first, job, reload=True) != "NotProcessed":
        pass
    found: set[str] = set()
    batches = [each for each in bulk.get_batch_list(job) if each["id"] != first]
    for each in batches:
        bulk.wait_for_batch(job, each["id"], sleep_interval=NAPS_S)
        for content in bulk.get_all_results_for_query_batch(each["id"], job):
            found |= {row["Id"] for row in unicodecsv.DictReader(content, encoding="utf-8")}
    bulk.close_job(job)
    return {"made": len(made), "batches": len(batches), "found": len(found)}


def jobs(bulk: Any) -> dict[str, Any]:
    """How jobs are told, stopped and refused."""
    job = bulk.create_insert_job("Account", contentType="CSV", concurrency="Serial")
    status = bulk.job_status(job)
    bulk.abort_job(job)
    bad = bulk.create_query_job("Account")
    batch = bulk.query(bad, "SELECT Nope FROM Account")
    stranger = SalesforceBulk(sessionId="no", host=bulk.endpoint.removesuffix(f"/services/async/{bulk.API_version}"))
    return {
        "status": [status["operation"], status["object"], status["concurrencyMode"], status["contentType"]],
        "states": [status["state"], bulk.job_state(job)],
        "request": bulk.get_query_batch_request(batch, bad),
        "refused": {
            "batch of an aborted job": refused(lambda: bulk.post_batch(job, "Name\nAcme\n")),
            "no object": refused(lambda: bulk.create_insert_job("Nope__c")),
            "no job": refused(lambda: bulk.job_status("750000000000000AAA")),
            "no session": refused(lambda: stranger.create_query_job("User")),
            "no column": refused(lambda: waited(bulk, bad, batch)),
        },
    }


def main() -> None:
    """Do it all."""
    user = {"username": "user@example.com", "password": "password", "security_token": "token"}
    bulk = SalesforceBulk(**user)
    seen = {
        "version": bulk.API_version,
        "endpoints": [bulk.endpoint, SalesforceBulk(**user, sandbox=True).endpoint],
        "csv": life(bulk, "CSV"),
        "json": life(bulk, "JSON"),
        "chunks": chunks(bulk),
        "jobs": jobs(bulk),
    }
    sys.stdout.write(json.dumps(seen))


main()
