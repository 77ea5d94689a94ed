"""simple-salesforce; its https:// is replaced to reach the neutral server, nothing else is changed."""

import csv
import io

from simple_salesforce import Salesforce

from bench import settings

SOQL = "SELECT Id FROM Account"


def client(bench):
    sf = Salesforce(instance=bench.host, session_id=bench.token, version="60.0")
    for name in ("base_url", "bulk2_url"):
        setattr(sf, name, getattr(sf, name).replace("https:", "http:"))
    return sf


def export_file(bench):
    pages = client(bench).bulk2.Account.download(SOQL, str(bench.out), wait=0)
    return sum(page["number_of_records"] for page in pages)


def export_rows(bench):
    return sum(1 for page in pages_of(bench) for row in csv.reader(io.StringIO(page, newline=""))) - bench.pages


def export_dicts(bench):
    return sum(1 for page in pages_of(bench) for row in csv.DictReader(io.StringIO(page, newline="")))


def export_arrow(bench):
    """As its users do: by pandas, page by page."""
    import pandas

    return len(pandas.concat([pandas.read_csv(io.StringIO(page)) for page in pages_of(bench)]))


def pages_of(bench):
    return client(bench).bulk2.Account.query(SOQL, wait=0)


def load_file(bench):
    """batch_size is given because its own split miscounts and is then refused."""
    client(bench).bulk2.Account.insert(csv_file=str(bench.ingest_csv), wait=0, batch_size=250_000)
    return settings.INGEST_ROWS


def query_records(bench):
    sf = client(bench)
    sf.sf_instance = bench.host
    call = sf._call_salesforce  # query_more builds its own https:// URL
    sf._call_salesforce = lambda method, url, **rest: call(method, url.replace("https:", "http:"), **rest)
    return sum(1 for _ in sf.query_all_iter(SOQL))


def get_records(bench):
    account = client(bench).Account
    account.base_url = account.base_url.replace("https:", "http:")
    account.get(settings.RECORD_ID)
    bench.start()
    for _ in range(settings.CALLS):
        account.get(settings.RECORD_ID)
    return settings.CALLS
