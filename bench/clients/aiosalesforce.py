"""aiosalesforce; its rule that the URL is https://*.my.salesforce.com is set aside to reach the server."""

import asyncio

import httpx
from aiosalesforce import Salesforce
from aiosalesforce.auth import Auth

from bench import settings


class Token(Auth):
    def __init__(self, token):
        super().__init__()
        self.fixed = token

    async def _acquire_new_access_token(self, client):
        return self.fixed


def salesforce(bench, client):
    sf = Salesforce(client, "https://x.my.salesforce.com", Token(bench.token), "60.0")
    sf._Salesforce__base_url = bench.base
    return sf


async def query_records(bench):
    count = 0
    async with httpx.AsyncClient() as client:
        sf = salesforce(bench, client)
        async for _ in sf.query("SELECT Id FROM Account"):
            count += 1
    return count


async def get_records_16(bench):
    return await get_together(bench, 16)


async def get_records_64(bench):
    return await get_together(bench, 64)


async def get_together(bench, at_once):
    async def work(count):
        for _ in range(count):
            await sobject.get("Account", settings.RECORD_ID)

    async with httpx.AsyncClient(verify=False) as client:
        sobject = salesforce(bench, client).sobject
        await sobject.get("Account", settings.RECORD_ID)
        bench.start()
        each, more = divmod(settings.CALLS, at_once)
        await asyncio.gather(*(work(each + (number < more)) for number in range(at_once)))
    return settings.CALLS
