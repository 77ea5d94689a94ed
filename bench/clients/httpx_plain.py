"""httpx with no SDK on top: what the transport that specforce stands on costs by itself."""

import asyncio

import httpx

from bench import settings


def export_file(bench):
    with httpx.Client(headers=bench.headers) as client:
        for number, url in enumerate(bench.result_urls()):
            with client.stream("GET", url) as response, (bench.out / f"{number}.csv").open("wb") as file:
                for piece in response.iter_bytes():
                    file.write(piece)
    return bench.rows


def get_records(bench):
    with httpx.Client(headers=bench.headers) as client:
        url = f"{bench.api}/sobjects/Account/{settings.RECORD_ID}"
        client.get(url).json()
        bench.start()
        for _ in range(settings.CALLS):
            client.get(url).json()
    return settings.CALLS


async def get_records_16(bench):
    return await get_together(bench, 16)


async def get_records_64(bench):
    return await get_together(bench, 64)


async def get_together(bench, at_once):
    async def work(count):
        for _ in range(count):
            (await client.get(url)).json()

    url = f"{bench.api}/sobjects/Account/{settings.RECORD_ID}"
    async with httpx.AsyncClient(headers=bench.headers) as client:
        await client.get(url)
        bench.start()
        each, more = divmod(settings.CALLS, at_once)
        await asyncio.gather(*(work(each + (number < more)) for number in range(at_once)))
    return settings.CALLS
