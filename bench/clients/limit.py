"""The physical limit of each workload: curl, on the same requests. Not a client; the bar to compare with."""

import csv
import http.client
import json
import subprocess

from bench import settings


def export_file(bench):
    command = ["curl", "-s", "-H", f"Authorization: Bearer {bench.token}"]
    if bench.base.endswith(str(settings.BASE_PORT + 1)):
        command.append("--compressed")
    for number, url in enumerate(bench.result_urls()):
        command += ["-o", f"{bench.out}/{number}.csv", url]
    subprocess.run(command, check=True)
    return bench.rows


def local_rows(bench):
    """The result as rows, read from a file that is here already: no network, no pages to be told apart."""
    for _ in range(bench.pages):
        with (settings.DATA / "page.csv").open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            next(rows)
            yield from rows


def export_rows(bench):
    return sum(1 for _ in local_rows(bench))


def export_dicts(bench):
    return sum(1 for row in local_rows(bench) if dict(zip(settings.COLUMNS, row, strict=True)))


def export_arrow(bench):
    import pyarrow.csv

    options = pyarrow.csv.ParseOptions(newlines_in_values=True)
    table = [pyarrow.csv.read_csv(settings.DATA / "page.csv", parse_options=options) for _ in range(bench.pages)]
    return sum(page.num_rows for page in table)


def load_file(bench):
    """Two parts below 100 MB, cut beforehand at a line break: only the upload counts."""
    subprocess.run(["split", "-n", "l/2", str(bench.ingest_csv), f"{bench.out}/"], check=True)
    bench.start()
    for number, part in enumerate(("aa", "ab")):
        url = f"{bench.api}/jobs/ingest/750I{number}/batches"
        subprocess.run(["curl", "-s", "-T", f"{bench.out}/{part}", url], check=True)
    return settings.INGEST_ROWS


def query_records(bench):
    command = ["curl", "-s", "-H", f"Authorization: Bearer {bench.token}"]
    for url in bench.query_urls():
        command += ["-o", "/dev/null", url]
    subprocess.run(command, check=True)
    return settings.QUERY_PAGES * settings.QUERY_PAGE_ROWS


def get_records(bench):
    """The standard library's client: no curl, whose start would be measured 5,000 times."""
    connection = http.client.HTTPConnection(bench.host)
    path = f"/services/data/v60.0/sobjects/Account/{settings.RECORD_ID}"
    for number in range(settings.CALLS + 1):
        if number == 1:
            bench.start()
        connection.request("GET", path, headers=bench.headers)
        json.loads(connection.getresponse().read())
    connection.close()
    return settings.CALLS
