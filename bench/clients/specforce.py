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
        first.sobject("Account").describe()
    bench.start()
    return make()


def export_file(bench):
    with client(bench) as sf:
        export = sf.bulk.export(SOQL)
        export.to_csv(bench.out / "all.csv")
        return export.total


def export_rows(bench):
    with client(bench) as sf:
        return sum(1 for _ in sf.bulk.export(SOQL).rows())


def export_dicts(bench):
    with client(bench) as sf:
        return sum(1 for _ in sf.bulk.export(SOQL).dicts())


def export_arrow(bench):
    import pyarrow
    import pyarrow.csv  # noqa: F401

    with client(bench) as sf:
        return sf.bulk.export(SOQL).to_arrow().num_rows


def export_arrow__batches(bench):
    """Batch by batch, none kept."""
    import pyarrow
    import pyarrow.csv  # noqa: F401

    with client(bench) as sf:
        return sum(table.num_rows for table in sf.bulk.export(SOQL).arrow_tables())


def load_file(bench):
    """Results are left out: the server keeps none (it counts nothing of what it gets)."""
    with client(bench) as sf:
        sf.bulk.load(bench.ingest_csv, "Account", operation="insert", check_header=False, results=False)
    return settings.INGEST_ROWS


def load_file__parts(bench):
    """Each part is checked while the one before it is sent."""
    with client(bench) as sf:
        sf.bulk.load(bench.ingest_csv, "Account", operation="insert", check_header=False, results=False, check="parts")
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


def get_records(bench):
    with client(bench) as sf:
        account = sf.sobject("Account")
        account.get(settings.RECORD_ID)
        bench.start()
        for _ in range(settings.CALLS):
            account.get(settings.RECORD_ID)
    return settings.CALLS


async def get_records_16(bench):
    return await get_together(bench, 16)


async def get_records_64(bench):
    return await get_together(bench, 64)


async def get_together(bench, at_once):
    """So many workers, each with one call after the other."""
    import asyncio

    import specforce
    from specforce.auth import StaticToken

    async def work(count):
        for _ in range(count):
            await account.get(settings.RECORD_ID)

    auth = StaticToken(bench.token)
    async with specforce.AsyncSalesforce(auth, instance_url=bench.base, api_version="60.0") as sf:
        account = sf.sobject("Account")
        await account.get(settings.RECORD_ID)
        bench.start()
        each, more = divmod(settings.CALLS, at_once)
        await asyncio.gather(*(work(each + (number < more)) for number in range(at_once)))
    return settings.CALLS
