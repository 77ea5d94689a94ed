"""specforce, by its public API alone."""

from bench import settings

SOQL = "SELECT Id FROM Account"


def client(bench):
    """A client whose modules are loaded: they come with first use, and imports are footprint.py's to measure."""
    import specforce
    from specforce.auth import StaticToken

    def make():
        return specforce.Salesforce(StaticToken(bench.token), instance_url=bench.base, api_version="60.0")

    with make() as first:
        first.bulk.export(SOQL).job()
        first.query(SOQL).first()
    bench.start()
    return make()


def export_file(bench):
    with client(bench) as sf:
        export = sf.bulk.export(SOQL)
        export.to_csv(bench.out / "all.csv")
        return export.total


def load_file(bench):
    """Results are left out: the server keeps none (it counts nothing of what it gets)."""
    with client(bench) as sf:
        sf.bulk.load(bench.ingest_csv, "Account", operation="insert", results=False)
    return settings.INGEST_ROWS


def query_records(bench):
    with client(bench) as sf:
        return sum(1 for _ in sf.query(SOQL))


def query_records__typed(bench):
    import datetime

    import msgspec

    class Account(msgspec.Struct):
        Id: str
        Name: str
        CreatedDate: datetime.datetime
        AnnualRevenue: float | None = None
        NumberOfEmployees: int | None = None

    with client(bench) as sf:
        return sum(1 for _ in sf.query(SOQL, returns=Account))
