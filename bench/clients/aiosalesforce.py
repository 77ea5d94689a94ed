"""aiosalesforce; its rule that the URL is https://*.my.salesforce.com is set aside to reach the server."""

import httpx
from aiosalesforce import Salesforce
from aiosalesforce.auth import Auth


class Token(Auth):
    def __init__(self, token):
        super().__init__()
        self.fixed = token

    async def _acquire_new_access_token(self, client):
        return self.fixed


async def query_records(bench):
    count = 0
    async with httpx.AsyncClient() as client:
        sf = Salesforce(client, "https://x.my.salesforce.com", Token(bench.token), "60.0")
        sf._Salesforce__base_url = bench.base
        async for _ in sf.query("SELECT Id FROM Account"):
            count += 1
    return count
