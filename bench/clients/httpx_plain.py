"""httpx with no SDK on top: what the transport that specforce stands on costs by itself."""

import httpx


def export_file(bench):
    with httpx.Client(headers=bench.headers) as client:
        for number, url in enumerate(bench.result_urls()):
            with client.stream("GET", url) as response, (bench.out / f"{number}.csv").open("wb") as file:
                for piece in response.iter_bytes():
                    file.write(piece)
    return bench.rows
